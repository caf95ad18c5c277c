import { newTokens, type TokenCounts } from '../protocol/usage.ts';
import { dayIn } from './calendar.ts';
import type { Response } from './ledgerEntry.ts';
import { Prices } from './prices.ts';
import { sessionKeyOf, sessionsOf } from './sessions.ts';
import { TokenSum } from './tokenSum.ts';

export const groupings = ['day', 'model', 'session', 'project', 'agent'] as const;
export type Grouping = (typeof groupings)[number];

/** The key of responses whose model or folder no row names. */
const unknownKey = 'unknown';

/** `since` and `until` are days (`2026-11-23`) in the time zone, both included; `timeZone` is an IANA name, the machine's own without one. */
export interface UsageQuery {
  readonly by: Grouping;
  readonly since: string | null;
  readonly until: string | null;
  readonly agent: string | null;
  readonly timeZone?: string | undefined;
}

/**
 * Sums as the CLI contract names them (ARCHITECTURE.md). `costUsd` is what the responses cost whose cost is known, null if it is of none
 * of them; `costUnknownTokens` says how much it leaves out.
 */
export interface UsageSums extends TokenCounts {
  readonly responses: number;
  readonly costUsd: number | null;
  /** tokens of every class of the responses whose cost is unknown */
  readonly costUnknownTokens: number;
}

export interface UsageReport {
  readonly totals: UsageSums;
  /** days ascending; other groups by new tokens, most first */
  readonly groups: ReadonlyMap<string, UsageSums>;
}

/** Sums up the responses a query asks for; goes through them twice for some. Throws RangeError for an unknown time zone. */
export function usageReport(responses: Iterable<Response>, query: UsageQuery, prices = new Prices()): UsageReport {
  const dayOf = dayIn(query.timeZone);
  const keyOf = groupKey(query.by, responses, dayOf, prices);
  const groups = new Map<string, Sum>();
  for (const response of responses) {
    if (!isWanted(response, query, dayOf)) continue;
    const key = keyOf(response);
    let sum = groups.get(key);
    if (sum === undefined) groups.set(key, (sum = new Sum()));
    sum.add(response, prices.costOf(response));
  }
  const total = new Sum();
  for (const sum of groups.values()) total.addAll(sum);
  const ordered = [...groups].sort(
    ([a, x], [b, y]) => (query.by === 'day' ? 0 : y.newTokens - x.newTokens) || (a < b ? -1 : 1),
  );
  return { totals: total.sums(), groups: new Map(ordered.map(([key, sum]) => [key, sum.sums()])) };
}

function isWanted(response: Response, { since, until, agent }: UsageQuery, dayOf: (at: number) => string): boolean {
  if (agent !== null && response.agent !== agent) return false;
  if (since === null && until === null) return true;
  const day = dayOf(response.at);
  return (since === null || day >= since) && (until === null || day <= until);
}

function groupKey(
  by: Grouping,
  all: Iterable<Response>,
  dayOf: (at: number) => string,
  prices: Prices,
): (response: Response) => string {
  switch (by) {
    case 'day':
      return ({ at }) => dayOf(at);
    case 'model':
      return ({ model }) => model ?? unknownKey;
    case 'session':
      return ({ sessionId }) => sessionId;
    case 'agent':
      return ({ agent }) => agent;
    case 'project': {
      // An agent changes its directory in mid-session; the project is the folder the session began in.
      const folders = new Map(sessionsOf(all, prices).map((session) => [sessionKeyOf(session), session.cwd]));
      return (response) => folders.get(sessionKeyOf(response)) ?? unknownKey;
    }
  }
}

class Sum {
  #responses = 0;
  readonly #sum = new TokenSum();
  #cost = 0;
  #unpriced = 0;
  #unpricedTokens = 0;

  get newTokens(): number {
    return newTokens(this.#sum.tokens());
  }

  add({ tokens }: Response, cost: number | null): void {
    this.#responses += 1;
    this.#sum.add(tokens);
    if (cost !== null) this.#cost += cost;
    else {
      this.#unpriced += 1;
      this.#unpricedTokens += newTokens(tokens) + tokens.cacheRead;
    }
  }

  addAll(other: Sum): void {
    this.#responses += other.#responses;
    this.#sum.add(other.#sum.tokens());
    this.#cost += other.#cost;
    this.#unpriced += other.#unpriced;
    this.#unpricedTokens += other.#unpricedTokens;
  }

  sums(): UsageSums {
    const isUnknown = this.#responses > 0 && this.#unpriced === this.#responses;
    return {
      responses: this.#responses,
      ...this.#sum.tokens(),
      // Rounded to what a price list can mean: sums of floats otherwise end in noise.
      costUsd: isUnknown ? null : Number(this.#cost.toFixed(9)),
      costUnknownTokens: this.#unpricedTokens,
    };
  }
}
