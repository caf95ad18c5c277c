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
 * ones. A session's first writes the whole prompt into the cache and is like no other: 0 before the second.
 */
export function nextResponse(drift: Readonly<Record<string, DriftRates>>, uses: readonly Use[]): number {
  const sizes = uses
    .slice(1)
    .slice(-recent)
    .map((use) => movedBy(drift, [use]) / Math.max(1, use.responses));
  const ordered = [...sizes].sort((a, b) => a - b);
  return Math.max(sizes.at(-1) ?? 0, ordered[Math.ceil(cautious * ordered.length) - 1] ?? 0);
}
