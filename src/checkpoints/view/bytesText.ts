const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/**
 * Disk space in the steps of a thousand, for a person: "1.2 MB".
 * @param locale how numbers are written; the command line is English
 */
export function bytesText(bytes: number, locale = 'en-GB'): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const digits = power === 0 ? 0 : 1;
  return (bytes / 1000 ** power).toLocaleString(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // 999,999 bytes are not yet a megabyte, and no thousand kilobytes.
    roundingMode: 'floor',
  });
}
