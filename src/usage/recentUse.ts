import { newTokens, sliceMs, type SessionUsage, type UseSlice } from '../protocol/usage.ts';
import type { Changes } from './changes.ts';
import type { Ledger } from './ledger.ts';
import type { Prices } from './prices.ts';
import { ResponseCursor } from './responseTable.ts';
import { RowGroups } from './rowGroups.ts';
import { SessionTally } from './sessions.ts';
import { TokenSum } from './tokenSum.ts';

const timelineSpan = 8 * 24 * 60 * 60_000;
const slicesApart = 2 ** 20;

/** The sessions and the timeline of a ledger, kept current as it grows: a snapshot costs what changed since the last one. */
export class RecentUse {
  readonly #ledger: Ledger;
  readonly #prices: Prices;
  readonly #changes: Changes;
  readonly #cursor: ResponseCursor;
  readonly #sessions: RowGroups<SessionUsage>;
  readonly #slices: RowGroups<UseSlice>;
  #now = 0;

  constructor(ledger: Ledger, prices: Prices) {
    this.#ledger = ledger;
    this.#prices = prices;
    this.#changes = ledger.changes();
    for (const row of ledger.rows()) this.#changes.add(row);
    this.#cursor = new ResponseCursor(ledger.table);
    this.#sessions = new RowGroups(
      (row) => this.#sessionKey(row),
      (rows) => this.#session(rows),
    );
    this.#slices = new RowGroups(
      (row) => this.#sliceKey(row),
      (rows) => this.#slice(rows),
    );
  }

  /** Sessions used since then (epoch milliseconds; null: all), the one used last first; and the last eight days, oldest first. */
  at(now: number, sinceMs: number | null): { sessions: readonly SessionUsage[]; timeline: readonly UseSlice[] } {
    this.#now = now;
    for (const row of this.#changes.take()) {
      this.#sessions.touch(row);
      this.#slices.touch(row);
    }
    this.#slices.drop(({ from }) => from + sliceMs <= now - timelineSpan);
    const sessions = this.#sessions.sorted((a, b) => b.lastAt - a.lastAt);
    return {
      sessions: sinceMs === null ? sessions : sessions.filter(({ lastAt }) => lastAt >= sinceMs),
      timeline: this.#slices.sorted((a, b) => a.from - b.from),
    };
  }

  /** Session ids are unique within one agent only. */
  #sessionKey(row: number): number | null {
    if (!this.#ledger.isShown(row)) return null;
    const { table } = this.#ledger;
    return table.agentOf(row) * 2 ** 32 + (table.columns.session[row] ?? 0);
  }

  #sliceKey(row: number): number | null {
    const { columns } = this.#ledger.table;
    const slice = Math.floor((columns.at[row] ?? 0) / sliceMs);
    if ((slice + 1) * sliceMs <= this.#now - timelineSpan || !this.#ledger.isShown(row)) return null;
    const model = (columns.source[row] ?? 0) * 2 ** 16 + ((columns.model[row] ?? 0) % 2 ** 16);
    return (slice % slicesApart) * 2 ** 32 + model;
  }

  #session(rows: readonly number[]): SessionUsage {
    const tally = new SessionTally();
    for (const row of rows) {
      const response = this.#cursor.to(row);
      tally.add(response, this.#prices.costOf(response));
    }
    return tally.session(this.#prices);
  }

  #slice(rows: readonly number[]): UseSlice {
    const sum = new TokenSum();
    let costUsd: number | null = null;
    let costUnknownTokens = 0;
    for (const row of rows) {
      const response = this.#cursor.to(row);
      sum.add(response.tokens);
      const cost = this.#prices.costOf(response);
      if (cost === null) costUnknownTokens += newTokens(response.tokens) + response.tokens.cacheRead;
      else costUsd = (costUsd ?? 0) + cost;
    }
    const { agent, account, model, at } = this.#cursor;
    const from = Math.floor(at / sliceMs) * sliceMs;
    return { agent, account, model, from, responses: rows.length, tokens: sum.tokens(), costUsd, costUnknownTokens };
  }
}
