import os from 'node:os';
import * as vscode from 'vscode';

/** The output channel; the user sets its level. Lines are `[area] event key=value`: facts, never prompts or file contents. */
export type Log = vscode.LogOutputChannel;

export function createLog(): Log {
  return vscode.window.createOutputChannel('Soft Landing', { log: true });
}

/** A path for people and logs: the home folder shown as `~`. */
export function shortPath(file: string): string {
  const home = os.homedir();
  return file === home || file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
