import type { DriftRates } from '../protocol/limits.ts';
import type { Reading } from '../protocol/usage.ts';
import { movedBy, type Use } from './use.ts';

/** As vendors count, roughly: by price. Only what they are to each other matters. */
const usualShape: DriftRates = { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };
/** Whole percents: a smaller rise tells more of the rounding than of the use. */
const leastRise = 0.02;
const recent = 10;
const cautious = 0.8;

/**
 * How use moves a window, where nobody has published it: by what it rose between two readings of a session, and what the session used
 * meanwhile. null while that tells nothing.
 */
export function ratesBetween(
  first: Reading,
  last: Reading,
  uses: readonly Use[],
): Readonly<Record<string, DriftRates>> | null {
  const rise = last.used - first.used;
  if (rise < leastRise) return null;
  const meanwhile = uses.filter(({ at }) => at > first.capturedAt && at <= last.capturedAt);
  const weighed = movedBy({ '': usualShape }, meanwhile);
  if (weighed <= 0) return null;
  const rate = rise / weighed;
  return {
    '': {
      input: usualShape.input * rate,
      output: usualShape.output * rate,
      cacheWrite5m: usualShape.cacheWrite5m * rate,
      cacheWrite1h: usualShape.cacheWrite1h * rate,
      cacheRead: usualShape.cacheRead * rate,
    },
  };
}

/**
 * What one more response of the session may use of a window, as a fraction: as much as the last one did, or as the larger of the recent
 * ones. 0 before the first.
 */
export function nextResponse(drift: Readonly<Record<string, DriftRates>>, uses: readonly Use[]): number {
  const [first, ...later] = uses;
  if (first === undefined) return 0;
  // A session's first response writes the whole prompt into the cache; the next one reads it from there.
  if (later.length === 0) return movedBy(drift, [afterwards(first)]) / first.responses;
  const sizes = later.slice(-recent).map((use) => movedBy(drift, [use]) / Math.max(1, use.responses));
  const ordered = [...sizes].sort((a, b) => a - b);
  return Math.max(sizes.at(-1) ?? 0, ordered[Math.ceil(cautious * ordered.length) - 1] ?? 0);
}

function afterwards(use: Use): Use {
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = use.tokens;
  const read = cacheRead + cacheWrite5m + cacheWrite1h + input;
  return { ...use, tokens: { input: 0, output, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: read } };
}
