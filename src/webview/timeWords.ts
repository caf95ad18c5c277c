import type { PanelStrings } from '../protocol/panelStrings.ts';
import { fill } from './fill.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Below this age a thing has happened "just now": a counter of seconds would only flicker. */
const recent = 45_000;

/** "2 h 14 min", for spans that are looked at, not calculated with. */
export function duration(milliseconds: number, { span }: Pick<PanelStrings, 'span'>): string {
  if (milliseconds < minute) return span.none;
  const whole = (unit: number, inside = Infinity): number => Math.floor((milliseconds % inside) / unit);
  const say = (alone: string, both: string, big: number, small: number): string =>
    small === 0 ? fill(alone, String(big)) : fill(both, String(big), String(small));
  if (milliseconds < hour) return fill(span.minutes, String(whole(minute)));
  if (milliseconds < day) return say(span.hours, span.hoursMinutes, whole(hour), whole(minute, hour));
  return say(span.days, span.daysHours, whole(day), whole(hour, day));
}

/** How the panel says an instant. Times are epoch milliseconds. */
export interface TimeWords {
  /** "2 min ago", and a date once "days ago" stops helping */
  relative(at: number, now: number): string;
  /** the whole instant, for hovers */
  exact(at: number): string;
  /** "14:10" today, "Tue 14:10" within a week, else with its date */
  clock(at: number, now: number): string;
}

/** Formatters are made once: constructing an Intl object costs more than the whole row it is for. */
export function createTimeWords(
  locale: string | undefined,
  { ago }: Pick<PanelStrings, 'ago'>,
  timeZone?: string,
): TimeWords {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
  const date = format({ day: 'numeric', month: 'short' });
  const dateWithYear = format({ day: 'numeric', month: 'short', year: 'numeric' });
  const dayKey = format({ year: 'numeric', month: 'numeric', day: 'numeric' });
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const weekdayTime = format({ weekday: 'short', hour: '2-digit', minute: '2-digit' });
  const dateTime = format({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const exact = format({ dateStyle: 'full', timeStyle: 'medium' });

  return {
    relative(at, now) {
      const age = now - at;
      if (age < recent) return ago.now;
      if (age < hour) return fill(ago.minutes, String(Math.max(1, Math.floor(age / minute))));
      if (age < day) return fill(ago.hours, String(Math.floor(age / hour)));
      if (age < 7 * day) return fill(ago.days, String(Math.floor(age / day)));
      return (age < 300 * day ? date : dateWithYear).format(at);
    },
    exact: (at) => exact.format(at),
    clock(at, now) {
      if (dayKey.format(at) === dayKey.format(now)) return time.format(at);
      return (Math.abs(at - now) < 6 * day ? weekdayTime : dateTime).format(at);
    },
  };
}
