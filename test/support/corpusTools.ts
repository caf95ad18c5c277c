import type { TokenCounts } from '../../src/protocol/usage.ts';

/** One response that a corpus really holds. */
export interface TrueResponse {
  readonly at: number;
  readonly model: string;
  readonly sessionId: string;
  readonly tokens: TokenCounts;
}

/** What a corpus really holds, counted while it is made. New tokens (input, output, cache writes) are kept per group. */
export class Truth {
  readonly #all: TrueResponse[] = [];

  add(response: TrueResponse): void {
    this.#all.push(response);
  }

  get all(): readonly TrueResponse[] {
    return this.#all;
  }

  get responses(): number {
    return this.#all.length;
  }

  get tokens(): TokenCounts {
    const sum = (name: keyof TokenCounts) => this.#all.reduce((total, { tokens }) => total + tokens[name], 0);
    return {
      input: sum('input'),
      output: sum('output'),
      cacheWrite5m: sum('cacheWrite5m'),
      cacheWrite1h: sum('cacheWrite1h'),
      cacheRead: sum('cacheRead'),
    };
  }

  byDay(timeZone: string): ReadonlyMap<string, number> {
    // Swedish dates are ISO dates.
    return this.#by(({ at }) => new Date(at).toLocaleDateString('sv-SE', { timeZone }));
  }
  get byModel(): ReadonlyMap<string, number> {
    return this.#by(({ model }) => model);
  }
  get bySession(): ReadonlyMap<string, number> {
    return this.#by(({ sessionId }) => sessionId);
  }

  #by(key: (response: TrueResponse) => string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const response of this.#all) {
      const { input, output, cacheWrite5m, cacheWrite1h } = response.tokens;
      const fresh = input + output + cacheWrite5m + cacheWrite1h;
      sums.set(key(response), (sums.get(key(response)) ?? 0) + fresh);
    }
    return sums;
  }
}

/** Whole numbers by chance; same seed, same numbers (mulberry32). */
export class Chance {
  #state: number;
  #serial = 0;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return low + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * (high - low + 1));
  }

  of<T>(first: T, ...others: readonly T[]): T {
    return [first, ...others][this.between(0, others.length)] ?? first;
  }

  /** A UUID that sorts by the time it stands for, as version 7 does. */
  uuid(at: number): string {
    this.#serial += 1;
    const time = at.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${this.#serial.toString(16).padStart(12, '0')}`;
  }

  text(): string {
    return 'const größe = "使用量"; "tokens": '.repeat(this.between(1, 9));
  }
}

/** Responses over this many hours around the night when Berlin's clocks are set back: days of 24, 25 and 24 hours. */
export const corpusStart = Date.parse('2026-10-23T20:00:00.000Z');
export const corpusZone = 'Europe/Berlin';
