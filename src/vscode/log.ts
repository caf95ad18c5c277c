import * as vscode from 'vscode';

/** The output channel; the user sets its level. Lines are `[area] event key=value`: facts, never prompts or file contents. */
export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('Soft Landing', { log: true });
}
