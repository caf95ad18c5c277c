import type { GaugeLevel, GaugeState, Pace, WindowState } from '../protocol/gauge.ts';
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
  const words = strings.meter(window.label, used, sure, window.atLeast === true, reserve, strings.level(level));
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

const oldAge = 5 * 60_000;

function paceWords({ evenPercent, reserveAt, exhaustedAt }: Pace, now: number): string {
  const words = evenPercent === null ? [] : [strings.evenPace(number.percent(evenPercent))];
  const range = reserveAt ?? exhaustedAt;
  if (range !== null) {
    const latest = range.latest === null ? null : time.clock(range.latest, now);
    words.push(strings.runsOut(reserveAt !== null, time.clock(Math.max(range.earliest, now), now), latest));
  }
  return words.join(', ');
}

interface WindowGaugeProps {
  readonly window: WindowState;
  readonly level: GaugeLevel;
  readonly now: number;
}

function WindowGauge({ window, level, now }: WindowGaugeProps) {
  const sure = window.confidence === 'official';
  const source = [window.source, sure ? '' : strings.derived(window.errorPercent)];
  // An age is news only when it is one.
  if (now - window.capturedAt > oldAge) source.push(time.relative(window.capturedAt, now));
  const pace = window.pace === null ? '' : paceWords(window.pace, now);
  return (
    <div class="window">
      <div class="line">
        <span class="window-label" title={window.label}>
          {window.label}
        </span>
        <span class="figure">{strings.used(number.percent(window.usedPercent), sure, window.atLeast === true)}</span>
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
        {pace !== '' && <span>{pace}</span>}
        <span class="source" title={time.exact(window.capturedAt)}>
          {source.filter((part) => part !== '').join(' · ')}
        </span>
      </div>
    </div>
  );
}

/** How much is left: the windows, tightest first, and what the session has used. What is not known is said to be so. */
export function Gauge({ gauge, now }: { readonly gauge: GaugeState; readonly now: number }) {
  const { progress } = gauge;
  return (
    <section class="gauge" aria-labelledby="usage-heading">
      <header class="section-header">
        <h2 id="usage-heading">{strings.usage}</h2>
      </header>
      <div class="gauge-body">
        {progress !== null && (
          <p class="quiet">
            {strings.reading(number.percent((100 * progress.doneBytes) / Math.max(progress.totalBytes, 1)))}
          </p>
        )}
        {gauge.windows.map((window) => (
          <WindowGauge
            key={`${window.agent} ${window.account} ${window.id}`}
            window={window}
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
