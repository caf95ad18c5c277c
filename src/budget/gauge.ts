import { agentName } from '../protocol/agentName.ts';
import type { Budgets } from '../protocol/budgets.ts';
import type { GaugeLevel, GaugeState, Pace, WindowState } from '../protocol/gauge.ts';
import { sliceMs, type Reading, type SessionUsage, type UsageSnapshot } from '../protocol/usage.ts';
import { isInside } from '../store/isInside.ts';
import { budgetUses, type BudgetUse } from './budgets.ts';
import { contextUse, contextWindowId } from './contextWindow.ts';
import { beginOfReading, paceOf, pointsOfBudget, pointsOfReading } from './pace.ts';
import { validReadings } from './validReadings.ts';

/** Headroom, in points of the window, at which the reserve counts as near. */
const cautionPoints = 10;
/** A session that was not used for so long is over. */
export const sessionLifetime = 24 * 60 * 60_000;

export interface GaugeInput {
  readonly usage: UsageSnapshot;
  /** real paths of the workspace's folders */
  readonly folders: readonly string[];
  /** epoch milliseconds */
  readonly now: number;
  /** 0-100 of each window, kept back for finishing and saving */
  readonly reservePercent: number;
  /** the user wants a learned reserve: that of a window, in points; null where it is not known, and the percentage counts */
  readonly learnedReserve?: (window: Pick<WindowState, 'agent' | 'account' | 'id'>) => number | null;
  readonly budgets: Budgets;
  /** an IANA name; without one days and weeks are those of the machine */
  readonly timeZone?: string | undefined;
}

/**
 * What is left, as far as it is known: windows from valid readings, from the user's own budgets and of the session's context, the
 * tightest first. Where no limit is known the level is `unknown`, though there may be a context window with room in it.
 */
export function gaugeState(input: GaugeInput): GaugeState {
  const { usage, folders, now, reservePercent, budgets, timeZone } = input;
  const session = currentSession(usage.sessions, folders, now);
  const reserve = Math.min(Math.max(reservePercent, 0), 100);
  const reserveOf = (agent: string, account: string, id: string): Reserve => {
    const learned = input.learnedReserve?.({ agent, account, id }) ?? null;
    return { percent: learned ?? reserve, isLearned: learned !== null };
  };
  const readings = validReadings(usage.readings, now);
  const windows = [
    ...readings.map((reading) => {
      const held = reserveOf(reading.agent, reading.account, reading.window);
      const window = readingWindow(reading, held, ownerName(reading, readings));
      return { ...window, pace: readingPace(reading, window, usage, now) };
    }),
    ...budgetUses({ budgets, timeline: usage.timeline, session, now, timeZone }).map((use) =>
      budgetWindow(use, reserveOf(use.agent, use.account, use.id), now),
    ),
    ...contextWindows(session, { percent: reserve, isLearned: false }),
  ];
  const rank = (window: WindowState) => levels.indexOf(levelOf(window));
  windows.sort(
    (a, b) =>
      rank(b) - rank(a) ||
      b.usedPercent - a.usedPercent ||
      // Of windows used alike, those of the agent at work come first, and of these the one that resets later: it binds longer.
      Number(b.agent === session?.agent) - Number(a.agent === session?.agent) ||
      (b.resetsAt ?? Infinity) - (a.resetsAt ?? Infinity) ||
      0,
  );
  const [tightest] = windows;
  const level = tightest === undefined ? 'unknown' : levelOf(tightest);
  return { level, windows, session, progress: usage.progress };
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

/** The name a person knows the window by; `id` as readings carry it. */
export function windowLabel(id: string): string {
  switch (id) {
    case 'five_hour':
      return '5-hour window';
    case 'seven_day':
      return 'Weekly window';
    default:
      return id
        .replace(/^seven_day_/, 'weekly ')
        .replaceAll('_', ' ')
        .replace(/^./, (first) => first.toUpperCase());
  }
}

/**
 * Whose window it is, where windows of several agents or accounts stand side by side; else nothing. Accounts are told apart by the
 * names of their folders.
 */
export function ownerName({ agent, account }: Reading, readings: readonly Reading[]): string {
  const isOnlyAgent = readings.every((other) => other.agent === agent);
  const isOnlyAccount = readings.every((other) => other.agent !== agent || other.account === account);
  if (isOnlyAccount) return isOnlyAgent ? '' : `${agentName(agent)}: `;
  return `${agentName(agent)} (${account.split(/[\\/]/).findLast((part) => part !== '') ?? account}): `;
}

function readingWindow(reading: Reading, reserve: Reserve, owner: string): WindowState {
  const { error } = reading;
  return {
    id: reading.window,
    agent: reading.agent,
    account: reading.account,
    label: owner + windowLabel(reading.window),
    ...percentages(reading.used, reserve),
    resetsAt: reading.resetsAt,
    capturedAt: reading.capturedAt,
    source: reading.source,
    confidence: reading.confidence,
    errorPercent: reading.confidence === 'derived' && error !== undefined ? Math.round(error * 1e4) / 100 : null,
    pace: null,
  };
}

/** A reading is told in whole points: it is right to half a point at best. */
const roundingPoints = 0.5;

function readingPace(reading: Reading, window: WindowState, usage: UsageSnapshot, now: number): Pace | null {
  const uses = usage.timeline.filter(({ agent, account }) => agent === reading.agent && account === reading.account);
  return paceOf({
    points: pointsOfReading(reading, usage.readings),
    usedPercent: window.usedPercent,
    errorPercent: window.errorPercent ?? roundingPoints,
    reservePercent: window.reservePercent,
    from: beginOfReading(reading),
    resetsAt: reading.resetsAt,
    // A slice tells only that it was somewhere in it.
    lastUseAt: uses.length === 0 ? null : Math.max(...uses.map(({ from }) => from)) + sliceMs,
    now,
  });
}

/** The user's own rule, about nothing but what the transcripts say: so what they say is exact here, not an estimate. */
function budgetWindow(use: BudgetUse, reserve: Reserve, now: number): WindowState {
  const window: WindowState = {
    id: use.id,
    agent: use.agent,
    account: use.account,
    label: use.label,
    ...percentages(use.used, reserve),
    resetsAt: use.resetsAt,
    capturedAt: use.capturedAt,
    source: 'your budget',
    confidence: 'official',
    errorPercent: null,
    ...(use.atLeast ? { atLeast: true } : {}),
    pace: null,
  };
  return { ...window, pace: budgetPace(use, window, now) };
}

/** null for a budget per session: its use is not known by time. */
function budgetPace({ pieces, from, resetsAt }: BudgetUse, window: WindowState, now: number): Pace | null {
  return paceOf({
    points: pointsOfBudget(pieces, 1, now),
    usedPercent: window.usedPercent,
    errorPercent: 0,
    reservePercent: window.reservePercent,
    from,
    resetsAt,
    lastUseAt: pieces.length === 0 ? null : Math.max(...pieces.map(({ until }) => until)),
    now,
  });
}

function contextWindows(session: SessionUsage | null, reserve: Reserve): readonly WindowState[] {
  const use = session === null ? null : contextUse(session);
  if (session === null || use === null) return [];
  return [
    {
      id: contextWindowId,
      agent: session.agent,
      account: session.account,
      label: 'Context window',
      ...percentages(use.used, reserve),
      resetsAt: null,
      capturedAt: session.lastAt,
      source: use.source,
      confidence: 'official',
      errorPercent: null,
      pace: null,
    },
  ];
}

interface Reserve {
  readonly percent: number;
  readonly isLearned: boolean;
}

function percentages(used: number, { percent: reservePercent, isLearned }: Reserve) {
  // Rounded, so that 0.8 of a window is 80 % and not a hair more.
  const usedPercent = Math.round(used * 1e4) / 100;
  return {
    usedPercent,
    reservePercent,
    ...(isLearned ? { reserveLearned: true as const } : {}),
    headroomPercent: Math.max(0, Math.round((100 - reservePercent - usedPercent) * 100) / 100),
  };
}

/** From the best to the worst. */
const levels: readonly GaugeLevel[] = ['unknown', 'ok', 'caution', 'landing', 'exhausted'];

function levelOf({ id, usedPercent, reservePercent, headroomPercent }: WindowState): GaugeLevel {
  // A full context is compacted: the work goes on, so it is never used up.
  if (usedPercent >= 100 && id !== contextWindowId) return 'exhausted';
  if (usedPercent >= 100 - reservePercent) return 'landing';
  if (headroomPercent <= cautionPoints) return 'caution';
  // Room in the context says nothing of how much the account has left.
  return id === contextWindowId ? 'unknown' : 'ok';
}
