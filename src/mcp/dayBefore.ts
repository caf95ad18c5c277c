import { dayIn } from '../usage/calendar.ts';

const dayMs = 86_400_000;

/** The day so many days ago, `2026-11-23`, in the user's time zone: in that the days of a usage report are told. */
export function dayBefore(now: number, days: number, timeZone?: string): string {
  return dayIn(timeZone)(now - days * dayMs);
}
