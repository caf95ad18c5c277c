import type { ResponseRow } from '../agents/agent.ts';
import { inputSide, LedgerEntry, type Response } from './ledgerEntry.ts';

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
    const key = bucketKey(row);
    const bucket = this.#buckets.get(key);
    const known = bucket && findEntry(bucket, row);
    if (known) return known.merge(row);
    const entry = new LedgerEntry(this.#interned(row));
    this.#size += 1;
    // Newest first: chains are nearly always one long, and an entry's place in its chain decides nothing.
    entry.next = bucket ?? null;
    this.#buckets.set(key, entry);
    return true;
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
 * Ids of Anthropic are unique across files. Gateways make up their own, at worst one constant id, so theirs hold only within
 * their session (ARCHITECTURE.md, Metering). The agent's name keeps the ids of different vendors apart.
 */
function bucketKey(row: ResponseRow): string {
  if (row.messageId === null) return `${row.agent}|u:${row.rowId}`;
  if (row.messageId.startsWith('msg_')) return `${row.agent}|${row.messageId}`;
  return `${row.agent}|${row.sessionId}|${row.messageId}`;
}

/**
 * One id can stand for several responses (claude-code #64880). Rows tell of the same response when their request ids are equal, or
 * their input sides are: between the rows of one response only the output grows (ARCHITECTURE.md, Metering).
 *
 * What led to an entry stays with it, and with it alone. So a row that comes again finds the same entry again, however the merged
 * counts have grown since, and reading a file twice cannot change a number.
 */
function findEntry(bucket: LedgerEntry, row: ResponseRow): LedgerEntry | null {
  const side = inputSide(row.tokens);
  let byRequest: LedgerEntry | null = null;
  let bySide: LedgerEntry | null = null;
  for (const entry of chain(bucket)) {
    if (row.requestId !== null && entry.hasRequest(row.requestId)) byRequest ??= entry;
    if (entry.hasSide(side)) bySide ??= entry;
  }
  const entry = byRequest ?? bySide;
  if (entry === null) return null;
  if (byRequest === null && row.requestId !== null) entry.rememberRequest(row.requestId);
  if (bySide === null) entry.rememberSide(side);
  return entry;
}

function* chain(bucket: LedgerEntry): Generator<LedgerEntry> {
  for (let entry: LedgerEntry | null = bucket; entry !== null; entry = entry.next) yield entry;
}
