import type { GaugeState, WindowState } from '../protocol/gauge.ts';
import { newTokens } from '../protocol/usage.ts';

/** One line of the tooltip, as data: how it is drawn is the drawer's business. */
export interface GaugeLine {
  readonly label: string;
  readonly text: string;
}

/** The status bar's text, for example `62% · 18.2K tokens`, `18.2K tokens`, `no session`. A percentage only where one is known. */
export function gaugeText({ windows, session }: GaugeState): string {
  const [tightest] = windows;
  const parts = tightest === undefined ? [] : [percentText(tightest.usedPercent)];
  if (session !== null) parts.push(`${tokenText(newTokens(session.tokens))} tokens`);
  return parts.length === 0 ? 'no session' : parts.join(' · ');
}

/** What the tooltip says: a line per window, then the session. */
export function gaugeLines({ windows, session }: GaugeState, now: number): readonly GaugeLine[] {
  const lines = windows.map((window) => ({ label: window.label, text: windowText(window, now) }));
  if (windows.length === 0)
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

/** One window in words, for example `62% used, 18 points above the reserve, resets in 2 h 10 min`. */
export function windowText(window: WindowState, now: number): string {
  const { usedPercent, reservePercent, headroomPercent, resetsAt } = window;
  const parts = [`${percentText(usedPercent)} used`];
  if (usedPercent >= 100) parts.push('nothing left');
  else if (headroomPercent > 0) parts.push(`${percentText(headroomPercent)} above the reserve`);
  else parts.push(`inside the reserve of ${percentText(reservePercent)}`);
  if (resetsAt !== null) parts.push(`resets in ${durationText(resetsAt - now)}`);
  parts.push(`${window.source}, ${ageText(now - window.capturedAt)}`);
  return parts.join(', ');
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
