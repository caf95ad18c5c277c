const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A window that is used up, as a message to the user says it. Epoch milliseconds. */
export interface LimitText {
  readonly window: string;
  readonly resetsAt: number;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What versions before mid 2025 wrote, with epoch seconds. */
const oldWording = /usage limit reached\|(\d{9,11})\b/i;
const wording = /\b(?:hit|reached) your (.{1,40}?) limit\b.{0,20}?\bresets?(?: at| on)? (.{3,60})/i;
const resetWording =
  /^(?:([a-z]{3})[a-z]* (\d{1,2})(?:,| at|, at)? )?(\d{1,2})(?::(\d{2}))? ?(am|pm)? \(([A-Za-z0-9_+/-]{2,40})\)/i;

/**
 * Reads "You've hit your 5-hour limit · resets 7:05am (UTC)" and its variants. The wording has changed often: what is not understood
 * whole, or means a reset further off than the window is long, is null. A wrong reset would be worse than none.
 * @param at when it was said, epoch milliseconds: the reset is the next such local time after it
 */
export function parseLimitText(text: string, at: number): LimitText | null {
  const old = oldWording.exec(text)?.[1];
  if (old !== undefined) return plausible('five_hour', Number(old) * 1000, at);
  const [, name, reset] = wording.exec(text.replaceAll(/\s+/g, ' ')) ?? [];
  const window = name === undefined ? null : windowOf(name.toLowerCase());
  if (window === null || reset === undefined) return null;
  const resetsAt = resetOf(reset, at);
  return resetsAt === null ? null : plausible(window, resetsAt, at);
}

function windowOf(name: string): string | null {
  if (/^(?:5-hour|five-hour|session)$/.test(name)) return 'five_hour';
  if (/^(?:weekly|7-day)$/.test(name)) return 'seven_day';
  const model = /^(?:weekly )?(opus|sonnet)(?: weekly)?$/.exec(name)?.[1];
  return model === undefined ? null : `seven_day_${model}`;
}

/** The text tells minutes only, so a reset may seem to lie up to one back. */
function plausible(window: string, resetsAt: number, at: number): LimitText | null {
  const length = window === 'five_hour' ? 5 * hour : 7 * day;
  return resetsAt > at - minute && resetsAt <= at + length + 10 * minute ? { window, resetsAt } : null;
}

function resetOf(text: string, at: number): number | null {
  const [, monthName, dayText, hourText = '', minuteText = '0', half, zone = ''] = resetWording.exec(text) ?? [];
  const told = Number(hourText);
  const minutes = Number(minuteText);
  if (hourText === '' || minutes > 59 || told > (half === undefined ? 23 : 12) || (half !== undefined && told < 1)) {
    return null;
  }
  const hours = half === undefined ? told : (told % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const clock = clockOf(zone);
  if (clock === null) return null;
  const today = new Date(clock(at));
  const year = today.getUTCFullYear();
  const candidates: number[] = [];
  if (monthName === undefined) {
    for (const ahead of [0, 1]) {
      candidates.push(Date.UTC(year, today.getUTCMonth(), today.getUTCDate() + ahead, hours, minutes));
    }
  } else {
    const month = months.indexOf(monthName.toLowerCase());
    if (month < 0) return null;
    for (const ahead of [0, 1]) candidates.push(Date.UTC(year + ahead, month, Number(dayText), hours, minutes));
  }
  return candidates.map((local) => instantOf(local, clock)).find((instant) => instant > at - minute) ?? null;
}

/** Local time in a zone at an instant, both as epoch milliseconds; null for a zone that the runtime does not know. */
type Clock = (instant: number) => number;

function clockOf(timeZone: string): Clock | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
  return (instant) => {
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, date, hours, minutes, second);
  };
}

/** The second look is for days on which the clock changes: the first guess may lie on the other side of the change. */
function instantOf(local: number, clock: Clock): number {
  const guess = local - (clock(local) - local);
  return local - (clock(guess) - guess);
}
