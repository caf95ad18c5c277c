import * as vscode from 'vscode';
import type { CheckpointFailure } from '../../checkpoints/failure.ts';
import type { Verification } from '../../checkpoints/verify/verify.ts';
import type { VerifyCommand } from '../../checkpoints/verify/verifyCommands.ts';
import type { Result } from '../../protocol/result.ts';
import type { TargetArguments } from '../checkpoints/checkpointTarget.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import { labelWords } from '../checkpoints/labelWords.ts';
import { shortLabel } from '../checkpoints/pickCheckpoint.ts';
import { pickFolder } from '../checkpoints/pickFolder.ts';
import { reportFailure } from '../checkpoints/reportFailure.ts';
import type { ResetActions } from '../checkpoints/resetActions.ts';
import { unsavedEditors } from '../checkpoints/unsavedEditors.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import { failureWords } from '../failureWords.ts';
import { editorLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { told } from '../unwaited.ts';
import type { VerifyCommands } from './verifyCommand.ts';
import { VerifyTerminal } from './verifyTerminal.ts';

const { t } = vscode.l10n;

/** What a green or red checkpoint came from, for whoever ran the command. */
export interface Verified {
  readonly id: string;
  readonly verified: Verification['verified'];
  readonly exitCode: number | null;
}

/** Verify, and the way back to the last green checkpoint, as a person meets them. */
export class VerifyActions implements vscode.Disposable {
  readonly #folders: WorkspaceFolders;
  readonly #resetActions: () => Promise<ResetActions>;
  readonly #commands: VerifyCommands;
  readonly #log: Log;
  readonly #terminals = new Map<FolderCheckpoints, VerifyTerminal>();
  readonly #wentBack = new vscode.EventEmitter<{ readonly folder: FolderCheckpoints; readonly green: string }>();
  /** a folder is at its last green checkpoint again */
  readonly onDidGoBack = this.#wentBack.event;

  constructor(
    folders: WorkspaceFolders,
    resetActions: () => Promise<ResetActions>,
    commands: VerifyCommands,
    log: Log,
  ) {
    this.#folders = folders;
    this.#resetActions = resetActions;
    this.#commands = commands;
    this.#log = log;
  }

  /** Runs the verify command on what is there now; `id` names a checkpoint, which has to be of the very same files. */
  async verify({ root, id }: TargetArguments): Promise<Verified | undefined> {
    const folder = await this.#trusted(root);
    const command = folder && (await this.#commands.getOrAsk(folder));
    if (!folder || !command) return undefined;
    const done = await this.run(folder, command, { id });
    if (!done.ok) {
      reportFailure(done.failure, this.#log);
      return undefined;
    }
    told(this.#tell(folder, done.value), '[verify] failed', this.#log);
    const { checkpoint, verified, exitCode } = done.value;
    return { id: checkpoint.id, verified, exitCode };
  }

  async setCommand(root?: string): Promise<void> {
    const folder = await this.#trusted(root);
    if (folder) await this.#commands.ask(folder);
  }

  /** git and the command run what a workspace says: never in one that is not trusted, whoever calls. */
  async #trusted(root: string | undefined): Promise<FolderCheckpoints | undefined> {
    if (vscode.workspace.isTrusted) return pickFolder(this.#folders, root);
    void vscode.window.showInformationMessage(t('A verify command runs only in a trusted workspace.'));
    return undefined;
  }

  /**
   * Runs it with progress that cancels, its output in a terminal; says nothing of what comes out. Of a plan's chunks the terminal stays
   * behind: in front is the agent's, into which the user may be typing.
   */
  async run(
    folder: FolderCheckpoints,
    { command, folder: cwd }: VerifyCommand,
    { id, isShown = true }: { readonly id?: string | undefined; readonly isShown?: boolean } = {},
  ): Promise<Result<Verification, CheckpointFailure>> {
    await saveEditors(folder);
    const terminal = this.#terminalOf(folder);
    const controller = new AbortController();
    const title = t('Verifying: {0}', command);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const done = await vscode.window.withProgress(options, (_progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      terminal.begin(command, () => controller.abort(), isShown);
      const decoder = new TextDecoder();
      return folder.run('verify', async (checkpoints) =>
        (await checkpoints.verifying()).run({
          command,
          folder: cwd,
          ...(id === undefined ? {} : { id }),
          signal: controller.signal,
          onOutput: (chunk) => terminal.write(decoder.decode(chunk, { stream: true })),
        }),
      );
    });
    terminal.end(done.ok ? sentence(done.value) : failureWords(done.failure));
    if (done.ok) this.#log.info(`[verify] result=${done.value.verified ?? 'changed'} ms=${done.value.ms}`);
    return done;
  }

  #terminalOf(folder: FolderCheckpoints): VerifyTerminal {
    const known = this.#terminals.get(folder);
    if (known) return known;
    const made = new VerifyTerminal();
    this.#terminals.set(folder, made);
    return made;
  }

  showOutput(folder: FolderCheckpoints): void {
    this.#terminals.get(folder)?.show();
  }

  async #tell(folder: FolderCheckpoints, done: Verification): Promise<void> {
    if (done.verified === 'green') {
      void vscode.window.showInformationMessage(sentence(done));
      return;
    }
    const show = t('Show Output');
    const back = t('Reset to Last Green');
    const hasGreen = done.verified === 'red' && folder.view().checkpoints.some(({ verified }) => verified === 'green');
    const answer = await vscode.window.showWarningMessage(sentence(done), show, ...(hasGreen ? [back] : []));
    if (answer === show) this.showOutput(folder);
    if (answer === back) await this.resetToLastGreen(folder.root);
  }

  /** One question, as with every reset, then back; answers the green checkpoint's id. */
  async resetToLastGreen(root?: string): Promise<string | undefined> {
    const folder = await this.#trusted(root);
    if (!folder) return undefined;
    const green = await folder.inBackground(async (checkpoints) => (await checkpoints.verifying()).lastGreen());
    if (!green.ok) {
      reportFailure(green.failure, this.#log);
      return undefined;
    }
    if (green.value === null) {
      const verify = t('Verify Now');
      const none = t('No checkpoint of {0} has passed its verify command yet.', folder.folder.name);
      const chosen = vscode.window.showInformationMessage(none, verify);
      const verified = chosen.then((answer) => (answer === verify ? this.verify({ root: folder.root }) : undefined));
      told(verified, '[verify] failed', this.#log);
      return undefined;
    }
    const { id } = green.value;
    if (!(await (await this.#resetActions()).reset({ root: folder.root, id }))) return undefined;
    this.#wentBack.fire({ folder, green: id });
    return id;
  }

  dispose(): void {
    for (const terminal of this.#terminals.values()) terminal.dispose();
    this.#wentBack.dispose();
  }
}

/** What came out, in one sentence. */
function sentence(done: Verification): string {
  return done.verified === 'red' ? t('Red: {0}', reason(done)) : reason(done);
}

/** The same, of what is red without that word, for who has said it already. */
export function reason({ verified, command, checkpoint, ms, exitCode, end, changed, passed }: Verification): string {
  const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = (ms / 1000).toLocaleString(editorLanguage.locale, oneDigit);
  if (verified === 'green')
    return t('Green: {0} passed in {1} s (“{2}”).', command, seconds, shortLabel(labelWords(checkpoint, t)));
  if (verified === null) {
    const some = changed.slice(0, 3).join(', ');
    return passed
      ? t('{0} passed, but files were changed while it ran, so nothing was marked: {1}', command, some)
      : t('{0} failed, but files were changed while it ran, so nothing was marked: {1}', command, some);
  }
  if (end === 'deadline') return t('{0} did not end within {1} s.', command, seconds);
  return t('{0} failed with exit code {1}.', command, exitCode ?? '?');
}

/** As tasks do it, if the user lets them. */
async function saveEditors(folder: FolderCheckpoints): Promise<void> {
  if (vscode.workspace.getConfiguration('task').get<unknown>('saveBeforeRun') === 'never') return;
  for (const document of unsavedEditors(folder)) await document.save();
}
