import { existsSync, type Stats, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { DatabaseFormat } from '../agents/agent.ts';
import type { Breath } from './breath.ts';
import type { ReadCounts } from './readCounts.ts';
import { openReadOnly, type SqliteDatabase } from './sqlite.ts';
import type { LineFate } from './transcriptFile.ts';

/** How far a database has been read. Plain data; valid for this path only. */
export interface DatabaseProgress extends ReadCounts {
  readonly kind: 'database';
  /** the last row that was read, and when the one changed last that did, epoch milliseconds */
  readonly row: number;
  readonly changed: number;
}

const page = 500;

/** After every row: only what changed is wanted. */
const endOfRows = Number.MAX_SAFE_INTEGER;

/** Changes are not written in the order of their times; those of this span are read again, which the ledger makes harmless. */
const lookBack = 60_000;

/**
 * Hands the rows of a database that changed since `known`, or since `sinceMs`, to `take`, page by page: memory does not grow with it.
 * Nothing is written, not even beside it. Throws SqliteMissing, the system's and SQLite's errors, and the signal's reason.
 */
export async function readDatabase(
  path: string,
  known: DatabaseProgress | null,
  sinceMs: number | null,
  format: DatabaseFormat,
  take: (row: Readonly<Record<string, unknown>>) => LineFate,
  breath: Breath,
): Promise<DatabaseProgress> {
  const stats = databaseStats(path);
  const database = openDatabase(path);
  try {
    const before = known?.inode === stats.inode ? known : null;
    const progress = {
      row: before?.row ?? 0,
      changed: before?.changed ?? 0,
      rows: before?.rows ?? 0,
      bad: before?.bad ?? 0,
    };
    const sql = format.statement(columnsOf(database));
    if (sql === null) return { kind: 'database', ...stats, ...progress, pendingRows: 0 };
    const statement = database.prepare(sql);
    const knownRow = before?.row ?? (sinceMs === null ? -1 : endOfRows);
    const since = before === null ? (sinceMs ?? 0) : before.changed - lookBack;
    for (let after = -1; ;) {
      const rows = statement.all(after, knownRow, since, page);
      for (const each of rows) {
        const fate = take(each);
        const [row, changed] = [numberOf(each['row']), numberOf(each['changed'])];
        after = row;
        progress.row = Math.max(progress.row, row);
        progress.changed = Math.max(progress.changed, changed);
        // What is read again is not counted again.
        if (before !== null && row <= before.row && changed <= before.changed) continue;
        if (fate === 'row') progress.rows += 1;
        if (fate === 'bad') progress.bad += 1;
      }
      if (rows.length < page) return { kind: 'database', ...stats, ...progress, pendingRows: 0 };
      const pause = breath.take();
      if (pause !== null) await pause;
    }
  } finally {
    database.close();
  }
}

/** Size and time of a database with the log beside it, where what is new stands first. Throws if there is no database. */
export function databaseStats(path: string): Pick<ReadCounts, 'size' | 'mtimeMs' | 'inode'> {
  const main = statSync(path);
  const log = statsOf(`${path}-wal`);
  return {
    size: main.size + (log?.size ?? 0),
    mtimeMs: Math.max(main.mtimeMs, log?.mtimeMs ?? 0),
    inode: main.ino,
  };
}

/**
 * A database in WAL mode that nobody has open has no log; reading it as usual would make one, and an index of it, in the agent's folder.
 * `immutable` does not. While it is open in the agent both are there and are shared.
 */
export function openDatabase(path: string): SqliteDatabase {
  if (existsSync(`${path}-wal`)) return openReadOnly(path);
  const location = pathToFileURL(path);
  location.searchParams.set('immutable', '1');
  return openReadOnly(location.href);
}

function columnsOf(database: SqliteDatabase): ReadonlyMap<string, ReadonlySet<string>> {
  const columns = new Map<string, Set<string>>();
  const rows = database
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table'`,
    )
    .all();
  for (const { table, column } of rows) {
    const names = columns.get(String(table)) ?? new Set();
    columns.set(String(table), names.add(String(column)));
  }
  return columns;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
