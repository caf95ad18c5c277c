import type { ResponseRow } from '../agents/agent.ts';
import { LedgerEntry, type Response } from './ledgerEntry.ts';

/**
 * The deduplicated responses. Transcripts tell of one response in several rows: one per content block, again in forks, in side
 * questions and in progress rows (ARCHITECTURE.md, Metering). Rows may come in any number: adding a row that was added before changes
 * nothing, so a file can safely be read again.
 */
export class Ledger {
  readonly #buckets = new Map<string, LedgerEntry>();
  readonly #words = new Map<string, string>();
  #size = 0;

  /** Number of responses. */
  get size(): number {
    return this.#size;
  }

  /** Takes in one row; true if the ledger says something new after it. */
  add(row: ResponseRow): boolean {
    // The agent's name keeps the ids of different vendors apart.
    const key = `${row.agent}|${row.id}`;
    const bucket = this.#buckets.get(key) ?? null;
    const entry = findEntry(bucket, row.marks);
    if (entry === null) {
      const added = new LedgerEntry(this.#interned(row));
      this.#size += 1;
      // Newest first: chains are nearly always one long, and an entry's place in its chain decides nothing.
      added.next = bucket;
      this.#buckets.set(key, added);
      return true;
    }
    const changed = entry.merge(row);
    return this.#join(entry, row.marks) || changed;
  }

  /** A row can show that what looked like several responses is one: the others become part of `entry`, which stands before them. */
  #join(entry: LedgerEntry, marks: readonly string[]): boolean {
    let joined = false;
    for (let before = entry; before.next !== null;) {
      const other = before.next;
      if (!other.hasAny(marks)) {
        before = other;
        continue;
      }
      entry.take(other);
      before.next = other.next;
      this.#size -= 1;
      joined = true;
    }
    return joined;
  }

  /** Every response once, in no particular order. The objects are live: do not keep them across the next `add`. */
  *responses(): Generator<Response> {
    for (const bucket of this.#buckets.values()) yield* chain(bucket);
  }

  /** Sessions, models and folders repeat in every row; one copy of each keeps the ledger small. */
  #interned(row: ResponseRow): ResponseRow {
    return {
      ...row,
      agent: this.#intern(row.agent),
      sessionId: this.#intern(row.sessionId),
      model: row.model === null ? null : this.#intern(row.model),
      cwd: row.cwd === null ? null : this.#intern(row.cwd),
    };
  }

  #intern(word: string): string {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, word);
    return word;
  }
}

/**
 * The first entry that shares a mark with the row. One id can stand for several responses (claude-code #64880), so marks decide.
 * What led to an entry stays with it, and with it alone. So a row that comes again finds the same entry again, however the merged
 * counts have grown since, and reading a file twice cannot change a number.
 */
function findEntry(bucket: LedgerEntry | null, marks: readonly string[]): LedgerEntry | null {
  for (let entry = bucket; entry !== null; entry = entry.next) if (entry.hasAny(marks)) return entry;
  return null;
}

function* chain(bucket: LedgerEntry): Generator<LedgerEntry> {
  for (let entry: LedgerEntry | null = bucket; entry !== null; entry = entry.next) yield entry;
}
