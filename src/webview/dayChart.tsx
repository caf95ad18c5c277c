import type { DayUse } from '../protocol/dayUse.ts';
import { counted, fill } from './fill.ts';
import { number, time } from './locale.ts';
import { barsPath, barWidth, chartHeight, peakOf } from './sparkline.ts';
import { strings } from './strings.ts';

const hour = 3_600_000;

function chartWords({ hours, from }: DayUse, now: number): string {
  const sum = hours.reduce((total, each) => total + each, 0);
  const words = counted(strings.dayLabel, sum, number.whole(sum));
  const peak = peakOf(hours);
  if (peak === null) return words;
  return words + fill(strings.dayPeak, time.clock(from + peak * hour, now), number.short(hours[peak] ?? 0));
}

function todayWords({ todayTokens, todayUsd, atLeast }: DayUse): string {
  const tokens = fill(strings.tokens, number.short(todayTokens));
  if (todayUsd === null) return fill(strings.today, tokens);
  const usd = number.usd(todayUsd);
  return fill(strings.todayUsd, tokens, atLeast ? fill(strings.usdAtLeast, usd) : usd);
}

/** What was used in each of the last 24 hours. */
export function DayChart({ day, now }: { readonly day: DayUse; readonly now: number }) {
  const words = chartWords(day, now);
  const width = day.hours.length * barWidth;
  return (
    <div class="day">
      <svg
        class="day-chart"
        role="img"
        aria-label={words}
        viewBox={`0 0 ${width} ${chartHeight}`}
        preserveAspectRatio="none"
      >
        <title>{words}</title>
        <path class="day-ground" d={`M0 ${chartHeight}h${width}`} />
        <path class="day-bars" d={barsPath(day.hours)} />
      </svg>
      <div class="facts">
        <span>{strings.day}</span>
        <span>{todayWords(day)}</span>
      </div>
    </div>
  );
}
