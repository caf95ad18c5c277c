import * as v from 'valibot';
import * as vscode from 'vscode';
import { detectVerifyCommands } from '../../checkpoints/verify/detectCommands.ts';
import { readProjectFiles } from '../../checkpoints/verify/projectFiles.ts';
import type { VerifyCommand } from '../../checkpoints/verify/verifyCommands.ts';
import { succeed } from '../../protocol/result.ts';
import type { FolderCheckpoints } from '../checkpoints/folderCheckpoints.ts';
import { reportFailure } from '../checkpoints/reportFailure.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import type { Log } from '../log.ts';

const { t } = vscode.l10n;
const key = 'softLanding.verify.command';

/**
 * The verify command of each folder. What counts lies in the repository's own settings, where hook and command line find it;
 * the editor's setting is carried there, in trusted workspaces only.
 */
export class VerifyCommands implements vscode.Disposable {
  readonly #log: Log;
  readonly #subscriptions: vscode.Disposable[];
  /** folders whose setting has been looked at, and when that is carried over */
  readonly #applied = new WeakMap<FolderCheckpoints, Promise<unknown>>();

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#log = log;
    const applyFresh = (): void => {
      for (const folder of folders.all()) {
        if (!folder.isReady || this.#applied.has(folder)) continue;
        const set = this.#setting(folder);
        this.#applied.set(folder, set === undefined ? this.refresh(folder) : this.#store(folder, set));
      }
    };
    this.#subscriptions = [
      folders.onDidChange(applyFresh),
      vscode.workspace.onDidChangeConfiguration((event) => {
        for (const folder of folders.all()) {
          if (folder.isReady && event.affectsConfiguration(key, folder.folder)) {
            void this.#store(folder, this.#setting(folder) ?? null);
          }
        }
      }),
    ];
    applyFresh();
  }

  /** undefined: nobody has set it. */
  #setting({ folder }: FolderCheckpoints): string | undefined {
    const read = (name: string) => vscode.workspace.getConfiguration('softLanding', folder).inspect<unknown>(name);
    const found = read('verify.command');
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    const parsed = v.safeParse(v.optional(v.string()), value);
    if (parsed.success) return parsed.output?.trim() === '' ? undefined : parsed.output;
    this.#log.warn(`[settings] ignored key=${key} problem="${parsed.issues[0].message}"`);
    return undefined;
  }

  async #store(folder: FolderCheckpoints, command: string | null): Promise<boolean> {
    if (!vscode.workspace.isTrusted) return false;
    const present = await this.#read(folder);
    if ((present?.command ?? null) === (command?.trim() ?? null)) return true;
    const done = await folder.inBackground(async (checkpoints) => (await checkpoints.verifying()).setCommand(command));
    if (!done.ok) reportFailure(done.failure, this.#log);
    await this.refresh(folder);
    return done.ok;
  }

  /** What counts, the editor's setting included: a command can be faster than its being carried over. */
  async get(folder: FolderCheckpoints): Promise<VerifyCommand | null> {
    await this.#applied.get(folder);
    return this.#read(folder);
  }

  async #read(folder: FolderCheckpoints): Promise<VerifyCommand | null> {
    const found = await folder.inBackground(async (checkpoints) => (await checkpoints.verifying()).command());
    return found.ok ? found.value : null;
  }

  /** Shows in the folder's view what counts now. */
  async refresh(folder: FolderCheckpoints): Promise<void> {
    folder.showVerifyCommand((await this.#read(folder))?.command ?? null);
  }

  /** The command, asked for where there is none yet; undefined: the user left. */
  async getOrAsk(folder: FolderCheckpoints): Promise<VerifyCommand | undefined> {
    return (await this.get(folder)) ?? ((await this.ask(folder)) ? ((await this.get(folder)) ?? undefined) : undefined);
  }

  /** Offers what is found in the folder; answers whether something was chosen. */
  async ask(folder: FolderCheckpoints): Promise<boolean> {
    const present = (await this.get(folder))?.command;
    const found = detectVerifyCommands(await readProjectFiles(folder.root));
    const other = { label: t('$(edit) Another Command…'), description: '' };
    const none = { label: t('$(circle-slash) None'), description: '' };
    const items = [
      ...found.map(({ command, source }) => ({
        label: command,
        description: command === present ? t('{0} (set now)', source) : source,
      })),
      other,
      ...(present === undefined ? [] : [none]),
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title: t('Verify Command of {0}', folder.folder.name),
      placeHolder: t('Which command shows that everything works? It runs in this folder, on your word only.'),
    });
    if (!picked) return false;
    if (picked === none) return this.#choose(folder, null);
    const command = picked === other ? await typedCommand(present ?? found[0]?.command ?? '') : picked.label;
    return command === undefined ? false : this.#choose(folder, command);
  }

  /** Where the setting is set it is changed there: it would overrule whatever else is written. */
  async #choose(folder: FolderCheckpoints, command: string | null): Promise<boolean> {
    if (this.#setting(folder) === undefined) return this.#store(folder, command);
    const configuration = vscode.workspace.getConfiguration('softLanding', folder.folder);
    const found = configuration.inspect<unknown>('verify.command');
    const target =
      found?.workspaceFolderValue !== undefined
        ? vscode.ConfigurationTarget.WorkspaceFolder
        : found?.workspaceValue !== undefined
          ? vscode.ConfigurationTarget.Workspace
          : vscode.ConfigurationTarget.Global;
    await configuration.update('verify.command', command ?? undefined, target);
    return this.#store(folder, command);
  }

  /**
   * Whether a command is run that only a plan names. An agent may have written it, past whatever it would have to ask for: so a person
   * sees it first, once for each working tree.
   */
  async agree(folder: FolderCheckpoints, command: string) {
    const known = await folder.inBackground(async (checkpoints) => (await checkpoints.verifying()).isAgreed(command));
    if (!known.ok || known.value) return known;
    const run = t('Run It Here From Now On');
    const answer = await vscode.window.showWarningMessage(t('The plan names this verify command: {0}', command), run);
    if (answer !== run) return succeed(false);
    const agreed = await folder.inBackground(async (checkpoints) => (await checkpoints.verifying()).agree(command));
    return agreed.ok ? succeed(true) : agreed;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function typedCommand(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Verify Command'),
    value,
    validateInput: (text) => (text.trim() === '' ? t('A command is needed.') : undefined),
  });
}
