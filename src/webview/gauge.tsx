import type { GaugeLevel, Pace, WindowState } from '../protocol/gauge.ts';
import { DayChart } from './dayChart.tsx';
import { fill } from './fill.ts';
import { Glyph, type GlyphName } from './glyph.tsx';
import { number, time } from './locale.ts';
import { Meter, usedWords } from './meter.tsx';
import type { ShownPicture } from './picture.ts';
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

function resetWords(resetsAt: number, now: number): string {
  const clock = time.clock(resetsAt, now);
  return resetsAt > now
    ? fill(strings.resets, clock, duration(resetsAt - now, strings))
    : fill(strings.resetDue, clock);
}

/** "4–9%/h"; one number where both are the same. */
function rateWords({ percentPerHour: { low, high } }: Pace): string {
  if (high <= 0) return strings.noPace;
  const [from, to] = [number.rate(low), number.rate(high)];
  return fill(strings.pace, from === to ? from : `${from}–${to}`);
}

function endWords({ reserveAt, exhaustedAt }: Pace, now: number): string | null {
  const range = reserveAt ?? exhaustedAt;
  if (range === null) return null;
  const earliest = time.clock(Math.max(range.earliest, now), now);
  const when =
    range.latest === null
      ? fill(strings.fromOn, earliest)
      : fill(strings.between, earliest, time.clock(range.latest, now));
  return fill(reserveAt === null ? strings.usedUp : strings.reserveReached, when);
}

function PaceLine({ pace, now }: { readonly pace: Pace; readonly now: number }) {
  const end = endWords(pace, now);
  return (
    <>
      <span title={strings.paceHint}>
        {rateWords(pace)}
        {pace.evenPercent !== null && (
          <span title={strings.evenPaceHint}> · {fill(strings.evenPace, number.percent(pace.evenPercent))}</span>
        )}
      </span>
      {end !== null && <span class="end">{end}</span>}
    </>
  );
}

interface WindowGaugeProps {
  readonly window: WindowState;
  readonly level: GaugeLevel;
  readonly now: number;
}

function WindowGauge({ window, level, now }: WindowGaugeProps) {
  const { confidence, errorPercent, capturedAt, resetsAt, pace } = window;
  const source: string[] = [window.source];
  if (confidence !== 'official') {
    source.push(
      errorPercent === null ? strings.estimated : fill(strings.estimatedBand, number.whole(Math.ceil(errorPercent))),
    );
  }
  source.push(fill(strings.asOf, time.relative(capturedAt, now)));
  return (
    <div class="window">
      <div class="line">
        <span class="window-label" title={window.label}>
          {window.label}
        </span>
        <span class="figure">{usedWords(window, strings.used)}</span>
      </div>
      <Meter window={window} level={level} now={now} />
      <div class="facts">
        <span class={`level level-${level}`}>
          <Glyph name={levelGlyphs[level]} />
          {strings.levels[level]}
        </span>
        {resetsAt !== null && <span title={time.exact(resetsAt)}>{resetWords(resetsAt, now)}</span>}
        {pace !== null && <PaceLine pace={pace} now={now} />}
        <span class="source" title={time.exact(capturedAt)}>
          {source.join(' · ')}
        </span>
      </div>
    </div>
  );
}

/** How much is left: the windows, tightest first, and what was used. What is not known is said to be so. */
export function Gauge({ picture, now }: { readonly picture: ShownPicture; readonly now: number }) {
  const { gauge, day } = picture;
  const { progress, session, windows } = gauge;
  return (
    <section class="gauge" aria-labelledby="usage-heading">
      <header class="section-header">
        <h2 id="usage-heading">{strings.usage}</h2>
      </header>
      <div class="gauge-body">
        {progress !== null && (
          <p class="quiet">
            {fill(strings.reading, number.percent((100 * progress.doneBytes) / Math.max(progress.totalBytes, 1)))}
          </p>
        )}
        {windows.map((window) => (
          <WindowGauge
            key={`${window.agent} ${window.account} ${window.id}`}
            window={window}
            level={windowLevel(gauge, window)}
            now={now}
          />
        ))}
        {day !== undefined && <DayChart day={day} now={now} />}
        {session !== null && <SessionTokens session={session} now={now} />}
        {windows.length === 0 && <p class="quiet">{session === null ? strings.noSession : strings.limitUnknown}</p>}
      </div>
    </section>
  );
}
