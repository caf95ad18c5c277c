const quarterHour = 15 * 60_000;

/**
 * Returns a function that names the day (`2026-11-23`) an instant (epoch milliseconds) falls on in the time zone, days of 23 and 25
 * hours included. Throws RangeError for an unknown zone.
 */
export function dayIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  // Formatting costs microseconds and every offset in use is a multiple of 15 minutes, so one answer serves a quarter of an hour.
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / quarterHour);
    let day = known.get(quarter);
    if (day === undefined) known.set(quarter, (day = nameOf(format.formatToParts(quarter * quarterHour))));
    return day;
  };
}

function nameOf(parts: readonly Intl.DateTimeFormatPart[]): string {
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
