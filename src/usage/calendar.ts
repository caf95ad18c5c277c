const quarterHour = 15 * 60_000;

/**
 * Returns a function that names the day (`2026-11-23`) an instant (epoch milliseconds) falls on in the time zone, days of 23 and 25
 * hours included; without a zone, in the machine's own. Throws RangeError for an unknown zone.
 */
export function dayIn(timeZone?: string): (at: number) => string {
  const dayOf = timeZone === undefined ? localDay : zoneDay(timeZone);
  // Naming costs microseconds and every offset in use is a multiple of 15 minutes, so one answer serves a quarter of an hour.
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / quarterHour);
    let day = known.get(quarter);
    if (day === undefined) known.set(quarter, (day = dayOf(quarter * quarterHour)));
    return day;
  };
}

/** By the same zone data as `Intl`, whose first use takes a program 10 ms. */
function localDay(at: number): string {
  const date = new Date(at);
  return named(date.getFullYear(), date.getMonth() + 1, date.getDate());
}

function zoneDay(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => {
    const parts = format.formatToParts(at);
    const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
    return named(part('year'), part('month'), part('day'));
  };
}

function named(year: number | string, month: number | string, day: number | string): string {
  const two = (value: number | string) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
