import type { GaugeState, Pace, WindowState } from '../protocol/gauge.ts';
import { newTokens, type ScanProgress } from '../protocol/usage.ts';
import { contextWindowId } from './contextWindow.ts';

/** A line with a name, as data: how it is drawn is the drawer's business. */
export interface GaugeLine {
  readonly label: string;
  readonly text: string;
}

/** How the status bar says it. */
export type GaugeStyle = 'used' | 'left' | 'icon';

/**
 * The status bar's text: the tightest window's percentage (`62%`, derived `~62%`, or what is left of it, `38% left`), tokens where no
 * limit is known; nothing beside an icon that stands alone. A percentage only where one is known.
 */
export function gaugeText({ level, windows, session }: GaugeState, style: GaugeStyle = 'used'): string {
  if (style === 'icon') return '';
  const [tightest] = windows;
  if (tightest !== undefined && level !== 'unknown') return style === 'left' ? leftText(tightest) : usedText(tightest);
  return session === null ? 'no session' : `${tokenText(newTokens(session.tokens))} tokens`;
}

/** What is left, rounded so that it and what is used make a hundred. */
function leftText({ usedPercent, confidence, atLeast }: WindowState): string {
  const left = Math.max(0, 100 - Math.floor(usedPercent));
  return `${atLeast ? 'at most ' : confidence === 'official' ? '' : '~'}${left}% left`;
}

/** What `status` says: a line per window, then the session. Clock times in `timeZone`, without one in the machine's. */
export function gaugeLines(
  { level, windows, session, progress }: GaugeState,
  now: number,
  timeZone?: string,
): readonly GaugeLine[] {
  const lines = windows.map((window) => ({ label: window.label, text: windowText(window, now, timeZone) }));
  if (progress !== null) lines.unshift({ label: 'Reading transcripts', text: progressText(progress) });
  if (level === 'unknown')
    lines.push({ label: 'Limits', text: 'not known yet: no limit was reported and no budget is set' });
  if (session === null) return [...lines, { label: 'Session', text: 'none in this workspace in the last 24 hours' }];
  const { tokens } = session;
  const written = tokens.cacheWrite5m + tokens.cacheWrite1h;
  return [
    ...lines,
    {
      label: 'Session',
      text:
        `${tokenText(newTokens(tokens))} new tokens (input ${tokenText(tokens.input)}, output ${tokenText(tokens.output)}, ` +
        `cache writes ${tokenText(written)}), and ${tokenText(tokens.cacheRead)} read from the cache`,
    },
    { label: 'Responses', text: `${session.responses}${session.model === null ? '' : `, last by ${session.model}`}` },
    { label: 'Last activity', text: ageText(now - session.lastAt) },
  ];
}

export function progressText({ doneBytes, totalBytes }: ScanProgress): string {
  return `${percentText(totalBytes > 0 ? Math.min((100 * doneBytes) / totalBytes, 100) : 0)} done, numbers still grow`;
}

/** One window in words, for example `62% used, 18% above the reserve, resets in 2 h 10 min, statusline`. */
export function windowText(window: WindowState, now: number, timeZone?: string): string {
  const { id, usedPercent, reservePercent, headroomPercent, resetsAt, errorPercent, pace } = window;
  const parts = [`${usedText(window)} used`];
  if (errorPercent !== null) parts.push(`±${Math.ceil(errorPercent)}`);
  if (window.atLeast) parts.push('some prices are not known');
  if (id === contextWindowId) {
    if (headroomPercent === 0) parts.push('compaction is near');
  } else if (usedPercent >= 100) parts.push('nothing left');
  else if (headroomPercent > 0) parts.push(`${percentText(headroomPercent)} above the reserve`);
  else parts.push(`inside the reserve of ${percentText(reservePercent)}`);
  if (pace !== null) parts.push(...paceTexts(pace, now, timeZone));
  if (resetsAt !== null) parts.push(`resets in ${durationText(resetsAt - now)}`);
  parts.push(window.source);
  const age = now - window.capturedAt;
  if (age > oldAge) parts.push(ageText(age));
  return parts.join(', ');
}

/** Readings younger than this are as good as now. */
const oldAge = 5 * 60_000;

/** `62%`, derived `~62%`, `at least 40%`. */
function usedText({ usedPercent, confidence, atLeast }: WindowState): string {
  return `${atLeast ? 'at least ' : confidence === 'official' ? '' : '~'}${percentText(usedPercent)}`;
}

function paceTexts({ evenPercent, reserveAt, exhaustedAt }: Pace, now: number, timeZone?: string): readonly string[] {
  const texts = evenPercent === null ? [] : [`even pace ${percentText(evenPercent)}`];
  if (reserveAt !== null) texts.push(`reserve reached ${rangeText(reserveAt, now, timeZone)}`);
  else if (exhaustedAt !== null) texts.push(`used up ${rangeText(exhaustedAt, now, timeZone)}`);
  return texts;
}

/** `about Thu 14:00–16:30`, `about Thu 23:00–Fri 01:30`, `from Thu 14:00 on, or not before the reset`. */
function rangeText(range: NonNullable<Pace['reserveAt']>, now: number, timeZone?: string): string {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', timeZone === undefined ? options : { ...options, timeZone });
  const day = format({ weekday: 'short' });
  const clock = format({ hour: '2-digit', minute: '2-digit' });
  const { earliest, latest } = range;
  const first = earliest <= now ? 'now' : `${day.format(earliest)} ${clock.format(earliest)}`;
  if (latest === null) return `${first === 'now' ? 'now' : `from ${first} on`}, or not before the reset`;
  const sameDay = first !== 'now' && day.format(earliest) === day.format(latest);
  return `about ${first}–${sameDay ? '' : `${day.format(latest)} `}${clock.format(latest)}`;
}

/** Rounded down: 99.7 % is not yet 100 %. */
export function percentText(percent: number): string {
  return `${Math.floor(percent)}%`;
}

/** `950`, `18.2K`, `1.3M`: three digits, rounded down. */
export function tokenText(tokens: number): string {
  for (const [unit, suffix] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (tokens >= unit)
      return `${tokens >= 100 * unit ? Math.floor(tokens / unit) : Math.floor((tokens * 10) / unit) / 10}${suffix}`;
  }
  return String(tokens);
}

/** `3 d 4 h`, `2 h 10 min`, `5 min`; below a minute `1 min`, because it is not over yet. */
export function durationText(milliseconds: number): string {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes % 60 > 0 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${minutes} min`;
}

/** How long ago, for example `just now`, `4 min ago`. */
export function ageText(milliseconds: number): string {
  return milliseconds < 60_000 ? 'just now' : `${durationText(Math.floor(milliseconds / 60_000) * 60_000)} ago`;
}
