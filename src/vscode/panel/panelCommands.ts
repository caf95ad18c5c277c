import * as vscode from 'vscode';
import type { PanelMessage, RowActionName } from '../../protocol/panel.ts';
import { errorText } from '../../store/errno.ts';
import { commandIds, type CommandName } from '../commandIds.ts';
import type { Log } from '../log.ts';

/** What the panel's buttons do: the same commands as everybody's. */
export function runPanelMessage(message: PanelMessage, log: Log): void {
  const [command, ...args] = commandFor(message);
  if (command === undefined) return;
  vscode.commands.executeCommand(command, ...args).then(undefined, (error: unknown) => {
    log.error(`[panel] command failed id=${command}`, errorText(error));
  });
}

const rowCommands: Readonly<Record<RowActionName, CommandName>> = {
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
