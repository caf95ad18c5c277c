import { budgetNames, type BudgetName, type Budgets } from '../protocol/budgets.ts';
import { newTokens, noTokens, sliceMs, type SessionUsage, type UseSlice } from '../protocol/usage.ts';
import { dayAround, weekAround, type Span } from './localDays.ts';

const fiveHours = 5 * 60 * 60_000;

/** Use against one of the user's own limits. */
export interface BudgetUse {
  readonly id: BudgetName;
  readonly label: string;
  readonly agent: string;
  readonly account: string;
  /** a fraction of the limit */
  readonly used: number;
  /** some of it is of unknown price: `used` is the least that it can be */
  readonly atLeast: boolean;
  readonly resetsAt: number | null;
  /** epoch milliseconds of the last use that counts, or of now */
  readonly capturedAt: number;
  /** when its time began; null without a beginning */
  readonly from: number | null;
  /** fractions of the limit, in pieces of time that end then; none for a session, whose use nobody tells apart by time */
  readonly pieces: readonly { readonly until: number; readonly used: number }[];
}

export interface BudgetInput {
  readonly budgets: Budgets;
  readonly timeline: readonly UseSlice[];
  readonly session: SessionUsage | null;
  /** epoch milliseconds */
  readonly now: number;
  /** an IANA name; without one days and weeks are those of the machine */
  readonly timeZone?: string | undefined;
}

/** Whose window a budget over time is: everything used on this machine counts, whichever agent and account used it. */
export const allAgents = 'all';

/**
 * The windows of the user's own limits. What lies in the future (the clock was set back) counts as well: it was used. Slices are five
 * minutes long, and so is what the begin of a five-hour window can be early by.
 */
export function budgetUses({ budgets, timeline, session, now, timeZone }: BudgetInput): readonly BudgetUse[] {
  const spans = new Map<string, Span | null>();
  const spanOf = (period: string): Span | null => {
    let span = spans.get(period);
    if (span === undefined) {
      span =
        period === 'Day'
          ? dayAround(now, timeZone)
          : period === 'Week'
            ? weekAround(now, timeZone)
            : fiveHoursAround(timeline, now);
      spans.set(period, span);
    }
    return span;
  };

  return budgetNames.flatMap((id) => {
    const limit = budgets[id];
    if (limit === undefined) return [];
    const [, unit = '', period = ''] = /^(tokens|usd)Per(.+)$/.exec(id) ?? [];
    const label = `${labels[period] ?? period} budget${unit === 'usd' ? ' in USD' : ''}`;
    const usedOf = ({ tokens, costUsd }: Pick<Use, 'tokens' | 'costUsd'>) =>
      (unit === 'usd' ? (costUsd ?? 0) : newTokens(tokens)) / limit;
    const fraction = (use: Use) => ({ used: usedOf(use), atLeast: unit === 'usd' && use.hasUnknownPrice });
    if (period === 'Session') {
      if (session === null) return [];
      const { agent, account, lastAt } = session;
      return [
        {
          id,
          label,
          agent,
          account,
          ...fraction(sessionUse(session, timeline)),
          resetsAt: null,
          capturedAt: lastAt,
          from: null,
          pieces: [],
        },
      ];
    }
    const span = spanOf(period);
    const inSpan = span === null ? [] : timeline.filter(({ from }) => from >= span.from);
    const use = sum(inSpan);
    return [
      {
        id,
        label,
        agent: allAgents,
        account: allAgents,
        ...fraction(use),
        resetsAt: span?.until ?? null,
        // A budget is reckoned anew each time; it has no age of its own.
        capturedAt: now,
        from: span?.from ?? null,
        pieces: inSpan.map((slice) => ({ until: slice.from + sliceMs, used: usedOf(slice) })),
      },
    ];
  });
}

const labels: Readonly<Record<string, string>> = {
  Session: 'Session',
  Day: 'Daily',
  FiveHours: '5-hour',
  Week: 'Weekly',
};

interface Use {
  readonly tokens: UseSlice['tokens'];
  readonly costUsd: number | null;
  readonly hasUnknownPrice: boolean;
}

function sum(slices: readonly UseSlice[]): Use {
  let tokens = noTokens;
  let costUsd: number | null = null;
  let hasUnknownPrice = false;
  for (const slice of slices) {
    tokens = {
      input: tokens.input + slice.tokens.input,
      output: tokens.output + slice.tokens.output,
      cacheWrite5m: tokens.cacheWrite5m + slice.tokens.cacheWrite5m,
      cacheWrite1h: tokens.cacheWrite1h + slice.tokens.cacheWrite1h,
      cacheRead: tokens.cacheRead + slice.tokens.cacheRead,
    };
    if (slice.costUsd !== null) costUsd = (costUsd ?? 0) + slice.costUsd;
    hasUnknownPrice ||= slice.costUnknownTokens > 0;
  }
  return { tokens, costUsd, hasUnknownPrice };
}

/** A session does not say how many of its tokens have no price: what its account used of such while it ran may be its own. */
function sessionUse(
  { agent, account, tokens, costUsd, firstAt, lastAt }: SessionUsage,
  timeline: readonly UseSlice[],
): Use {
  const isUnpriced = timeline.some(
    (slice) =>
      slice.costUnknownTokens > 0 &&
      slice.agent === agent &&
      slice.account === account &&
      slice.from + sliceMs > firstAt &&
      slice.from <= lastAt,
  );
  const hasUse = newTokens(tokens) + tokens.cacheRead > 0;
  return { tokens, costUsd, hasUnknownPrice: isUnpriced || (costUsd === null && hasUse) };
}

/**
 * The five-hour window of now, as the vendors have them: it begins with the first use after the last one ended. null: none is open.
 * The chain begins with the oldest slice known; any five hours without use put it in step, whatever came before.
 */
function fiveHoursAround(timeline: readonly UseSlice[], now: number): Span | null {
  let from = -Infinity;
  for (const slice of timeline) if (slice.from >= from + fiveHours) ({ from } = slice);
  return from + fiveHours > now ? { from, until: from + fiveHours } : null;
}
