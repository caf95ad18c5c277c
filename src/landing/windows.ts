import { allAgents } from '../budget/budgets.ts';
import { windowLabel } from '../budget/gauge.ts';
import { validReadings } from '../budget/validReadings.ts';
import type { ReservedWindow } from '../budget/windowNeed.ts';
import type { Budgets } from '../protocol/budgets.ts';
import type { DriftRates, LimitWindow } from '../protocol/limits.ts';
import { newTokens, type Reading } from '../protocol/usage.ts';
import { nextResponse } from './lookAhead.ts';
import { isSameWindow } from '../budget/sameWindow.ts';
import { movedBy, sumOf, type Use } from './use.ts';

/** A window as it stands at this moment, for one session. */
export interface LandingWindow {
  readonly account: string;
  readonly window: string;
  readonly label: string;
  /** not the user's own budget */
  readonly isVendors: boolean;
  /** fraction; 1: used up */
  readonly used: number;
  readonly resetsAt: number | null;
  /** reckoned on from what somebody told, not told itself */
  readonly isReckoned: boolean;
  readonly drift: Readonly<Record<string, DriftRates>> | null;
  /** fraction that one more response of this session may use; 0: not known */
  readonly next: number;
  /** fraction kept back for finishing and saving; 0: nobody is ever told */
  readonly reserve: number;
}

export interface WindowsInput {
  readonly agent: string;
  readonly sessionId: string;
  /** whose limits the session uses; null: not known */
  readonly account: string | null;
  /** as published (limits.json); a session's budget only counts for its own session */
  readonly limits: readonly LimitWindow[];
  /** newer than what was published, perhaps: of the session's transcripts, of its statusline */
  readonly readings: readonly Reading[];
  /** the session's own */
  readonly uses: readonly Use[];
  /** `uses` are all that the session ever used */
  readonly isWhole: boolean;
  /** of other sessions of the account */
  readonly otherUses: readonly Use[];
  /** how use moves windows that nothing is published of, by their names: learned from the account's sessions themselves */
  readonly learned: ReadonlyMap<string, Readonly<Record<string, DriftRates>>>;
  readonly budgets: Budgets;
  /** points of a window that are kept back */
  readonly reserveOf: (window: ReservedWindow) => number;
  readonly now: number;
}

/** Clocks of one machine agree; what was captured later than now was written before the clock was set back. */
const clockSkewMs = 60_000;
/** Only the vendor says that a window is used up. */
const justBelowFull = 0.999;

/**
 * The windows that hold now and that this session uses: what is known of each, moved on by what was used here since. Silent about what
 * is stale (past its reset) or unknown.
 */
export function landingWindows(input: WindowsInput): readonly LandingWindow[] {
  const { agent, sessionId, account, limits, now } = input;
  const isOwn = (window: LimitWindow): boolean =>
    window.session === null
      ? window.agent === allAgents || (window.agent === agent && window.account === account)
      : window.agent === agent && window.session === sessionId;
  const own = limits.filter((window) => isOwn(window) && window.capturedAt <= now + clockSkewMs);
  return [...vendorWindows(input, own), ...budgetWindows(input, own)];
}

function isBudget({ agent, session, source }: LimitWindow): boolean {
  return agent === allAgents || session !== null || source === 'your budget';
}

function vendorWindows(
  { agent, account, readings, uses, otherUses, learned, reserveOf, now }: WindowsInput,
  own: readonly LimitWindow[],
): readonly LandingWindow[] {
  const published = own.filter((window) => !isBudget(window));
  const told: readonly Reading[] = [
    ...published.map(({ error, ...window }) => ({ ...window, ...(error === null ? {} : { error }) })),
    ...readings.filter((reading) => account !== null && reading.account === account),
  ];
  const credible = told.filter(({ capturedAt }) => capturedAt <= now + clockSkewMs);
  return validReadings(credible, now).map((reading) => {
    const known = published.find(({ window }) => window === reading.window);
    const drift = known?.drift ?? null;
    const rates = drift ?? learned.get(reading.window) ?? null;
    // What was moved on by others, from the same reading, may not have counted the response that a session's own stands before.
    const starts = [reading, ...readings.filter((each) => each.account === account && isSameWindow(each, reading))];
    const all = [...uses, ...otherUses];
    const stands =
      rates === null ? [] : starts.map((start) => start.used + movedBy(rates, since(all, start.capturedAt)));
    const moved = Math.max(reading.used, ...stands);
    return {
      account: reading.account,
      window: reading.window,
      label: known?.label ?? windowLabel(reading.window),
      isVendors: true,
      used: moved === reading.used ? reading.used : Math.max(reading.used, Math.min(moved, justBelowFull)),
      resetsAt: reading.resetsAt,
      isReckoned: moved > reading.used || reading.confidence !== 'official',
      drift,
      next: rates === null ? 0 : nextResponse(rates, uses),
      reserve: reserveOf({ agent, drift }) / 100,
    };
  });
}

/** The user's own limits: no more than what the transcripts say, so they are exact where all of it was read. */
function budgetWindows(input: WindowsInput, own: readonly LimitWindow[]): readonly LandingWindow[] {
  const { uses, otherUses, now } = input;
  const published = own
    .filter(
      (window) => isBudget(window) && (window.resetsAt === null ? window.session !== null : window.resetsAt > now),
    )
    .map((window) => {
      const concerned = window.session === null ? [...uses, ...otherUses] : uses;
      return {
        account: window.account,
        window: window.window,
        label: window.label,
        isVendors: false,
        used: window.used + (window.drift === null ? 0 : movedBy(window.drift, since(concerned, window.capturedAt))),
        resetsAt: window.resetsAt,
        isReckoned: false,
        drift: window.drift,
        next: window.drift === null ? 0 : nextResponse(window.drift, uses),
        reserve: input.reserveOf(window) / 100,
      };
    });
  const fresh = sessionBudget(input);
  return fresh === null || published.some(({ window }) => window === fresh.window) ? published : [...published, fresh];
}

const perSession = 'tokensPerSession';

/** A session that began since limits were published, and above all one that runs with no editor, is in nobody's list yet. */
function sessionBudget({ agent, account, budgets, uses, isWhole, reserveOf }: WindowsInput): LandingWindow | null {
  const limit = budgets[perSession];
  if (limit === undefined || !isWhole || uses.length === 0) return null;
  const rate = 1e6 / limit;
  const drift = { '': { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 } };
  return {
    account: account ?? allAgents,
    window: perSession,
    label: 'Session budget',
    isVendors: false,
    used: newTokens(sumOf(uses)) / limit,
    resetsAt: null,
    isReckoned: false,
    drift,
    next: nextResponse(drift, uses),
    reserve: reserveOf({ agent, drift }) / 100,
  };
}

function since(uses: readonly Use[], at: number): readonly Use[] {
  return uses.filter((use) => use.at > at);
}
