import type { InterruptionReason } from '../protocol/interruption.ts';

/** Why, as a clause: "Claude Code was cut off: …". */
export const reasonWords: Readonly<Record<InterruptionReason, string>> = {
  'usage-limit': 'its usage limit was reached',
  'rate-limit': 'the service kept refusing its requests (429)',
  credit: 'the account has no credit left',
  overloaded: 'the service was overloaded',
  'api-error': 'the service answered with an error',
  killed: 'its process ended in mid-task',
  compacted: 'its conversation was compacted in mid-task',
};

/** A time for people, in their zone, with the day where it is not today's. */
export function timeWords(at: number, now: number, timeZone?: string): string {
  const day = (time: number) => new Date(time).toLocaleDateString('en-CA', { timeZone });
  const clock = new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  return day(at) === day(now) ? clock : `${day(at)} ${clock}`;
}
