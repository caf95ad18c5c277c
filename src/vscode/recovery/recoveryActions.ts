import path from 'node:path';
import * as vscode from 'vscode';
import { agentName } from '../../protocol/agentName.ts';
import { goOnTime, resumeCommand } from '../../recovery/goOn.ts';
import { handOverPrompt } from '../../recovery/handOver.ts';
import { changeState } from '../../recovery/interruptionStore.ts';
import { isOver } from '../../recovery/lookBack.ts';
import { titleOf, viewOf, type StoredInterruption } from '../../recovery/report.ts';
import { timeWords } from '../../recovery/words.ts';
import { commandIds } from '../commandIds.ts';
import { shortLabel } from '../checkpoints/pickCheckpoint.ts';
import type { Log } from '../log.ts';
import { recoverySettings } from '../settings.ts';
import type { RecoveryAction } from './recoveryPart.ts';

const { t } = vscode.l10n;

/** What a person is told about a session that was cut off, and what they can do about it. */
export class RecoveryActions {
  readonly #stateFolder: string;
  readonly #log: Log;

  constructor(stateFolder: string, log: Log) {
    this.#stateFolder = stateFolder;
    this.#log = log;
  }

  async run(action: RecoveryAction, stored: StoredInterruption): Promise<void> {
    switch (action) {
      case 'goOn':
        return this.#goOn(stored);
      case 'handOver':
        return this.#handOver(stored);
      case 'openReport':
        return show(path.join(stored.folder, 'REPORT.md'));
      case 'dismiss':
        return this.#dismiss(stored);
    }
  }

  /** One quiet notification. */
  async tell(stored: StoredInterruption, root: string | undefined): Promise<void> {
    const { report } = stored;
    const now = Date.now();
    const back = report.lastGreen ?? report.base;
    const reset = report.lastGreen ? t('Reset to Last Green') : t('Reset to Before the Task');
    const view = viewOf(stored, now);
    const goOn = goOnLabel(view.resetsAt, now);
    // The first is the primary one, as in the banner; four would be cut short. The others are there.
    const onward = view.continuesItself || resumeCommand(view) === null ? [] : [goOn];
    const backward = back && root !== undefined ? [reset] : [];
    const choices = view.green === false ? [...backward, ...onward] : [...onward, ...backward];
    const clicked = await vscode.window.showWarningMessage(sentence(stored, now), ...choices, t('Details'));
    if (clicked === undefined) return;
    this.#log.info(`[recovery] notification clicked="${clicked}"`);
    // As the banner's: what of a plan is taken back is open again.
    if (clicked === reset && report.lastGreen !== null)
      await vscode.commands.executeCommand(commandIds.resetToLastGreen, root);
    else if (clicked === reset && back)
      await vscode.commands.executeCommand(commandIds.resetToCheckpoint, root, back.id);
    else if (clicked === goOn) await this.#goOn(stored);
    else await vscode.commands.executeCommand(commandIds.openPanel);
  }

  async #goOn(stored: StoredInterruption): Promise<void> {
    const now = Date.now();
    const view = viewOf(stored, now);
    if (view.continuesItself) {
      void vscode.window.showInformationMessage(t('{0} goes on by itself. Nothing was set.', agentName(view.agent)));
      return;
    }
    const goOnAt = goOnTime(view, now);
    const state = await changeState(this.#stateFolder, view.id, () => ({ goOnAt, goOnToldAt: null }));
    if (state === null) return;
    if (goOnAt <= now) await this.offerToGoOn({ ...stored, state });
    else {
      const when = timeWords(goOnAt, now);
      void vscode.window.showInformationMessage(t('At {0} you are asked whether to go on.', when));
    }
  }

  /**
   * The time has come: says so, and offers the command that resumes the session. It is run only if the user has set that, in a terminal
   * that they see. Nothing is said of a session that has gone on by itself meanwhile.
   */
  async offerToGoOn(stored: StoredInterruption): Promise<void> {
    const { report } = stored;
    const now = Date.now();
    if (await isOver(stored, now)) {
      await changeState(this.#stateFolder, report.id, () => ({ overAt: now }));
      return;
    }
    // Of several windows, one.
    const taken = await changeState(this.#stateFolder, report.id, (state) =>
      state.goOnToldAt === null ? { goOnToldAt: now } : null,
    );
    if (taken === null || viewOf(stored, now).continuesItself) return;
    const command = resumeCommand(report);
    if (command === null) return;
    if (runsByItself()) {
      this.#runInTerminal(command, report.cwd);
      return;
    }
    const run = t('Run in Terminal');
    const copy = t('Copy Command');
    const question = t('Time to go on with “{0}”: {1}', titleOf(report), command);
    const clicked = await vscode.window.showInformationMessage(question, run, copy);
    if (clicked === run) this.#runInTerminal(command, report.cwd);
    if (clicked === copy) await vscode.env.clipboard.writeText(command);
  }

  #runInTerminal(command: string, cwd: string): void {
    const terminal = vscode.window.createTerminal({ name: t('Go On'), cwd });
    terminal.show();
    terminal.sendText(command, true);
    this.#log.info(`[recovery] resumed command="${command}"`);
  }

  async #handOver({ report, folder }: StoredInterruption): Promise<void> {
    await vscode.env.clipboard.writeText(handOverPrompt(report, folder, Date.now()));
    const open = t('Open the Document');
    const said = t('A prompt for another agent or session is on the clipboard.');
    void vscode.window.showInformationMessage(said, open).then((clicked) => {
      if (clicked === open) void show(path.join(folder, 'HANDOVER.md'));
    });
  }

  async #dismiss({ report }: StoredInterruption): Promise<void> {
    await changeState(this.#stateFolder, report.id, () => ({ dismissedAt: Date.now() }));
  }
}

function sentence(stored: StoredInterruption, now: number): string {
  const { report } = stored;
  const agent = agentName(report.agent);
  const task = titleOf(report);
  const resets = report.resetsAt === null ? '' : t(' It resets at {0}.', timeWords(report.resetsAt, now));
  const itself = viewOf(stored, now).continuesItself ? t(' {0} goes on by itself then.', agent) : '';
  return `${t('{0} was cut off in “{1}”: {2}.', agent, shortLabel(task), reasonText(report.reason))}${resets}${itself}`;
}

function reasonText(reason: StoredInterruption['report']['reason']): string {
  switch (reason) {
    case 'usage-limit':
      return t('its usage limit was reached');
    case 'rate-limit':
      return t('the service kept refusing its requests');
    case 'credit':
      return t('the account has no credit left');
    case 'overloaded':
      return t('the service was overloaded');
    case 'api-error':
      return t('the service answered with an error');
    case 'killed':
      return t('its process ended in mid-task');
    case 'compacted':
      return t('its conversation was compacted in mid-task');
  }
}

function goOnLabel(resetsAt: number | null, now: number): string {
  const at = goOnTime({ resetsAt }, now);
  return at <= now ? t('Go On Now') : t('Keep and Go On at {0}', timeWords(at, now));
}

/** The user's own setting alone: a workspace must not make the editor run anything. */
function runsByItself(): boolean {
  return recoverySettings().runCommand;
}

async function show(file: string): Promise<void> {
  await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(file));
}
