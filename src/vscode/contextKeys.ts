import * as vscode from 'vscode';
import type { PanelSnapshot } from '../protocol/panel.ts';
import { contextKeys } from './contextKeyIds.ts';

type ContextKey = keyof typeof contextKeys;

export function setContextKey(key: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand('setContext', contextKeys[key], value);
}

/** Keeps the keys that follow from what is shown in step with it; says only what has changed. */
export class ContextKeys {
  readonly #said = new Map<ContextKey, boolean>();

  follow({ folders }: PanelSnapshot): void {
    this.#say(
      'hooksInstalled',
      folders.some((folder) => folder.hooksInstalled),
    );
    this.#say(
      'hasCheckpoints',
      folders.some(({ checkpoints }) => checkpoints.length > 0),
    );
    this.#say(
      'canUndo',
      folders.some(({ undoable }) => undoable !== null),
    );
    this.#say(
      'hasVerifyCommand',
      folders.some(({ verifyCommand }) => typeof verifyCommand === 'string'),
    );
  }

  #say(key: ContextKey, value: boolean): void {
    if (this.#said.get(key) === value) return;
    this.#said.set(key, value);
    setContextKey(key, value);
  }
}
