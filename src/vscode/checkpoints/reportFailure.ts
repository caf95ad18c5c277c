import * as vscode from 'vscode';
import type { CheckpointFailure } from '../../checkpoints/failure.ts';
import { commandIds } from '../commandIds.ts';
import { failureWords } from '../failureWords.ts';
import type { Log } from '../log.ts';

/** Says why not. Does not wait for the notification to be closed: whoever ran the command would wait with it. */
export function reportFailure(failure: CheckpointFailure, log: Log): void {
  const { reason, message } = failure;
  log.warn(`[checkpoints] refused reason=${reason} message="${message}"`);
  if (reason === 'aborted') {
    vscode.window.setStatusBarMessage(vscode.l10n.t('Cancelled. Nothing was changed.'), 4000);
    return;
  }
  const show = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(failureWords(failure), show).then((answer) => {
    if (answer === show) void vscode.commands.executeCommand(commandIds.showLog);
  });
}
