import { waitFor } from '../../recovery/goOn.ts';
import type { StoredInterruption } from '../../recovery/report.ts';

/** Tells when the time has come that a user chose to go on at. The times are in the state folder, so they survive a restart. */
export class GoOnTimer {
  readonly #due: (stored: StoredInterruption) => void;
  #waiting: readonly StoredInterruption[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(due: (stored: StoredInterruption) => void) {
    this.#due = due;
  }

  follow(pending: readonly StoredInterruption[]): void {
    this.#waiting = pending.filter(({ state }) => state.goOnAt !== null && state.goOnToldAt === null);
    this.#look();
  }

  /** Looked at again at least every half minute: the clock may have jumped, or the machine slept. */
  #look(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const due = this.#waiting.filter(({ state }) => state.goOnAt !== null && state.goOnAt <= now);
    this.#waiting = this.#waiting.filter((stored) => !due.includes(stored));
    for (const stored of due) this.#due(stored);
    const times = this.#waiting.flatMap(({ state }) => state.goOnAt ?? []);
    if (times.length > 0) this.#timer = setTimeout(() => this.#look(), waitFor(Math.min(...times), now));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
