import type { GaugeState, Pace, WindowState } from '../protocol/gauge.ts';
import { newTokens, type ScanProgress } from '../protocol/usage.ts';
import { contextWindowId } from './contextWindow.ts';
import { english, type Language } from './language.ts';

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
export function gaugeText(
  { level, windows, session }: GaugeState,
  style: GaugeStyle = 'used',
  language: Language = english,
): string {
  if (style === 'icon') return '';
  const { t } = language;
  const [tightest] = windows;
  if (tightest !== undefined && level !== 'unknown')
    return style === 'left' ? leftText(tightest, language) : usedText(tightest, language);
  return session === null ? t('no session') : t('{0} tokens', tokenText(newTokens(session.tokens), language));
}

/** What is left, rounded so that it and what is used make a hundred. */
function leftText({ usedPercent, confidence, atLeast }: WindowState, { t }: Language): string {
  const left = Math.max(0, 100 - Math.floor(usedPercent));
  if (atLeast) return t('at most {0}% left', left);
  return confidence === 'official' ? t('{0}% left', left) : t('~{0}% left', left);
}

/** What `status` says: a line per window, then the session. Clock times in `timeZone`, without one in the machine's. */
export function gaugeLines(
  { level, windows, session, progress }: GaugeState,
  now: number,
  timeZone?: string,
): readonly GaugeLine[] {
  const lines = windows.map((window) => ({ label: window.label, text: windowText(window, now, { timeZone }) }));
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

export function progressText({ doneBytes, totalBytes }: ScanProgress, { t }: Language = english): string {
  const percent = totalBytes > 0 ? Math.min((100 * doneBytes) / totalBytes, 100) : 0;
  return t('{0}% done, numbers still grow', Math.floor(percent));
}

/** In which time zone (without one in the machine's) and language a window is told. */
export interface Telling {
  readonly timeZone?: string | undefined;
  readonly language?: Language;
}

/** One window in words, for example `62% used, 18% above the reserve, resets in 2 h 10 min, statusline`. */
export function windowText(window: WindowState, now: number, telling: Telling = {}): string {
  const { id, usedPercent, headroomPercent, resetsAt, errorPercent, pace } = window;
  const { language = english } = telling;
  const { t } = language;
  const parts = [t('{0} used', usedText(window, language))];
  if (errorPercent !== null) parts.push(`±${Math.ceil(errorPercent)}`);
  if (window.atLeast) parts.push(t('some prices are not known'));
  if (id === contextWindowId) {
    if (headroomPercent === 0) parts.push(t('compaction is near'));
  } else if (usedPercent >= 100) parts.push(t('nothing left'));
  else parts.push(reserveText(window, language));
  if (pace !== null) parts.push(...paceTexts(pace, now, telling));
  if (resetsAt !== null) parts.push(t('resets in {0}', durationText(resetsAt - now, language)));
  parts.push(window.source);
  const age = now - window.capturedAt;
  if (age > oldAge) parts.push(ageText(age, language));
  return parts.join(', ');
}

function reserveText({ reservePercent, reserveLearned, headroomPercent }: WindowState, { t }: Language): string {
  const [left, reserve] = [Math.floor(headroomPercent), Math.floor(reservePercent)];
  if (reserveLearned) {
    return headroomPercent > 0
      ? t('{0}% above the learned reserve of {1}%', left, reserve)
      : t('inside the learned reserve of {0}%', reserve);
  }
  return headroomPercent > 0 ? t('{0}% above the reserve', left) : t('inside the reserve of {0}%', reserve);
}

/** Readings younger than this are as good as now. */
const oldAge = 5 * 60_000;

/** `62%`, derived `~62%`, `at least 40%`. */
function usedText({ usedPercent, confidence, atLeast }: WindowState, { t }: Language): string {
  const used = Math.floor(usedPercent);
  if (atLeast) return t('at least {0}%', used);
  return confidence === 'official' ? t('{0}%', used) : t('~{0}%', used);
}

function paceTexts({ evenPercent, reserveAt, exhaustedAt }: Pace, now: number, telling: Telling): readonly string[] {
  const { t } = telling.language ?? english;
  const texts = evenPercent === null ? [] : [t('even pace {0}%', Math.floor(evenPercent))];
  if (reserveAt !== null) texts.push(t('reserve reached {0}', rangeText(reserveAt, now, telling)));
  else if (exhaustedAt !== null) texts.push(t('used up {0}', rangeText(exhaustedAt, now, telling)));
  return texts;
}

/** `about Thu 14:00–16:30`, `about Thu 23:00–Fri 01:30`, `from Thu 14:00 on, or not before the reset`. */
function rangeText(range: NonNullable<Pace['reserveAt']>, now: number, telling: Telling): string {
  const { language = english, timeZone } = telling;
  const { t, locale } = language;
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, timeZone === undefined ? options : { ...options, timeZone });
  const day = format({ weekday: 'short' });
  const clock = format({ hour: '2-digit', minute: '2-digit' });
  const { earliest, latest } = range;
  const isNow = earliest <= now;
  const first = isNow ? t('now') : `${day.format(earliest)} ${clock.format(earliest)}`;
  if (latest === null)
    return isNow ? t('now, or not before the reset') : t('from {0} on, or not before the reset', first);
  const sameDay = !isNow && day.format(earliest) === day.format(latest);
  return t('about {0}–{1}', first, `${sameDay ? '' : `${day.format(latest)} `}${clock.format(latest)}`);
}

/** Rounded down: 99.7 % is not yet 100 %. */
export function percentText(percent: number): string {
  return `${Math.floor(percent)}%`;
}

/** `950`, `18.2K`, `1.3M`: three digits, rounded down. */
export function tokenText(tokens: number, { locale }: Language = english): string {
  for (const [unit, suffix] of [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'K'],
  ] as const) {
    if (tokens < unit) continue;
    const value = tokens >= 100 * unit ? Math.floor(tokens / unit) : Math.floor((tokens * 10) / unit) / 10;
    return `${value.toLocaleString(locale, { useGrouping: false })}${suffix}`;
  }
  return String(tokens);
}

/** `3 d 4 h`, `2 h 10 min`, `5 min`; below a minute `1 min`, because it is not over yet. */
export function durationText(milliseconds: number, { t }: Language = english): string {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return hours > 0 ? t('{0} d {1} h', days, hours) : t('{0} d', days);
  if (hours > 0) return minutes % 60 > 0 ? t('{0} h {1} min', hours, minutes % 60) : t('{0} h', hours);
  return t('{0} min', minutes);
}

/** How long ago, for example `just now`, `4 min ago`. */
export function ageText(milliseconds: number, language: Language = english): string {
  const { t } = language;
  if (milliseconds < 60_000) return t('just now');
  return t('{0} ago', durationText(Math.floor(milliseconds / 60_000) * 60_000, language));
}
