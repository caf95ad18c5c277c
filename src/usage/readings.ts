import type { Reading } from '../protocol/usage.ts';
import { WindowTrail } from './readings/trail.ts';
import { isCredible, sameReset, shortestWindow } from './readings/windows.ts';

/** Windows that ended longer ago say nothing of how use is counted today. */
const keptMs = 60 * 24 * 60 * 60_000;

/**
 * The trail of every window: per agent, account, window and reset each whole percent when it was first seen, and the highest reading. The
 * order in which readings come does not matter: transcripts are read newest first, and idle sessions report old, lower numbers.
 */
export class Readings {
  readonly #windows = new Map<string, WindowTrail[]>();

  /** Takes in one reading; true if it tells something new. What is only derived is nobody's statement and not kept. */
  add(reading: Reading): boolean {
    if (reading.confidence !== 'official' || !isCredible(reading)) return false;
    const key = JSON.stringify([reading.agent, reading.account, reading.window]);
    const trails = this.#windows.get(key) ?? [];
    this.#windows.set(key, trails);
    const resetsAt = resetOf(reading);
    let trail = trails.find((each) => Math.abs(each.resetsAt - resetsAt) <= sameReset);
    if (trail === undefined) {
      trail = new WindowTrail(resetsAt);
      trails.push(trail);
    }
    return trail.add(reading);
  }

  /** The trails of the windows that have not reset at `now`; without it, of all windows. */
  all(now = -Infinity): readonly Reading[] {
    return this.#trails()
      .filter(({ resetsAt }) => resetsAt > now)
      .flatMap((trail) => trail.readings());
  }

  /** The trails of all windows, reset or not: what calibration learns from. */
  history(): readonly Reading[] {
    return this.all();
  }

  /** The same, each trail by itself; a trail's list is the same object as long as it says the same. */
  trails(): readonly (readonly Reading[])[] {
    return this.#trails().map((trail) => trail.readings());
  }

  /** Drops the windows that ended long ago. A clock that runs ahead drops nothing: what counts is then the newest window. */
  forget(now: number): void {
    const newest = Math.max(...this.#trails().map(({ resetsAt }) => resetsAt));
    const since = Math.min(now, newest) - keptMs;
    for (const [key, trails] of this.#windows) {
      this.#windows.set(
        key,
        trails.filter(({ resetsAt }) => resetsAt >= since),
      );
    }
  }

  #trails(): readonly WindowTrail[] {
    return [...this.#windows.values()].flat();
  }
}

/** Readings without a reset are kept by spans as long as they hold, so that an old high one does not hide a new one for ever. */
function resetOf({ resetsAt, capturedAt }: Reading): number {
  return resetsAt ?? (Math.floor(capturedAt / shortestWindow) + 2) * shortestWindow;
}
