import type { DriftRates, LimitWindow } from '../protocol/limits.ts';
import type { ReserveMode } from '../store/preferences.ts';
import { newTokensOf, type TokenRow, type Turn } from '../protocol/turn.ts';
import { averageMix, type Estimate, outcomeRange } from './estimate/estimate.ts';
import { quantileOf } from './estimate/quantile.ts';
import type { Range } from './estimate/thumb.ts';

/** What a task needs of a window, and what is there. Points of the window, 0-100. */
export interface WindowNeed {
  readonly window: LimitWindow;
  readonly used: number;
  /** null: how use moves this window is not known */
  readonly need: Range | null;
  readonly reserve: number;
  /** what is left above the reserve; below 0 inside of it */
  readonly room: number;
}

export interface Asking {
  readonly agent: string | null;
  /** a budget per session concerns this one only */
  readonly sessionId: string | null;
  /** path of the session's transcript: it lies in its account's folder */
  readonly transcriptPath: string | null;
}

/** What a reserve depends on. */
export type ReservedWindow = Pick<LimitWindow, 'agent' | 'drift'>;

export interface Reserve {
  readonly percent: number;
  readonly mode: ReserveMode;
}

const everybody = 'all';
const million = 1e6;
/** A response of an average task. */
const tokensPerRequest = 2500;
/** Fewer measured moves say nothing. */
const leastMoves = 3;
const leastFinishes = 10;
const most = 50;

/** The windows that a task of this session is held against: valid now, and of its account, of all agents, or its own. */
export function windowsFor(windows: readonly LimitWindow[], asking: Asking, now: number): readonly LimitWindow[] {
  const { agent, sessionId, transcriptPath } = asking;
  const own = windows.filter(
    (window) =>
      (window.agent === everybody || agent === null || window.agent === agent) &&
      (window.session === null || window.session === sessionId) &&
      (window.resetsAt === null || window.resetsAt > now),
  );
  const isOfAccount = ({ account }: LimitWindow): boolean =>
    transcriptPath?.startsWith(account) === true && /^[\\/]/.test(transcriptPath.slice(account.length));
  // Where the account cannot be told, the tightest of all counts.
  if (!own.some(isOfAccount)) return own;
  return own.filter((window) => window.agent === everybody || isOfAccount(window));
}

/** What a task needs of each window. */
export function windowNeeds(
  windows: readonly LimitWindow[],
  {
    estimate,
    turns,
    model,
    reserve,
  }: {
    readonly estimate: Estimate;
    /** what a learned reserve is learned from */
    readonly turns: readonly Turn[];
    readonly model: string | null;
    readonly reserve: Reserve;
  },
): readonly WindowNeed[] {
  const mix = averageMix(estimate.turns);
  return windows.map((window) => {
    const used = window.used * 100;
    const held = reservePoints(window, turns, reserve);
    return { window, used, need: needOf(window, estimate, mix, model), reserve: held, room: 100 - used - held };
  });
}

function needOf(window: LimitWindow, estimate: Estimate, mix: TokenRow, model: string | null): Range | null {
  const rates = ratesFor(window, model);
  if (rates !== null) {
    return outcomeRange(
      estimate,
      // A past task as it would cost with the model of now.
      (turn) => pointsOf(rates, turn.tokens, turn.requests),
      (tokens) => pointsOf(rates, scaledRow(mix, tokens), tokens / tokensPerRequest),
    );
  }
  const moved = ({ agent, moved: points }: Turn): number | null =>
    window.agent === agent ? (points[window.window] ?? null) : null;
  const known = estimate.turns.filter(({ turn, weight }) => moved(turn) !== null && weight > 0.01);
  return known.length < leastMoves ? null : outcomeRange(estimate, moved, null);
}

/** Rates of the model; where it is not known which, those of any. */
function ratesFor({ drift }: ReservedWindow, model: string | null): DriftRates | null {
  if (drift === null) return null;
  const named = model === null ? undefined : drift[model];
  return named ?? drift[''] ?? (model === null ? (Object.values(drift)[0] ?? null) : null);
}

export function pointsOf(rates: DriftRates, tokens: TokenRow, requests: number): number {
  const moved =
    tokens[0] * rates.input +
    tokens[1] * rates.output +
    tokens[2] * rates.cacheWrite5m +
    tokens[3] * rates.cacheWrite1h +
    tokens[4] * rates.cacheRead;
  return 100 * (moved / million + requests * (rates.response ?? 0));
}

function scaledRow(mix: TokenRow, tokens: number): TokenRow {
  return [mix[0] * tokens, mix[1] * tokens, mix[2] * tokens, mix[3] * tokens, mix[4] * tokens];
}

/** The reserve of a window: the fixed one also as long as there is too little to learn one from. */
export function reservePoints(window: ReservedWindow, turns: readonly Turn[], { percent, mode }: Reserve): number {
  return (mode === 'learned' ? learnedReserve(window, turns) : null) ?? percent;
}

/**
 * What nine times of ten was enough for what came after a task's last edit, which is testing, summing up and saving. null: not known
 * well enough.
 */
export function learnedReserve(window: ReservedWindow, turns: readonly Turn[]): number | null {
  const points = turns.flatMap((turn) => {
    const { finish, model, agent } = turn;
    const rates = window.agent === everybody || window.agent === agent ? ratesFor(window, model) : null;
    if (finish === null || rates === null || newTokensOf(finish) === 0) return [];
    return [{ value: pointsOf(rates, finish, Math.max(1, newTokensOf(finish) / tokensPerRequest)), weight: 1 }];
  });
  if (points.length < leastFinishes) return null;
  points.sort((a, b) => a.value - b.value);
  return Math.min(most, Math.ceil(quantileOf(points, 0.9)));
}
