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
  /** Those that are summed up. Of the others nothing is of after `#since`: most of a ledger is history that no snapshot shows. */
  readonly #shown = new Set<number>();
  #since = Infinity;
  #now = 0;

  constructor(ledger: Ledger, prices: Prices) {
    this.#ledger = ledger;
    this.#prices = prices;
    this.#changes = ledger.changes();
    this.#cursor = new ResponseCursor(ledger.table);
    this.#sessions = new RowGroups(
      (row) => this.#shownKey(row),
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
    this.#takeIn(sinceMs ?? -Infinity);
    this.#slices.drop(({ from }) => from + sliceMs <= now - timelineSpan);
    const sessions = this.#sessions.sorted((a, b) => b.lastAt - a.lastAt);
    return {
      sessions: sinceMs === null ? sessions : sessions.filter(({ lastAt }) => lastAt >= sinceMs),
      timeline: this.#slices.sorted((a, b) => a.from - b.from),
    };
  }

  #takeIn(since: number): void {
    const changed = this.#changes.take();
    const isFurtherBack = since < this.#since;
    this.#since = Math.min(since, this.#since);
    const rows = isFurtherBack ? this.#ledger.rows(Math.min(since, this.#now - timelineSpan - sliceMs)) : changed;
    const fresh = this.#newlyShown(rows);
    if (fresh.size > 0)
      for (const row of this.#ledger.rows()) if (fresh.has(this.#sessionKey(row))) this.#sessions.touch(row);
    if (isFurtherBack) for (const row of rows) this.#slices.touch(row);
    for (const row of changed) {
      this.#sessions.touch(row);
      this.#slices.touch(row);
    }
  }

  /** Sessions that these rows make known to be of now. */
  #newlyShown(rows: readonly number[]): ReadonlySet<number> {
    const fresh = new Set<number>();
    const { at } = this.#ledger.table.columns;
    for (const row of rows) {
      const key = this.#sessionKey(row);
      if ((at[row] ?? 0) < this.#since || !this.#ledger.isShown(row) || this.#shown.has(key)) continue;
      this.#shown.add(key);
      fresh.add(key);
    }
    return fresh;
  }

  #shownKey(row: number): number | null {
    const key = this.#sessionKey(row);
    return this.#shown.has(key) && this.#ledger.isShown(row) ? key : null;
  }

  /** Session ids are unique within one agent only. */
  #sessionKey(row: number): number {
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
