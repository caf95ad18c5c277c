import type { DayUse } from '../protocol/dayUse.ts';
import { newTokens, type UseSlice } from '../protocol/usage.ts';
import { dayAround } from './localDays.ts';

const hour = 60 * 60_000;
const hoursShown = 24;

/** What all agents used in the last 24 hours of the clock, and since midnight of the time zone. */
export function dayUse(timeline: readonly UseSlice[], now: number, timeZone?: string): DayUse {
  const midnight = dayAround(now, timeZone).from;
  const from = (Math.floor(now / hour) - hoursShown + 1) * hour;
  const hours = Array.from({ length: hoursShown }, () => 0);
  let todayTokens = 0;
  let todayUsd: number | null = null;
  let atLeast = false;
  for (const slice of timeline) {
    const tokens = newTokens(slice.tokens);
    // Of a clock that was set back: used is used.
    const at = Math.min(hoursShown - 1, Math.floor((slice.from - from) / hour));
    if (at >= 0) hours[at] = (hours[at] ?? 0) + tokens;
    if (slice.from < midnight) continue;
    todayTokens += tokens;
    if (slice.costUsd !== null) todayUsd = (todayUsd ?? 0) + slice.costUsd;
    atLeast ||= slice.costUnknownTokens > 0;
  }
  return { hours, from, todayTokens, todayUsd, atLeast };
}
