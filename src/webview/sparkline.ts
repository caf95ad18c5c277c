/** Width of an hour and height of the whole, in the drawing's own units. */
export const barWidth = 10;
export const chartHeight = 28;

/** One bar for each value, as one path. What is not nothing is seen: at least a unit high. */
export function barsPath(values: readonly number[]): string {
  const most = Math.max(...values, 1);
  return values
    .map((value, at) => {
      if (value <= 0) return '';
      const height = Math.max(1, (value / most) * chartHeight);
      return `M${at * barWidth + 1} ${chartHeight}v${round(-height)}h${barWidth - 2}v${round(height)}z`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Index of the hour with the most use; null: there was none. */
export function peakOf(values: readonly number[]): number | null {
  const most = Math.max(...values);
  return most > 0 ? values.indexOf(most) : null;
}
