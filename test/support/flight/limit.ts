import type { DriftRates } from '../../../src/protocol/limits.ts';
import { newTokens, type TokenCounts } from '../../../src/protocol/usage.ts';
import type { Random } from '../seededRandom.ts';

/**
 * How the limit is known. `window`: the vendor told the window's state before the flight began (as its statusline does), and use since is
 * reckoned with rates that were learned, with an error. `budget`: the person set a budget of tokens for a session, near the truth.
 */
export type Knowledge = 'window' | 'budget';

/** A limit of which only the API knows the truth. */
export interface HiddenLimit {
  readonly knowledge: Knowledge;
  /** fraction of the window at the flight's start */
  readonly usedAtStart: number;
  /** what the rates, or the budget, are wrong by: 0.1 is ten percent too high */
  readonly error: number;
  /** what is believed, to be published before the flight */
  readonly rates: DriftRates;
  readonly budgetTokens: number;
  /** fraction used after these responses; at 1 requests are refused */
  after(tokens: readonly TokenCounts[]): number;
}

/** As vendors count, roughly: by price. */
const weights = { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };

/**
 * @param script what the responses of the whole flight use
 * @param points after which of them the limit may be reached
 */
export function hiddenLimit(
  random: Random,
  script: readonly TokenCounts[],
  points: readonly number[],
  knowledge: Knowledge,
): HiddenLimit {
  const cost = knowledge === 'window' ? weighed : newTokens;
  const costs = script.map(cost);
  const at = points[Math.floor(random.next() * points.length)] ?? 0;
  const room = sum(costs.slice(0, at)) + random.between(0.05, 0.95) * (costs[at] ?? 0);
  const usedAtStart = knowledge === 'window' ? random.between(0.5, 0.78) : 0;
  const whole = room / (1 - usedAtStart);
  const error = random.between(-0.1, 0.1);
  const rate = (1 + error) * (1e6 / whole);
  return {
    knowledge,
    usedAtStart,
    error,
    rates: {
      input: weights.input * rate,
      output: weights.output * rate,
      cacheWrite5m: weights.cacheWrite5m * rate,
      cacheWrite1h: weights.cacheWrite1h * rate,
      cacheRead: weights.cacheRead * rate,
    },
    budgetTokens: Math.round(whole / (1 + error)),
    after: (tokens) => usedAtStart + sum(tokens.map(cost)) / whole,
  };
}

function weighed(tokens: TokenCounts): number {
  return (
    tokens.input * weights.input +
    tokens.output * weights.output +
    tokens.cacheWrite5m * weights.cacheWrite5m +
    tokens.cacheWrite1h * weights.cacheWrite1h +
    tokens.cacheRead * weights.cacheRead
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** What the responses of a flight use: a prompt that is cached at first, and grows. */
export function scriptedTokens(random: Random, count: number): readonly TokenCounts[] {
  let cached = 0;
  return Array.from({ length: count }, (_, index) => {
    const written = Math.round(index === 0 ? random.between(9000, 14_000) : random.between(200, 1500));
    const tokens: TokenCounts = {
      input: Math.round(random.between(2, 12)),
      output: Math.round(random.between(120, 900)),
      cacheWrite5m: written,
      cacheWrite1h: 0,
      cacheRead: cached,
    };
    cached += written;
    return tokens;
  });
}
