import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transcriptSources } from '../../src/agents/transcriptSources.ts';
import { UsageScan } from '../../src/usage/scan.ts';
import { opencodeCorpus, type OpencodeRow } from './opencodeCorpus.ts';

// Lets opencode's database come to be and change under a scan, and writes what the scan said after each step, as JSON. For a Node that
// has SQLite. Arguments: home, seed, number of sessions.

interface Database {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: readonly (string | number | null)[]): unknown };
  close(): void;
}
const sqlite = (process as unknown as { getBuiltinModule(id: string): unknown }).getBuiltinModule('node:sqlite') as {
  DatabaseSync: new (path: string) => Database;
};

const [home = '', seed = '', count = ''] = process.argv.slice(2);
const { sessions, messages, files } = opencodeCorpus(Number(seed), Number(count));
const path = join(home, '.local/share/opencode/opencode.db');
mkdirSync(dirname(path), { recursive: true });
const scan = new UsageScan({
  sources: transcriptSources,
  surroundings: { home, env: {}, platform: process.platform },
  sinceMs: null,
});
const steps: Record<string, unknown> = {};
const look = async (name: string) => {
  const { changed } = await scan.sweep();
  steps[name] = {
    changed,
    responses: [...scan.ledger.responses()].map((response) => ({ ...response, next: null })),
    counts: scan.counts(),
  };
};

function create(): Database {
  const database = new sqlite.DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
  database.exec('CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT NOT NULL)');
  database.exec(
    'CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER, time_updated INTEGER, data TEXT)',
  );
  for (const row of sessions) insert(database, 'session', row);
  return database;
}
function insert(database: Database, table: string, row: OpencodeRow): void {
  const names = Object.keys(row);
  const sql = `INSERT OR REPLACE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  database.prepare(sql).run(...Object.values(row));
}

// As opencode does: a message is first written without its tokens, in the log beside the database.
let database = create();
const update = (row: OpencodeRow, changed: unknown) =>
  database
    .prepare('UPDATE message SET data = ?, time_updated = ? WHERE id = ?')
    .run(String(row['data']), Number(changed), String(row['id']));
const late = messages.find(({ data }) => String(data).includes('"completed"'));
const newest = Math.max(...messages.map((row) => Number(row['time_updated'])));
for (const [index, row] of messages.entries()) {
  insert(database, 'message', { ...row, data: String(row['data']).replace(/"tokens":\{.*$/, '"x":0}') });
  if (row !== late) update(row, row['time_updated']);
  if (index % Math.ceil(messages.length / 4) === 0) await look(`piece ${index}`);
}
await look('all but one');
// Its transaction was longer: it ends after a change that has a later time.
if (late !== undefined) update(late, newest - 30_000);
await look('open');
insert(database, 'message', {
  id: 'msg_bad',
  session_id: 's',
  time_created: 1,
  time_updated: 9e12,
  data: '{"role":"assistant","tokens":{',
});
await look('a broken row');
database.exec("DELETE FROM message WHERE id = 'msg_bad'; PRAGMA wal_checkpoint(TRUNCATE)");
database.close();
await look('closed');
steps['beside'] = readdirSync(dirname(path));
steps['written'] = statSync(path).size;
for (const [file, lines] of files) {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), lines.join('\n'));
}
await look('with old files');
database = new sqlite.DatabaseSync(path);
database.exec('DELETE FROM message WHERE rowid % 3 = 0; VACUUM');
database.close();
await look('a third deleted');
rmSync(path);
await look('deleted');
database = create();
for (const row of messages) insert(database, 'message', row);
database.close();
await look('made again');
rmSync(path);
writeFileSync(path, 'no database at all');
await look('no database');
process.stdout.write(JSON.stringify(steps));
