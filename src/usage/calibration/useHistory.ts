import type { Changes } from '../changes.ts';
import type { Ledger } from '../ledger.ts';
import type { Source } from '../responseTable.ts';
import { firstAfter } from './calibration.ts';
import type { CountedUse } from './columns.ts';

/** More changes than this at once are sorted in together instead of one by one. */
const fewChanges = 200;

/**
 * The responses of some accounts in time order, kept current as the ledger grows: a turn costs its own responses and a copy of a list.
 * Only accounts that tell readings are asked for, and only as far back as those go, since each response is an object here.
 */
export class UseHistory {
  readonly #ledger: Ledger;
  #changes: Changes | null = null;
  #wanted = '';
  #since = Infinity;
  #isWanted: readonly boolean[] = [];
  readonly #byRow = new Map<number, CountedUse>();
  #uses: readonly CountedUse[] = [];

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Of these accounts, since then (epoch milliseconds). The same list as long as it says the same. */
  of(owners: readonly Source[], since: number): readonly CountedUse[] {
    const { sources } = this.#ledger.table;
    const isOwner = (source: Source) =>
      owners.some(({ agent, account }) => agent === source.agent && account === source.account);
    const isWanted = sources.map(isOwner);
    const wanted = isWanted.join();
    if (this.#changes === null || wanted !== this.#wanted || since < this.#since) this.#begin();
    this.#wanted = wanted;
    this.#since = Math.min(since, this.#since);
    this.#isWanted = isWanted;
    this.#take(this.#changes?.take() ?? []);
    return this.#uses;
  }

  #begin(): void {
    this.#changes ??= this.#ledger.changes();
    for (const row of this.#ledger.rows()) this.#changes.add(row);
    this.#byRow.clear();
    this.#uses = [];
  }

  #take(rows: readonly number[]): void {
    const gone = new Set<CountedUse>();
    const added: CountedUse[] = [];
    for (const row of rows) {
      const before = this.#byRow.get(row);
      const use = this.#useOf(row);
      if (before === undefined && use === null) continue;
      if (before !== undefined) gone.add(before);
      if (use === null) this.#byRow.delete(row);
      else {
        this.#byRow.set(row, use);
        added.push(use);
      }
    }
    if (gone.size === 0 && added.length === 0) return;
    const uses = gone.size === 0 ? [...this.#uses] : this.#uses.filter((use) => !gone.has(use));
    if (added.length > fewChanges) this.#uses = [...uses, ...added].sort((a, b) => a.at - b.at);
    else {
      // Most are the newest: what they are put before is nothing.
      for (const use of added) uses.splice(firstAfter(uses, use.at), 0, use);
      this.#uses = uses;
    }
  }

  #useOf(row: number): CountedUse | null {
    const { table } = this.#ledger;
    const { columns } = table;
    const at = columns.at[row] ?? 0;
    if (at < this.#since || this.#isWanted[columns.source[row] ?? 0] !== true || !this.#ledger.isShown(row))
      return null;
    const { agent, account } = table.source(row);
    return {
      agent,
      account,
      at,
      model: table.words.text(columns.model[row] ?? 0),
      tokens: {
        input: columns.input[row] ?? 0,
        output: columns.output[row] ?? 0,
        cacheWrite5m: columns.cacheWrite5m[row] ?? 0,
        cacheWrite1h: columns.cacheWrite1h[row] ?? 0,
        cacheRead: columns.cacheRead[row] ?? 0,
      },
    };
  }
}
