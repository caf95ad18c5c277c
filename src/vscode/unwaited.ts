import * as vscode from 'vscode';
import { errorText } from '../store/errno.ts';
import type { Log } from './log.ts';

/** For work that runs by itself and nobody waits for: that it failed is in the log. @param what `[area] event` of that line */
export function logged(work: PromiseLike<unknown>, what: string, log: Log): void {
  work.then(undefined, (error: unknown) => logError(error, what, log));
}

/** For what a person asked for and nobody waits for, as behind a notification's button: that it failed they are told, too. */
export function told(work: PromiseLike<unknown>, what: string, log: Log): void {
  work.then(undefined, (error: unknown) => tellError(error, what, log));
}

/** Says that something that was asked for could not be finished, and logs it. */
export function tellError(error: unknown, what: string, log: Log): void {
  logError(error, what, log);
  const show = vscode.l10n.t('Show Log');
  const sentence = vscode.l10n.t('Soft Landing could not finish this: {0}', errorText(error));
  void vscode.window.showErrorMessage(sentence, show).then((answer) => {
    if (answer === show) log.show(true);
  });
}

function logError(error: unknown, what: string, log: Log): void {
  log.error(what, error instanceof Error ? error : String(error));
}
