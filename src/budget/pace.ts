import type { Pace } from '../protocol/gauge.ts';
import type { Reading } from '../protocol/usage.ts';
import { sameReset, windowLength } from '../usage/readings/windows.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A short and a long look back: the one sees a burst, the other what it is worth. */
const lookBacks = [hour, 2 * hour];
/** Without any use for so long nobody is at work. */
const idleAfter = 30 * minute;
/** In the first part of a window a few points look like a trend (usage rules: suppress in the first 5 %). */
const silentShare = 0.05;
const leastPoints = 3;
const leastSpan = 10 * minute;

/** Use of a window at one time, percent; epoch milliseconds. */
export interface PacePoint {
  readonly at: number;
  readonly percent: number;
}

export interface PaceInput {
  /** steps of the window's use, in any order; a step that tells less than one before is left out */
  readonly points: readonly PacePoint[];
  /** where the window stands now; 0-100, more if a budget is overdrawn */
  readonly usedPercent: number;
  /** points that `usedPercent` may be wrong by; the rounding of readings at least, 0 for what is counted */
  readonly errorPercent: number;
  /** 0-100, kept back at the end of the window */
  readonly reservePercent: number;
  /** when the window began; null if it has no beginning (a session) or nothing tells */
  readonly from: number | null;
  /** null: it never resets */
  readonly resetsAt: number | null;
  /** newest use that local transcripts show; null if that is not known: the points decide then */
  readonly lastUseAt: number | null;
  /** epoch milliseconds */
  readonly now: number;
}

/**
 * How fast a window is used now and where that leads. null while too little is known to say: in the first 5 % of the window, with fewer
 * than three steps or ten minutes of use, while somebody works but no step tells how much, after the reset and before the beginning
 * (the clock was set back). What is reached already is reached `now`.
 */
export function paceOf(input: PaceInput): Pace | null {
  const { from, resetsAt, now, usedPercent, reservePercent } = input;
  const error = Math.max(0, input.errorPercent);
  if (![now, usedPercent, error, reservePercent].every(Number.isFinite)) return null;
  if (resetsAt !== null && !(now < resetsAt)) return null;
  const elapsed = elapsedShare(from, resetsAt, now);
  if (elapsed !== null && !(elapsed >= silentShare)) return null;
  const steps = risingSteps(input.points, from, now);
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (steps.length < leastPoints || last.at - first.at < leastSpan) return null;

  const isIdle = now - Math.max(last.at, Math.min(input.lastUseAt ?? -Infinity, now)) > idleAfter;
  // Somebody works, and the newest step is too old to tell how fast.
  if (!isIdle && now - last.at > hour) return null;
  const rate = isIdle ? { low: 0, high: 0 } : rateNow(steps, from, usedPercent, error, now);
  const reached = (limit: number) => reachedAt(limit, usedPercent, error, rate, resetsAt, now);
  return {
    percentPerHour: rate,
    evenPercent: elapsed === null ? null : elapsed * 100,
    reserveAt: reached(100 - reservePercent),
    exhaustedAt: reached(100),
  };
}

/** The points of the window of a reading: what readings of the same window and reset told, derived ones too. */
export function pointsOfReading(reading: Reading, readings: readonly Reading[]): readonly PacePoint[] {
  return readings
    .filter(
      ({ agent, account, window, resetsAt, confidence }) =>
        confidence !== 'unknown' &&
        agent === reading.agent &&
        account === reading.account &&
        window === reading.window &&
        (resetsAt === null || reading.resetsAt === null
          ? resetsAt === reading.resetsAt
          : Math.abs(resetsAt - reading.resetsAt) <= sameReset),
    )
    .map(({ capturedAt, used }) => ({ at: capturedAt, percent: used * 100 }));
}

/** When the window of a reading began; null if its name or its reset does not tell. */
export function beginOfReading({ window, resetsAt }: Reading): number | null {
  const length = windowLength(window);
  return length === null || resetsAt === null ? null : resetsAt - length;
}

/** The points of a budget: what was used until the end of each piece of time. `used` in any unit, the same as `limit`. */
export function pointsOfBudget(
  uses: readonly { readonly until: number; readonly used: number }[],
  limit: number,
  now: number,
): readonly PacePoint[] {
  let sum = 0;
  return [...uses]
    .sort((a, b) => a.until - b.until)
    .map(({ until, used }) => {
      sum += used;
      // The piece of time that is not over yet ends now.
      return { at: Math.min(until, now), percent: (sum / limit) * 100 };
    });
}

/** null without a beginning and an end; NaN for a window of no length. */
function elapsedShare(from: number | null, resetsAt: number | null, now: number): number | null {
  if (from === null || resetsAt === null) return null;
  return resetsAt > from ? Math.min(1, (now - from) / (resetsAt - from)) : NaN;
}

function risingSteps(points: readonly PacePoint[], from: number | null, now: number): readonly PacePoint[] {
  const steps: PacePoint[] = [];
  const usable = points.filter(
    ({ at, percent }) => Number.isFinite(percent) && at <= now && at >= (from ?? -Infinity) && Number.isFinite(at),
  );
  for (const point of usable.sort((a, b) => a.at - b.at)) {
    if (point.percent > (steps.at(-1)?.percent ?? 0)) steps.push(point);
  }
  return steps;
}

interface Rate {
  readonly low: number;
  readonly high: number;
}

/** Points per hour over the last hours, as far as the window and what is known of it reach back. */
function rateNow(
  steps: readonly PacePoint[],
  from: number | null,
  usedPercent: number,
  error: number,
  now: number,
): Rate {
  // A window begins empty; anything else is known from its first step on.
  const known = from === null ? steps : [{ at: from, percent: 0 }, ...steps];
  const since = Math.max(known[0]?.at ?? now, now - Math.max(...lookBacks));
  const newest = Math.max(usedPercent, known.at(-1)?.percent ?? 0);
  const rates = lookBacks.map((lookBack) => {
    const begin = Math.max(since, now - lookBack);
    const hours = (now - begin) / hour;
    const risen = newest - percentAt(known, begin);
    return { low: Math.max(0, risen - error) / hours, high: (risen + error) / hours };
  });
  return { low: Math.min(...rates.map(({ low }) => low)), high: Math.max(...rates.map(({ high }) => high)) };
}

/** Between two steps use is taken to have risen evenly: readings may be far apart. */
function percentAt(steps: readonly PacePoint[], at: number): number {
  let before: PacePoint | null = null;
  for (const step of steps) {
    if (step.at > at) {
      if (before === null) return step.percent;
      return before.percent + ((step.percent - before.percent) * (at - before.at)) / (step.at - before.at);
    }
    before = step;
  }
  return before?.percent ?? 0;
}

function reachedAt(
  limit: number,
  usedPercent: number,
  error: number,
  { low, high }: Rate,
  resetsAt: number | null,
  now: number,
): Pace['exhaustedAt'] {
  if (usedPercent >= limit) return { earliest: now, latest: now };
  if (high <= 0) return null;
  const earliest = now + (Math.max(0, limit - usedPercent - error) / high) * hour;
  const latest = low > 0 ? now + ((limit - usedPercent + error) / low) * hour : Infinity;
  const end = Math.min(resetsAt ?? Infinity, longestForecast + now);
  if (!(earliest < end)) return null;
  return { earliest, latest: latest < end ? latest : null };
}

/** Without a reset nothing ends a forecast; a date years off says nothing and cannot always be written. */
const longestForecast = 30 * 24 * hour;
