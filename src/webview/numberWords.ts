/** How the panel says a count: whole where it is the headline, short where it sits in a row of others. */
export interface NumberWords {
  whole(value: number): string;
  short(value: number): string;
  /** of a percentage: rounded down, as the status bar does, so that the two agree and 99.7 is not yet 100 */
  percent(value: number): string;
}

export function createNumberWords(locale: string | undefined): NumberWords {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
    roundingMode: 'floor',
  });
  return {
    whole: (value) => whole.format(value),
    short: (value) => short.format(value),
    percent: (value) => whole.format(Math.floor(value)),
  };
}
