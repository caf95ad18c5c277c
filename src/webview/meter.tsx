import type { GaugeLevel, WindowState } from '../protocol/gauge.ts';
import type { PanelStrings } from '../protocol/panelStrings.ts';
import { fill } from './fill.ts';
import { number, time } from './locale.ts';
import { strings } from './strings.ts';

const clamp = (percent: number): number => Math.min(Math.max(percent, 0), 100);

interface MeterProps {
  readonly window: WindowState;
  readonly level: GaugeLevel;
  readonly now: number;
}

/** How much is used, and how sure that is. */
export function usedWords({ usedPercent, confidence, atLeast }: WindowState, words: PanelStrings['used']): string {
  const kind = atLeast === true ? 'atLeast' : confidence === 'official' ? confidence : 'about';
  return fill(words[kind], number.percent(usedPercent));
}

function meterWords({ window, level, now }: MeterProps): string {
  const { label, reservePercent, resetsAt, pace } = window;
  const words = [
    fill(
      strings.meter,
      label,
      usedWords(window, strings.meterUsed),
      number.percent(reservePercent),
      strings.levels[level],
    ),
  ];
  const even = pace?.evenPercent ?? null;
  if (even !== null) words.push(fill(strings.meterEven, number.percent(even)));
  if (resetsAt !== null) words.push(fill(strings.meterResets, time.clock(resetsAt, now)));
  return words.join(', ');
}

/** A window as a bar: what is used, how far that may be off, the reserve behind its mark, and where an even use would be by now. */
export function Meter(props: MeterProps) {
  const { window, level } = props;
  const { usedPercent, reservePercent, reserveLearned, headroomPercent, errorPercent, pace } = window;
  const [low, high] = [clamp(usedPercent - (errorPercent ?? 0)), clamp(usedPercent + (errorPercent ?? 0))];
  const even = pace?.evenPercent ?? null;
  return (
    <div
      class={`meter level-${level}`}
      role="meter"
      aria-label={window.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={clamp(usedPercent)}
      aria-valuetext={meterWords(props)}
      title={fill(
        reserveLearned ? strings.reserveLearned : strings.reserve,
        number.percent(reservePercent),
        number.percent(headroomPercent),
      )}
    >
      <div class="meter-reserve" style={{ width: `${clamp(reservePercent)}%` }} />
      <div class="meter-fill" style={{ width: `${clamp(usedPercent)}%` }} />
      {high > low && <div class="meter-band" style={{ left: `${low}%`, width: `${high - low}%` }} />}
      <div class="meter-mark" style={{ right: `${clamp(reservePercent)}%` }} />
      {even !== null && <div class="meter-even" style={{ left: `${clamp(even)}%` }} />}
    </div>
  );
}
