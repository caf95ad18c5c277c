import type { TokenCounts } from '../protocol/usage.ts';
import type { Response } from './ledgerEntry.ts';
import { type Columns, grownColumns, type Layout, namesOf, newColumns } from './store/columns.ts';
import { Words } from './words.ts';

/** What is kept of a response; the file of the store holds the same bytes (store/block.ts), so a change here is a new version of it. */
export const responseLayout = {
  /** the first two links of the response (ledger.ts), 0 for none; the few others are apart */
  link0: 'f64',
  link1: 'f64',
  at: 'f64',
  /** NaN where the agent does not say */
  cost: 'f64',
  input: 'u32',
  output: 'u32',
  cacheWrite5m: 'u32',
  cacheWrite1h: 'u32',
  cacheRead: 'u32',
  /** numbers of words */
  session: 'u32',
  cwd: 'u32',
  model: 'u32',
  /** 0 where the agent does not say */
  contextLimit: 'u32',
  /** 32 bits of the hash of the transcript's path */
  file: 'u32',
  source: 'u16',
  flags: 'u8',
} as const satisfies Layout<string>;
export type ResponseColumns = Columns<keyof typeof responseLayout>;
export type ResponseColumn = ResponseColumns[keyof ResponseColumns];

export const columnNames = namesOf(responseLayout);

export const flag = {
  sidechain: 1,
  copy: 2,
  fast: 4,
  /** told under older rules by a transcript that was not there any more when the rules changed */
  old: 8,
  /** turned out to be part of another response: not one of its own */
  dead: 16,
} as const;

/** Whose use a transcript tells of. */
export interface Source {
  readonly agent: string;
  readonly account: string;
}

/** Responses in columns, with the words they share. Knows nothing of which rows are the same response: that is the ledger's. */
export class ResponseTable {
  columns: ResponseColumns;
  length = 0;
  readonly words: Words;
  readonly sources: Source[];
  /** links beyond the first two, by row */
  readonly moreLinks = new Map<number, readonly number[]>();
  readonly #agents: number[] = [];

  constructor(columns: ResponseColumns = newColumns(responseLayout, 0), words = new Words(), sources: Source[] = []) {
    this.columns = columns;
    this.words = words;
    this.sources = sources;
  }

  /** Makes room for this many rows more. */
  reserve(rows: number): void {
    const capacity = this.columns.at.length;
    if (this.length + rows <= capacity) return;
    // In steps of a half: doubling would hold three times the ledger for a moment.
    const wanted = Math.max(this.length + rows, Math.ceil(capacity * 1.5), 256);
    this.columns = grownColumns(responseLayout, this.columns, wanted);
  }

  sourceOf(agent: string, account: string): number {
    const known = this.sources.findIndex((source) => source.agent === agent && source.account === account);
    return known < 0 ? this.sources.push({ agent, account }) - 1 : known;
  }

  linksOf(row: number): readonly number[] {
    const { link0, link1 } = this.columns;
    const [first, second] = [link0[row] ?? 0, link1[row] ?? 0];
    const links = second === 0 ? [first] : [first, second];
    const more = this.moreLinks.get(row);
    return more === undefined ? links : [...links, ...more];
  }

  has(row: number, flags: number): boolean {
    return ((this.columns.flags[row] ?? 0) & flags) !== 0;
  }

  source(row: number): Source {
    return this.sources[this.columns.source[row] ?? 0] ?? { agent: '', account: '' };
  }

  /** The number of the first source of the same agent: a number for the agent. */
  agentOf(row: number): number {
    const source = this.columns.source[row] ?? 0;
    return (this.#agents[source] ??= this.sources.findIndex(({ agent }) => agent === this.source(row).agent));
  }
}

/**
 * One row of a table at a time, so that going through all of them makes no objects; and what nobody asks of a row is not looked up: most
 * ask for its tokens and its model.
 */
export class ResponseCursor implements Response {
  readonly #table: ResponseTable;
  #row = 0;
  readonly tokens = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };

  constructor(table: ResponseTable) {
    this.#table = table;
  }

  /** The cursor itself, standing at the row. */
  to(row: number): this {
    const { columns } = this.#table;
    const { tokens } = this;
    this.#row = row;
    tokens.input = columns.input[row] ?? 0;
    tokens.output = columns.output[row] ?? 0;
    tokens.cacheWrite5m = columns.cacheWrite5m[row] ?? 0;
    tokens.cacheWrite1h = columns.cacheWrite1h[row] ?? 0;
    tokens.cacheRead = columns.cacheRead[row] ?? 0;
    return this;
  }

  get agent(): string {
    return this.#table.source(this.#row).agent;
  }

  get account(): string {
    return this.#table.source(this.#row).account;
  }

  get sessionId(): string {
    return this.#word('session') ?? '';
  }

  get model(): string | null {
    return this.#word('model');
  }

  get cwd(): string | null {
    return this.#word('cwd');
  }

  get at(): number {
    return this.#table.columns.at[this.#row] ?? 0;
  }

  get isSidechain(): boolean {
    return this.#table.has(this.#row, flag.sidechain);
  }

  get isCopy(): boolean {
    return this.#table.has(this.#row, flag.copy);
  }

  get isFast(): boolean {
    return this.#table.has(this.#row, flag.fast);
  }

  get costUsd(): number | null {
    const cost = this.#table.columns.cost[this.#row] ?? NaN;
    return Number.isNaN(cost) ? null : cost;
  }

  get contextLimit(): number | null {
    return (this.#table.columns.contextLimit[this.#row] ?? 0) || null;
  }

  #word(column: 'session' | 'model' | 'cwd'): string | null {
    return this.#table.words.text(this.#table.columns[column][this.#row] ?? 0);
  }

  /** What it stands at, to be kept. */
  copy(): Response {
    const tokens: TokenCounts = { ...this.tokens };
    const { agent, account, sessionId, at, model, cwd, isSidechain, isCopy, isFast, costUsd, contextLimit } = this;
    return {
      agent,
      account,
      sessionId,
      at,
      model,
      cwd,
      isSidechain,
      isCopy,
      isFast,
      tokens,
      costUsd,
      contextLimit,
    };
  }
}
