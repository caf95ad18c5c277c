import { budgetNames, type Budgets } from '../protocol/budgets.ts';
import type { DriftRates, LimitWindow } from '../protocol/limits.ts';
import type { Reading, SessionUsage, UsageSnapshot } from '../protocol/usage.ts';
import type { WindowDrift } from '../usage/calibration/drift.ts';
import type { Prices } from '../usage/prices.ts';
import { budgetUses, type BudgetUse } from './budgets.ts';
import { ownerName, sessionLifetime, windowLabel } from './gauge.ts';
import { validReadings } from './validReadings.ts';

/** Of more sessions at once nobody asks; each costs a few hundred bytes in a file that a hook reads at every call. */
const mostSessions = 40;
const million = 1e6;

export interface LimitInput {
  readonly usage: Pick<UsageSnapshot, 'sessions' | 'readings' | 'timeline'>;
  /** of the vendors' windows whose calibration is good */
  readonly drifts: readonly WindowDrift[];
  readonly budgets: Budgets;
  readonly prices: Prices;
  /** epoch milliseconds */
  readonly now: number;
  /** an IANA name; without one days and weeks are those of the machine */
  readonly timeZone?: string | undefined;
}

/**
 * Every limit that is known, for the programs that read no transcripts: vendors' windows that hold now, the user's own budgets, and a
 * budget per session once for each session of the last day. The context is no limit of the account's and is left out. `capturedAt` is
 * the newest use that is counted, so that a reader can go on counting from there.
 */
export function limitWindows(input: LimitInput): readonly LimitWindow[] {
  const { usage, budgets, now } = input;
  const readings = validReadings(usage.readings, now);
  const perSession: Budgets = Object.fromEntries(
    Object.entries(budgets).filter(([name]) => name.endsWith('PerSession')),
  );
  const sessions =
    Object.keys(perSession).length === 0
      ? []
      : usage.sessions.filter(({ lastAt }) => now - lastAt <= sessionLifetime).slice(0, mostSessions);
  const drifts = budgetDrifts(input);
  return [
    ...readings.map((reading) => vendorWindow(reading, readings, input.drifts)),
    ...budgetUses({ ...input, timeline: usage.timeline, session: null }).map((use) =>
      // A budget over time is reckoned from everything that was used until then.
      budgetWindow({ ...use, capturedAt: newestUse(usage.sessions) ?? use.capturedAt }, null, drifts),
    ),
    ...sessions.flatMap((session) =>
      budgetUses({ ...input, budgets: perSession, timeline: usage.timeline, session }).map((use) =>
        budgetWindow(use, session.sessionId, drifts),
      ),
    ),
  ];
}

function vendorWindow(reading: Reading, readings: readonly Reading[], drifts: readonly WindowDrift[]): LimitWindow {
  const { agent, account, window, used, resetsAt, capturedAt, source, confidence, error } = reading;
  const known = drifts.find((each) => each.agent === agent && each.account === account && each.window === window);
  return {
    agent,
    account,
    window,
    label: ownerName(reading, readings) + windowLabel(window),
    session: null,
    used,
    resetsAt,
    capturedAt,
    source,
    confidence,
    error: confidence === 'derived' ? (error ?? null) : null,
    drift: known?.drift ?? null,
  };
}

type Drifts = ReadonlyMap<string, Readonly<Record<string, DriftRates>>>;

function budgetWindow(use: BudgetUse, session: string | null, drifts: Drifts): LimitWindow {
  const { id, label, agent, account, used, resetsAt, capturedAt } = use;
  return {
    agent,
    account,
    window: id,
    label,
    session,
    used,
    resetsAt,
    capturedAt,
    source: 'your budget',
    // In USD, with something used whose price nobody knows, it is only the least that it can be.
    confidence: use.atLeast ? 'unknown' : 'official',
    error: null,
    drift: drifts.get(id) ?? null,
  };
}

/** How use moves each budget: tokens count alike, dollars by the price of the models in use. A model without a price is not in it. */
function budgetDrifts({ usage, budgets, prices }: LimitInput): Drifts {
  const models = [...new Set([...usage.sessions, ...usage.timeline].flatMap(({ model }) => model ?? []))].sort();
  return new Map(
    budgetNames.flatMap((name) => {
      const limit = budgets[name];
      if (limit === undefined) return [];
      if (name.startsWith('tokens')) return [[name, { '': tokenRates(limit) }] as const];
      const byModel = models.flatMap((model) => {
        const rates = prices.ratesOf(model);
        return rates === null ? [] : [[model, dividedBy(rates, limit)] as const];
      });
      return [[name, Object.fromEntries(byModel)] as const];
    }),
  );
}

/** Budgets are of new tokens: cache reads do not count. */
function tokenRates(limit: number): DriftRates {
  const rate = million / limit;
  return { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 };
}

function dividedBy({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: DriftRates, limit: number): DriftRates {
  return {
    input: input / limit,
    output: output / limit,
    cacheWrite5m: cacheWrite5m / limit,
    cacheWrite1h: cacheWrite1h / limit,
    cacheRead: cacheRead / limit,
  };
}

function newestUse(sessions: readonly SessionUsage[]): number | null {
  return sessions.reduce<number | null>((newest, { lastAt }) => Math.max(newest ?? -Infinity, lastAt), null);
}
