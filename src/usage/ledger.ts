import type { ResponseRow } from '../agents/agent.ts';
import { Changes } from './changes.ts';
import { type Draft, draftOf, draftOfRow, linksOf, writeDraft } from './draft.ts';
import type { Response } from './ledgerEntry.ts';
import { LeftSessions } from './leftSessions.ts';
import { LinkIndex } from './linkIndex.ts';
import { columnNames, flag, type ResponseColumn, ResponseCursor, ResponseTable, type Source } from './responseTable.ts';

/**
 * The deduplicated responses. Transcripts tell of one response in several rows: one per content block, again in forks, in side
 * questions and in progress rows (ARCHITECTURE.md, Metering). Rows may come in any number and order: adding a row that was added before
 * changes nothing, so a file can safely be read again.
 *
 * A row's links are its marks, each hashed together with agent and id: rows that share a link, directly or through others, tell of the
 * same response. One id can stand for several responses (claude-code #64880), so marks decide. What led to a response stays with it, and
 * with it alone; so a row that comes again finds the same response again, however the merged counts have grown since.
 */
export class Ledger {
  readonly table = new ResponseTable();
  readonly left = new LeftSessions();
  /** built when the first row is to be added: a ledger that is only read does without */
  #index: LinkIndex | null = null;
  #size = 0;
  /** what was added last, and the row that it went into */
  #last: LastAdded = { row: { agent: '', id: '', marks: [] }, links: [], at: -1 };
  #isCounted: (source: Source) => boolean = () => true;
  /** what it said, by the number of the source: every row is asked about */
  #isSourceCounted: boolean[] = [];
  readonly #changed: Changes[] = [];

  /** Number of responses, of all sources. */
  get size(): number {
    return this.#size;
  }

  /** Only responses of these sources are shown; the others stay (history of another home that shares the store). */
  showOnly(isCounted: (source: Source) => boolean): void {
    this.#isCounted = isCounted;
    this.#isSourceCounted = [];
  }

  /** A list of rows that changed from now on; whoever takes it empties it. */
  changes(): Changes {
    const changes = new Changes();
    this.#changed.push(changes);
    return changes;
  }

  /**
   * Takes in one row of a transcript of this account; true if the ledger says something new after it.
   * @param file hash of the transcript's path
   */
  add(row: ResponseRow, account: string, file = 0): boolean {
    // The rows of a response mostly follow each other, and have the same links.
    const known = this.#last;
    if (!isSameResponse(row, known.row)) this.#last = { row, links: linksOf(row), at: -1 };
    else if (known.at >= 0 && !this.isDead(known.at)) {
      const changed = this.left.merge(this.table, known.at, draftOfRow(this.table, row, known.links, account, file));
      if (changed) this.#note(known.at);
      return changed;
    }
    const { isNews, at } = this.#put(draftOfRow(this.table, row, this.#last.links, account, file));
    this.#last = { ...this.#last, at };
    return isNews;
  }

  /**
   * Takes in all responses of another table. `areDistinct`: they are known to be different from each other and from all that is here, as
   * those of one writing are; then nothing is looked up.
   */
  merge(other: ResponseTable, options: { readonly areDistinct: boolean; readonly areOld: boolean }): void {
    const words = wordNumbers(other, this.table);
    const sources = other.sources.map(({ agent, account }) => this.table.sourceOf(agent, account));
    if (options.areDistinct && this.#index === null) {
      this.#appendAll(other, words, sources, options.areOld ? flag.old : 0);
      return;
    }
    for (let row = 0; row < other.length; row += 1) {
      const draft = draftOf(other, row);
      draft.session = words[draft.session] ?? 0;
      draft.cwd = words[draft.cwd] ?? 0;
      draft.model = words[draft.model] ?? 0;
      draft.source = sources[draft.source] ?? 0;
      if (options.areOld) draft.flags |= flag.old;
      this.#put(draft);
    }
  }

  #appendAll(other: ResponseTable, words: readonly number[], sources: readonly number[], flags: number): void {
    const { table } = this;
    table.reserve(other.length);
    const { columns } = table;
    const first = table.length;
    const end = first + other.length;
    for (const name of columnNames) columns[name].set(other.columns[name].subarray(0, other.length), first);
    for (const column of [columns.session, columns.cwd, columns.model]) renumber(column, words, first, end);
    renumber(columns.source, sources, first, end);
    if (flags !== 0) for (let row = first; row < end; row += 1) columns.flags[row] = (columns.flags[row] ?? 0) | flags;
    for (const changes of this.#changed) for (let row = first; row < end; row += 1) changes.add(row);
    for (const [row, links] of other.moreLinks) table.moreLinks.set(first + row, links);
    table.length = end;
    this.#size += other.length;
  }

  /** Forgets responses of older rules that these transcripts told: they are read again, under the new ones. True if there were any. */
  dropOld(isRead: (file: number) => boolean): boolean {
    const before = this.#size;
    for (let row = 0; row < this.table.length; row += 1) {
      if (this.table.has(row, flag.old) && !this.table.has(row, flag.dead) && isRead(this.table.columns.file[row] ?? 0))
        this.#kill(row);
    }
    return this.#size < before;
  }

  /** Every response once, in no particular order; what is yielded may be kept. */
  responses(): Iterable<Response> {
    return { [Symbol.iterator]: () => this.#copies() };
  }

  /** The same at a quarter of the cost: what is yielded holds until the next one. Can be gone through several times. */
  passing(): Iterable<Response> {
    return { [Symbol.iterator]: () => this.#cursors() };
  }

  /** Is this row a response that is to be shown? */
  isShown(row: number): boolean {
    if (this.table.has(row, flag.dead)) return false;
    const source = this.table.columns.source[row] ?? 0;
    return (this.#isSourceCounted[source] ??= this.#isCounted(this.table.source(row)));
  }

  /** Did this row become part of another, or was it forgotten? */
  isDead(row: number): boolean {
    return this.table.has(row, flag.dead);
  }

  /** Rows that are responses, shown or not; of this time or later, epoch milliseconds. */
  rows(since = -Infinity): number[] {
    const rows: number[] = [];
    const { at } = this.table.columns;
    for (let row = 0; row < this.table.length; row += 1)
      if ((at[row] ?? 0) >= since && !this.isDead(row)) rows.push(row);
    return rows;
  }

  *#copies(): Generator<Response> {
    for (const cursor of this.#cursors()) yield cursor.copy();
  }

  *#cursors(): Generator<ResponseCursor> {
    const cursor = new ResponseCursor(this.table);
    for (let row = 0; row < this.table.length; row += 1) if (this.isShown(row)) yield cursor.to(row);
  }

  #put(draft: Draft): { readonly isNews: boolean; readonly at: number } {
    const index = (this.#index ??= this.#newIndex());
    let row = -1;
    let joined = false;
    for (const link of draft.links) {
      const found = index.find(link);
      if (found < 0 || found === row) continue;
      if (row < 0) row = found;
      else {
        // A row can show that what looked like several responses is one.
        this.#join(row, found);
        joined = true;
      }
    }
    if (row < 0) return { isNews: true, at: this.#append(draft) };
    const changed = this.left.merge(this.table, row, draft);
    if (this.#addLinks(row, draft.links) || changed || joined) this.#note(row);
    return { isNews: changed || joined, at: row };
  }

  #join(row: number, other: number): void {
    const draft = draftOf(this.table, other);
    this.#kill(other);
    this.left.merge(this.table, row, draft);
    this.#addLinks(row, draft.links);
  }

  #kill(row: number): void {
    const { columns, moreLinks } = this.table;
    columns.flags[row] = (columns.flags[row] ?? 0) | flag.dead;
    // Without links nothing finds it any more; its slots in the index stay behind.
    columns.link0[row] = 0;
    columns.link1[row] = 0;
    moreLinks.delete(row);
    this.#size -= 1;
    this.#note(row);
  }

  #append(draft: Draft): number {
    const { table } = this;
    table.reserve(1);
    const row = table.length;
    table.length += 1;
    writeDraft(table, row, draft);
    this.#size += 1;
    this.#addLinks(row, draft.links);
    this.#note(row);
    return row;
  }

  #addLinks(row: number, links: readonly number[]): boolean {
    const { columns, moreLinks } = this.table;
    let added = false;
    for (const link of links) {
      if (link === 0 || this.#hasLink(row, link)) continue;
      if (columns.link0[row] === 0) columns.link0[row] = link;
      else if (columns.link1[row] === 0) columns.link1[row] = link;
      else moreLinks.set(row, [...(moreLinks.get(row) ?? []), link]);
      this.#index?.add(link, row);
      added = true;
    }
    return added;
  }

  #hasLink(row: number, link: number): boolean {
    const { link0, link1 } = this.table.columns;
    if (link0[row] === link || link1[row] === link) return true;
    return this.table.moreLinks.size > 0 && this.table.moreLinks.get(row)?.includes(link) === true;
  }

  #newIndex(): LinkIndex {
    const { table } = this;
    const index = new LinkIndex(
      (row, link) => this.#hasLink(row, link),
      (row) => table.linksOf(row),
      table.columns.at.length,
    );
    for (let row = 0; row < table.length; row += 1)
      for (const link of table.linksOf(row)) if (link !== 0) index.add(link, row);
    return index;
  }

  #note(row: number): void {
    for (const changes of this.#changed) changes.add(row);
  }
}

/** The numbers that the words of one table have in another. */
function wordNumbers(from: ResponseTable, to: ResponseTable): readonly number[] {
  return Array.from({ length: from.words.size }, (_, number) => to.words.numberOf(from.words.text(number)));
}

/** Numbers of one table's words or sources become those of another's. */
function renumber(column: ResponseColumn, numbers: readonly number[], first: number, end: number): void {
  if (numbers.every((number, index) => number === index)) return;
  for (let row = first; row < end; row += 1) column[row] = numbers[column[row] ?? 0] ?? 0;
}

interface LastAdded {
  readonly row: Pick<ResponseRow, 'agent' | 'id' | 'marks'>;
  readonly links: readonly number[];
  /** of the table, -1 for none */
  readonly at: number;
}

function isSameResponse(row: ResponseRow, { agent, id, marks }: LastAdded['row']): boolean {
  return (
    row.id === id &&
    row.agent === agent &&
    row.marks.length === marks.length &&
    row.marks.every((mark, index) => mark === marks[index])
  );
}
