import * as vscode from 'vscode';
import { learnedReserves, noReserves, windowKey, type LearnedReserves } from '../budget/learnedReserves.ts';
import type { WindowState } from '../protocol/gauge.ts';
import { errorText } from '../store/errno.ts';
import { readLimits } from '../store/limitsFile.ts';
import type { Log } from './log.ts';
import { userPreferences } from './settings.ts';

/** It is learned from tasks of weeks, so it changes slowly. */
const freshMs = 30_000;

/** The reserve of each window, where the user wants it learned: read again now and then while somebody draws it. */
export class LearnedReserve implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #stateFolder: () => string;
  readonly #log: Log;
  readonly #subscription: vscode.Disposable;
  #reserves: LearnedReserves = noReserves;
  #cwd: string | undefined;
  #readAt = -Infinity;
  #isDisposed = false;

  constructor(stateFolder: () => string, log: Log) {
    this.#stateFolder = stateFolder;
    this.#log = log;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('softLanding.reserve')) this.#readAt = -Infinity;
    });
  }

  /** In points; null where it is not learned. @param cwd the folder whose tasks count */
  of({ agent, account, id }: Pick<WindowState, 'agent' | 'account' | 'id'>, cwd: string | undefined): number | null {
    if (cwd !== this.#cwd || performance.now() - this.#readAt > freshMs) {
      this.#cwd = cwd;
      this.#readAt = performance.now();
      this.#read(cwd).catch((error: unknown) => this.#log.warn(`[reserve] not learned: ${errorText(error)}`));
    }
    return this.#reserves.get(windowKey(agent, account, id)) ?? null;
  }

  async #read(cwd: string | undefined): Promise<void> {
    const isWanted = cwd !== undefined && userPreferences().reserveMode === 'learned';
    const folder = this.#stateFolder();
    const reserves = isWanted
      ? learnedReserves((await readLimits(folder))?.windows ?? [], folder, cwd, Date.now())
      : noReserves;
    if (this.#isDisposed || JSON.stringify([...reserves]) === JSON.stringify([...this.#reserves])) return;
    this.#reserves = reserves;
    this.#changed.fire();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
