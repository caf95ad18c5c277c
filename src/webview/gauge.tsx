import type { GaugeLevel, GaugeState, WindowState } from '../protocol/gauge.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { number, time } from './locale.ts';
import { SessionTokens } from './sessionTokens.tsx';
import { strings } from './strings.ts';
import { duration } from './timeWords.ts';
import { windowLevel } from './windowLevel.ts';

const levelGlyphs: Readonly<Record<GaugeLevel, GlyphName>> = {
  ok: 'pass',
  caution: 'warning',
  landing: 'landing',
  exhausted: 'circle-slash',
  unknown: 'question',
};

const clamp = (percent: number): number => Math.min(Math.max(percent, 0), 100);

function Meter({
  window,
  level,
  now,
}: {
  readonly window: WindowState;
  readonly level: GaugeLevel;
  readonly now: number;
}) {
  const sure = window.confidence === 'official';
  const used = number.percent(window.usedPercent);
  const reserve = number.percent(window.reservePercent);
  const words = strings.meter(window.label, used, sure, reserve, strings.level(level));
  const until = window.resetsAt === null ? '' : `, ${strings.meterResets(time.clock(window.resetsAt, now))}`;
  return (
    <div
      class={`meter level-${level}`}
      role="meter"
      aria-label={window.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={clamp(window.usedPercent)}
      aria-valuetext={words + until}
      title={strings.reserve(reserve, number.percent(window.headroomPercent))}
    >
      <div class="meter-reserve" style={{ width: `${clamp(window.reservePercent)}%` }} />
      <div class="meter-fill" style={{ width: `${clamp(window.usedPercent)}%` }} />
      <div class="meter-mark" style={{ right: `${clamp(window.reservePercent)}%` }} />
    </div>
  );
}

function resetWords(resetsAt: number, now: number): string {
  const clock = time.clock(resetsAt, now);
  return resetsAt > now ? strings.resets(clock, duration(resetsAt - now)) : strings.resetDue(clock);
}

interface WindowGaugeProps {
  readonly window: WindowState;
  readonly level: GaugeLevel;
  readonly now: number;
  /** whose window it is must be said: the session below does not say it for all */
  readonly named: boolean;
}

function WindowGauge({ window, level, now, named }: WindowGaugeProps) {
  const sure = window.confidence === 'official';
  const source = [named ? strings.agent(window.agent) : '', window.source, sure ? '' : strings.derived];
  return (
    <div class="window">
      <div class="line">
        <span class="window-label">{window.label}</span>
        <span class="figure">{strings.used(number.percent(window.usedPercent), sure)}</span>
      </div>
      <Meter window={window} level={level} now={now} />
      <div class="facts">
        <span class={`level level-${level}`}>
          <Glyph name={levelGlyphs[level]} />
          {strings.level(level)}
        </span>
        {window.resetsAt !== null && (
          <span title={time.exact(window.resetsAt)}>{resetWords(window.resetsAt, now)}</span>
        )}
        <span class="source" title={time.exact(window.capturedAt)}>
          {[...source, time.relative(window.capturedAt, now)].filter((part) => part !== '').join(' · ')}
        </span>
      </div>
    </div>
  );
}

/** How much is left: the windows, tightest first, and what the session has used. What is not known is said to be so. */
export function Gauge({ gauge, now }: { readonly gauge: GaugeState; readonly now: number }) {
  const named = gauge.windows.some((window) => window.agent !== gauge.session?.agent);
  return (
    <section class="gauge" aria-labelledby="usage-heading">
      <header class="section-header">
        <h2 id="usage-heading">{strings.usage}</h2>
      </header>
      <div class="gauge-body">
        {gauge.windows.map((window) => (
          <WindowGauge
            key={`${window.agent} ${window.id}`}
            window={window}
            named={named}
            level={windowLevel(gauge, window)}
            now={now}
          />
        ))}
        {gauge.session !== null && <SessionTokens session={gauge.session} now={now} />}
        {gauge.windows.length === 0 && (
          <p class="quiet">{gauge.session === null ? strings.noSession : strings.limitUnknown}</p>
        )}
      </div>
    </section>
  );
}
