import { dayIn } from '../usage/calendar.ts';

const quarterHour = 15 * 60_000;
/** Longer than the longest day there is, 25 hours. */
const beyondDay = 26 * 60 * 60_000;

export interface Span {
  /** epoch milliseconds, the first instant of it */
  readonly from: number;
  /** the first instant after it */
  readonly until: number;
}

/** The day `at` falls on in the time zone, 23 or 25 hours long where clocks are changed. */
export function dayAround(at: number, timeZone?: string): Span {
  return spanAround(at, dayIn(timeZone));
}

/** The week `at` falls on, from Monday (ISO 8601) whatever the locale: a budget must not move with the display language. */
export function weekAround(at: number, timeZone?: string): Span {
  const dayOf = dayIn(timeZone);
  const today = spanAround(at, dayOf);
  // Monday is 0. The name of a day is a date, whose weekday does not depend on any zone.
  const weekday = (new Date(`${dayOf(at)}T00:00:00Z`).getUTCDay() + 6) % 7;
  let { from, until } = today;
  for (let back = 0; back < weekday; back++) ({ from } = spanAround(from - 1, dayOf));
  for (let ahead = weekday; ahead < 6; ahead++) ({ until } = spanAround(until, dayOf));
  return { from, until };
}

function spanAround(at: number, dayOf: (at: number) => string): Span {
  const day = dayOf(at);
  return {
    from: firstQuarter(at - beyondDay, at, (quarter) => dayOf(quarter) === day),
    until: firstQuarter(at, at + beyondDay, (quarter) => dayOf(quarter) !== day),
  };
}

/** The first quarter of an hour after `low` for which it holds; it does not at `low`, and does from there on to `high`. */
function firstQuarter(low: number, high: number, holds: (at: number) => boolean): number {
  let [last, first] = [Math.floor(low / quarterHour), Math.floor(high / quarterHour)];
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (holds(middle * quarterHour)) first = middle;
    else last = middle;
  }
  return first * quarterHour;
}
