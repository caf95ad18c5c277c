/** How the panel says a count: whole where it is the headline, short where it sits in a row of others. */
export interface NumberWords {
  whole(value: number): string;
  short(value: number): string;
  /** of a percentage: whole numbers, never rounded up to a 100 that is not reached, nor down to a 0 that is passed */
  percent(value: number): string;
}

export function createNumberWords(locale: string | undefined): NumberWords {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  return {
    whole: (value) => whole.format(value),
    short: (value) => short.format(value),
    percent(value) {
      const rounded = Math.round(value);
      if (rounded >= 100 && value < 100) return whole.format(99);
      if (rounded <= 0 && value > 0) return whole.format(1);
      return whole.format(rounded);
    },
  };
}
