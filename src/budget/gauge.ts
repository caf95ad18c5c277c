import type { GaugeLevel, GaugeState, WindowState } from '../protocol/gauge.ts';
import { newTokens, type Reading, type SessionUsage, type UsageSnapshot } from '../protocol/usage.ts';
import { isInside } from './folders.ts';
import { validReadings } from './validReadings.ts';

export const defaultReservePercent = 20;

/** Headroom, in points of the window, at which the reserve counts as near. */
const cautionPoints = 10;
const sessionLifetime = 24 * 60 * 60_000;

export interface GaugeInput {
  readonly usage: UsageSnapshot;
  /** real paths of the workspace's folders */
  readonly folders: readonly string[];
  /** epoch milliseconds */
  readonly now: number;
  /** 0-100 of each window, kept back for finishing and saving */
  readonly reservePercent: number;
  /** the user's own limit of new tokens per session; null is none */
  readonly sessionBudgetTokens: number | null;
}

/**
 * What is left, as far as it is known: windows from valid readings and from the user's own budget, the tightest first. Nothing known is
 * level `unknown` without windows, never a percentage.
 */
export function gaugeState({ usage, folders, now, reservePercent, sessionBudgetTokens }: GaugeInput): GaugeState {
  const session = currentSession(usage.sessions, folders, now);
  const reserve = Math.min(Math.max(reservePercent, 0), 100);
  const windows = validReadings(usage.readings, now).map((reading) => readingWindow(reading, reserve));
  if (session !== null && sessionBudgetTokens !== null && sessionBudgetTokens > 0) {
    windows.push(budgetWindow(session, sessionBudgetTokens, reserve));
  }
  // Of two windows used alike, the one that resets later binds longer.
  windows.sort((a, b) => b.usedPercent - a.usedPercent || (b.resetsAt ?? Infinity) - (a.resetsAt ?? Infinity) || 0);
  const [tightest] = windows;
  return { level: tightest === undefined ? 'unknown' : levelOf(tightest), windows, session };
}

/**
 * The session this window of the editor is about: the one with the newest response, of those that began in one of its folders or below
 * and were alive in the last 24 hours. A session that began above the folder is not taken: it may be about anything beside it.
 */
export function currentSession(
  sessions: readonly SessionUsage[],
  folders: readonly string[],
  now: number,
): SessionUsage | null {
  let newest: SessionUsage | null = null;
  for (const session of sessions) {
    const { cwd, lastAt } = session;
    if (cwd === null || now - lastAt > sessionLifetime) continue;
    if (newest !== null && newest.lastAt >= lastAt) continue;
    if (folders.some((folder) => isInside(cwd, folder))) newest = session;
  }
  return newest;
}

/** The name a person knows the window by; `id` as readings and budgets carry it. */
export function windowLabel(id: string): string {
  switch (id) {
    case 'five_hour':
      return '5-hour window';
    case 'seven_day':
      return 'Weekly window';
    case 'session':
      return 'Session budget';
    default:
      return id
        .replace(/^seven_day_/, 'weekly ')
        .replaceAll('_', ' ')
        .replace(/^./, (first) => first.toUpperCase());
  }
}

function readingWindow(reading: Reading, reserve: number): WindowState {
  return {
    id: reading.window,
    agent: reading.agent,
    label: windowLabel(reading.window),
    ...percentages(reading.used, reserve),
    resetsAt: reading.resetsAt,
    capturedAt: reading.capturedAt,
    source: reading.source,
    confidence: reading.confidence,
  };
}

/** The user's own rule, about nothing but what the transcripts say: so what they say is exact here, not an estimate. */
function budgetWindow(session: SessionUsage, budget: number, reserve: number): WindowState {
  return {
    id: 'session',
    agent: session.agent,
    label: windowLabel('session'),
    ...percentages(newTokens(session.tokens) / budget, reserve),
    resetsAt: null,
    capturedAt: session.lastAt,
    source: 'your session budget',
    confidence: 'official',
  };
}

function percentages(used: number, reservePercent: number) {
  // Rounded, so that 0.8 of a window is 80 % and not a hair more.
  const usedPercent = Math.round(used * 1e4) / 100;
  return {
    usedPercent,
    reservePercent,
    headroomPercent: Math.max(0, Math.round((100 - reservePercent - usedPercent) * 100) / 100),
  };
}

function levelOf({ usedPercent, reservePercent, headroomPercent }: WindowState): GaugeLevel {
  if (usedPercent >= 100) return 'exhausted';
  if (usedPercent >= 100 - reservePercent) return 'landing';
  return headroomPercent <= cautionPoints ? 'caution' : 'ok';
}
