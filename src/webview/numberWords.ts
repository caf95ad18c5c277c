/** How the panel says a count: whole where it is the headline, short where it sits in a row of others. */
export interface NumberWords {
  whole(value: number): string;
  short(value: number): string;
  /** of a percentage: rounded down, as the status bar does, so that the two agree and 99.7 is not yet 100 */
  percent(value: number): string;
  /** of a size on disk: two digits are as many as anybody needs of it */
  bytes(value: number): string;
  usd(value: number): string;
  /** of percent in an hour: small ones with a decimal */
  rate(value: number): string;
}

const units = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

export function createNumberWords(locale: string | undefined): NumberWords {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(locale, {
    notation: 'compact',
    maximumSignificantDigits: 3,
    roundingMode: 'floor',
  });
  const tenth = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const size = units.map((unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumSignificantDigits: 2 }));
  const usd = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' });
  return {
    whole: (value) => whole.format(value),
    short: (value) => short.format(value),
    percent: (value) => whole.format(Math.floor(value)),
    bytes(value) {
      // A thousand bytes are the least anybody counts.
      const power = value < 1e6 ? 1 : Math.min(units.length, Math.floor(Math.log10(value) / 3));
      return size[power - 1]?.format(value / 1000 ** power) ?? '';
    },
    usd: (value) => usd.format(value),
    rate: (value) => (value < 10 ? tenth : whole).format(value),
  };
}
