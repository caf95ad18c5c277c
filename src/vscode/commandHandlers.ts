import * as v from 'valibot';
import * as vscode from 'vscode';
import { parseTarget } from './checkpoints/checkpointTarget.ts';
import { panelViewId, type CommandName } from './commandIds.ts';
import type { Log } from './log.ts';
import type { PlanActions } from './planActions.ts';
import type { RareActions } from './rareActions.ts';
import type { RecoveryPart } from './recovery/recoveryPart.ts';

/** What each command does; arguments may be anything, since any extension can run them. */
export type CommandHandlers = Readonly<Record<CommandName, (...args: readonly unknown[]) => Promise<unknown>>>;

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

export function commandHandlers({ recovery, rarely, planned, estimate, log }: Actions): CommandHandlers {
  return {
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
}
