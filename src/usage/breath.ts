import { setImmediate } from 'node:timers/promises';

const longestStretch = 8;

/** Lets long work give way: `await breath.take()` hands over to whatever waits, at most every 8 ms. Throws when `signal` aborts. */
export class Breath {
  readonly #signal: AbortSignal | null;
  #last = performance.now();

  constructor(signal: AbortSignal | null) {
    this.#signal = signal;
  }

  get isAborted(): boolean {
    return this.#signal?.aborted ?? false;
  }

  /** null when no pause is due, so that the caller need not await. */
  take(): Promise<void> | null {
    return performance.now() - this.#last < longestStretch ? null : this.#pause();
  }

  async #pause(): Promise<void> {
    await setImmediate();
    this.#last = performance.now();
    this.#signal?.throwIfAborted();
  }
}
