import type { ResponseRow } from '../agents/agent.ts';
import { flag, type ResponseTable } from './responseTable.ts';
import { hashOf } from './store/hash.ts';

/** A response on its way into the ledger; words are numbers of the table it goes to. */
export interface Draft {
  links: readonly number[];
  at: number;
  cost: number;
  input: number;
  output: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  session: number;
  cwd: number;
  model: number;
  contextLimit: number;
  file: number;
  source: number;
  flags: number;
}

/** No response has more tokens of a class; what says so is broken, and must not wrap around. */
export const most = 2 ** 32 - 1;

/** What a row is known by. The agent's name keeps the ids of different vendors apart. */
export function linksOf({ agent, id, marks }: Pick<ResponseRow, 'agent' | 'id' | 'marks'>): readonly number[] {
  return marks.map((mark) => hashOf(agent, id, mark));
}

/** A transcript's row as a draft for this table. `file` is the hash of the transcript's path. */
export function draftOfRow(
  table: ResponseTable,
  row: ResponseRow,
  links: readonly number[],
  account: string,
  file: number,
): Draft {
  const { tokens } = row;
  return {
    links,
    at: row.at,
    cost: row.costUsd ?? NaN,
    input: Math.min(tokens.input, most),
    output: Math.min(tokens.output, most),
    cacheWrite5m: Math.min(tokens.cacheWrite5m, most),
    cacheWrite1h: Math.min(tokens.cacheWrite1h, most),
    cacheRead: Math.min(tokens.cacheRead, most),
    session: table.words.numberOf(row.sessionId),
    cwd: table.words.numberOf(row.cwd),
    model: table.words.numberOf(row.model),
    contextLimit: Math.min(row.contextLimit ?? 0, most),
    file: file >>> 0,
    source: table.sourceOf(row.agent, account),
    flags: (row.isSidechain ? flag.sidechain : 0) | (row.isCopy ? flag.copy : 0) | (row.isFast ? flag.fast : 0),
  };
}

/** A row of the table as a draft. */
export function draftOf(table: ResponseTable, row: number): Draft {
  const { columns } = table;
  return {
    links: table.linksOf(row),
    at: columns.at[row] ?? 0,
    cost: columns.cost[row] ?? NaN,
    input: columns.input[row] ?? 0,
    output: columns.output[row] ?? 0,
    cacheWrite5m: columns.cacheWrite5m[row] ?? 0,
    cacheWrite1h: columns.cacheWrite1h[row] ?? 0,
    cacheRead: columns.cacheRead[row] ?? 0,
    session: columns.session[row] ?? 0,
    cwd: columns.cwd[row] ?? 0,
    model: columns.model[row] ?? 0,
    contextLimit: columns.contextLimit[row] ?? 0,
    file: columns.file[row] ?? 0,
    source: columns.source[row] ?? 0,
    flags: columns.flags[row] ?? 0,
  };
}

/** Writes a draft into a row, all but its links. */
export function writeDraft({ columns }: ResponseTable, row: number, draft: Draft): void {
  columns.at[row] = draft.at;
  columns.cost[row] = draft.cost;
  columns.input[row] = draft.input;
  columns.output[row] = draft.output;
  columns.cacheWrite5m[row] = draft.cacheWrite5m;
  columns.cacheWrite1h[row] = draft.cacheWrite1h;
  columns.cacheRead[row] = draft.cacheRead;
  columns.session[row] = draft.session;
  columns.cwd[row] = draft.cwd;
  columns.model[row] = draft.model;
  columns.contextLimit[row] = draft.contextLimit;
  columns.file[row] = draft.file;
  columns.source[row] = draft.source;
  columns.flags[row] = draft.flags;
}
