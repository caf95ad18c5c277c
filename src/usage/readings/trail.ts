import type { Reading } from '../../protocol/usage.ts';

/** How one window of one account filled up: at most one reading per whole percent, and the one that counts. */
export class WindowTrail {
  /** epoch milliseconds, as the first reading said */
  readonly resetsAt: number;
  /** rising in time and in percent */
  #steps: Reading[] = [];
  #highest: Reading | null = null;
  #readings: readonly Reading[] | null = null;

  constructor(resetsAt: number) {
    this.resetsAt = resetsAt;
  }

  /** True if it is a new step, higher, or says the highest again later (its age is shown). */
  add(reading: Reading): boolean {
    const isStep = this.#addStep(reading);
    const isHighest = this.#highest === null || outweighs(reading, this.#highest);
    if (isHighest) this.#highest = reading;
    if (isStep || isHighest) this.#readings = null;
    return isStep || isHighest;
  }

  /** Oldest first; the highest last. The same list as long as it says the same. */
  readings(): readonly Reading[] {
    return (this.#readings ??= this.#listed());
  }

  #listed(): readonly Reading[] {
    if (this.#highest === null) return [];
    const highest = this.#highest;
    return [...this.#steps.filter((step) => step !== highest), highest];
  }

  #addStep(reading: Reading): boolean {
    const percent = wholePercent(reading);
    // Somebody said as much before: an idle session's old number, or the same one again.
    if (this.#steps.some((step) => step.capturedAt <= reading.capturedAt && wholePercent(step) >= percent))
      return false;
    const isOutdone = (step: Reading): boolean =>
      step.capturedAt >= reading.capturedAt && wholePercent(step) <= percent;
    this.#steps = [...this.#steps.filter((step) => !isOutdone(step)), reading].sort(
      (one, other) => one.capturedAt - other.capturedAt,
    );
    return true;
  }
}

/** 0.29 * 100 is a little less than 29. Use above the limit is all one step. */
function wholePercent({ used }: Reading): number {
  return Math.min(100, Math.floor(used * 100 + 1e-6));
}

function outweighs(reading: Reading, known: Reading): boolean {
  return reading.used > known.used || (reading.used === known.used && reading.capturedAt > known.capturedAt);
}
