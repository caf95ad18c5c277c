import type { Reading } from '../protocol/usage.ts';

/**
 * The readings that count, of those seen: per agent, window and reset time the one with the highest use. A session that has been idle
 * reports an old, lower number (ARCHITECTURE.md, Metering), and forks repeat their parent's rows.
 */
export class Readings {
  readonly #highest = new Map<string, Reading>();

  /** Takes in one reading; true if it tells something new. */
  add(reading: Reading): boolean {
    const key = `${reading.agent}|${reading.window}|${reading.resetsAt}`;
    const known = this.#highest.get(key);
    if (known !== undefined && !outweighs(reading, known)) return false;
    this.#highest.set(key, reading);
    return true;
  }

  all(): readonly Reading[] {
    return [...this.#highest.values()];
  }
}

function outweighs(reading: Reading, known: Reading): boolean {
  return reading.used > known.used || (reading.used === known.used && reading.capturedAt > known.capturedAt);
}
