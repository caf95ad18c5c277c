import * as v from 'valibot';
import * as vscode from 'vscode';
import type { PanelMessage, RowActionName } from '../protocol/panel.ts';
import { errorText } from '../store/errno.ts';
import { parseTarget } from './checkpoints/checkpointTarget.ts';
import { commandIds, panelViewId } from './commandIds.ts';
import type { Log } from './log.ts';
import type { PlanActions } from './planActions.ts';
import type { RareActions } from './rareActions.ts';
import type { RecoveryPart } from './recovery/recoveryPart.ts';

interface Actions {
  readonly recovery: RecoveryPart;
  readonly rarely: () => Promise<RareActions>;
  readonly planned: () => Promise<PlanActions>;
  readonly estimate: (root: string | undefined, task: string | undefined) => Promise<unknown>;
  readonly log: Log;
}

/** As VS Code names it: the extension's id, and the id in the manifest. */
const walkthroughId = 'soft-landing.soft-landing#start';

/** Any extension can run our commands with anything. */
const text = v.fallback(v.optional(v.string()), undefined);
const root = text;

/** Every command of the manifest; what they throw is caught here, once, logged and told. */
export function registerCommands({ recovery, rarely, planned, estimate, log }: Actions): vscode.Disposable {
  const handlers: Record<keyof typeof commandIds, (...args: readonly unknown[]) => Promise<unknown>> = {
    openPanel: async () => vscode.commands.executeCommand(`${panelViewId}.focus`),
    createCheckpoint: async (folder) => (await rarely()).checkpointActions.create(v.parse(root, folder)),
    resetToCheckpoint: async (folder, id) => (await rarely()).resetActions.reset(parseTarget(folder, id)),
    undoReset: async (folder) => (await rarely()).resetActions.undo(v.parse(root, folder)),
    resetChosenFiles: async (folder, id) => (await rarely()).resetActions.resetChosen(parseTarget(folder, id)),
    showChangesSince: async (folder, id) => (await rarely()).diffActions.show(parseTarget(folder, id), 'until-now'),
    showCheckpointChanges: async (folder, id) =>
      (await rarely()).diffActions.show(parseTarget(folder, id), 'since-previous'),
    openFileAsItWas: async (folder, id) => (await rarely()).diffActions.openFile(parseTarget(folder, id)),
    showCheckpointsOfFile: async (uri) => (await rarely()).fileHistoryActions.show(uri),
    pinCheckpoint: async (folder, id) => (await rarely()).checkpointActions.pin(parseTarget(folder, id), true),
    unpinCheckpoint: async (folder, id) => (await rarely()).checkpointActions.pin(parseTarget(folder, id), false),
    renameCheckpoint: async (folder, id) => (await rarely()).checkpointActions.rename(parseTarget(folder, id)),
    deleteCheckpoint: async (folder, id) => (await rarely()).checkpointActions.delete(parseTarget(folder, id)),
    copyCheckpointId: async (folder, id) => (await rarely()).checkpointActions.copyId(parseTarget(folder, id)),
    pruneCheckpoints: async (folder) => (await rarely()).retentionActions.prune(v.parse(root, folder)),
    squashCheckpoints: async (folder) => (await rarely()).squashActions.squash(v.parse(root, folder)),
    goOnAfterReset: (folder) => recovery.run('goOn', v.parse(root, folder)),
    handOver: (folder) => recovery.run('handOver', v.parse(root, folder)),
    openReport: (folder) => recovery.run('openReport', v.parse(root, folder)),
    dismissInterruption: (folder) => recovery.run('dismiss', v.parse(root, folder)),
    installHooks: async (folder) => (await rarely()).hookActions.install(v.parse(root, folder)),
    removeHooks: async (folder) => (await rarely()).hookActions.remove(v.parse(root, folder)),
    installGitAlias: async (folder) => (await rarely()).gitAliasActions.install(v.parse(root, folder)),
    removeGitAlias: async (folder) => (await rarely()).gitAliasActions.remove(v.parse(root, folder)),
    openWalkthrough: async () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthroughId, false),
    tryReset: async () => (await rarely()).tryReset.run(),
    setReserve: async () => (await rarely()).chooseReserve(),
    installStatusline: async (folder) => (await rarely()).statuslineActions.install(v.parse(root, folder)),
    removeStatusline: async (folder) => (await rarely()).statuslineActions.remove(v.parse(root, folder)),
    verify: async (folder, id) => (await planned()).verifyActions.verify(parseTarget(folder, id)),
    setVerifyCommand: async (folder) => (await planned()).verifyActions.setCommand(v.parse(root, folder)),
    resetToLastGreen: async (folder) => (await planned()).verifyActions.resetToLastGreen(v.parse(root, folder)),
    startNextChunk: async (folder) => (await planned()).chunkActions.startNext(v.parse(root, folder)),
    openPlan: async (folder) => (await planned()).chunkActions.openPlan(v.parse(root, folder)),
    copyDiagnostics: async () => (await rarely()).diagnosticsActions.copy(),
    removeEverything: async () => (await rarely()).removeEverything.run(),
    estimateTask: (folder, task) => estimate(v.parse(root, folder), v.parse(text, task)),
    showLog: () => {
      log.show(true);
      return Promise.resolve();
    },
  };
  const guarded =
    (name: keyof typeof commandIds) =>
    async (...args: readonly unknown[]) => {
      try {
        return await handlers[name](...args);
      } catch (error) {
        log.error(`[command] failed id=${commandIds[name]}`, error instanceof Error ? error : String(error));
        const show = vscode.l10n.t('Show Log');
        const sentence = vscode.l10n.t('Soft Landing could not finish this: {0}', errorText(error));
        void vscode.window.showErrorMessage(sentence, show).then((answer) => {
          if (answer === show) log.show(true);
        });
        return undefined;
      }
    };
  const names = Object.keys(commandIds).filter(isName);
  return vscode.Disposable.from(
    ...names.map((name) => vscode.commands.registerCommand(commandIds[name], guarded(name))),
  );
}

function isName(name: string): name is keyof typeof commandIds {
  return name in commandIds;
}

/** What the panel's buttons do: the same commands as everybody's. */
export function runPanelMessage(message: PanelMessage, log: Log): void {
  const [command, ...args] = commandFor(message);
  if (command === undefined) return;
  vscode.commands.executeCommand(command, ...args).then(undefined, (error: unknown) => {
    log.error(`[panel] command failed id=${command}`, errorText(error));
  });
}

const rowCommands: Readonly<Record<RowActionName, keyof typeof commandIds>> = {
  pin: 'pinCheckpoint',
  unpin: 'unpinCheckpoint',
  rename: 'renameCheckpoint',
  delete: 'deleteCheckpoint',
  copyId: 'copyCheckpointId',
  changesSince: 'showChangesSince',
  changesIn: 'showCheckpointChanges',
  openFile: 'openFileAsItWas',
  resetFiles: 'resetChosenFiles',
};

function commandFor(message: PanelMessage): readonly [] | readonly [string, ...string[]] {
  switch (message.type) {
    case 'ready':
    case 'pages':
    case 'sizes':
      return [];
    case 'row':
      return [commandIds[rowCommands[message.action]], message.root, message.id];
    case 'createCheckpoint':
      return [commandIds.createCheckpoint, message.root];
    case 'reset':
      return [commandIds.resetToCheckpoint, message.root, message.id];
    case 'undo':
      return [commandIds.undoReset, message.root];
    case 'prune':
      return [commandIds.pruneCheckpoints, message.root];
    case 'installHooks':
      return [commandIds.installHooks, message.root];
    case 'showLog':
      return [commandIds.showLog];
    case 'verify':
      return [commandIds.verify, message.root, ...(message.id === null ? [] : [message.id])];
    case 'resetToLastGreen':
      return [commandIds.resetToLastGreen, message.root];
    case 'estimate':
      return [commandIds.estimateTask, message.root];
    case 'startNextChunk':
      return [commandIds.startNextChunk, message.root];
    case 'openPlan':
      return [commandIds.openPlan, message.root];
    case 'goOn':
      return [commandIds.goOnAfterReset, message.root];
    case 'handOver':
      return [commandIds.handOver, message.root];
    case 'openReport':
      return [commandIds.openReport, message.root];
    case 'dismissInterruption':
      return [commandIds.dismissInterruption, message.root];
    case 'manageTrust':
      return ['workbench.trust.manage'];
    case 'initRepository':
      return ['git.init'];
    case 'openFolder':
      return ['workbench.action.files.openFolder'];
  }
}
