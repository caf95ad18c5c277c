import assert from 'node:assert/strict';
import type { DatabaseFormat, ResponseRow, Told } from '../../../src/agents/agent.ts';
import { opencodeTranscripts } from '../../../src/agents/opencode/transcripts.ts';
import { Ledger } from '../../../src/usage/ledger.ts';

const folder = '/home/dev/.local/share/opencode';
function database(): DatabaseFormat {
  const format = opencodeTranscripts.match(`${folder}/opencode.db`)?.format;
  return format?.kind === 'database' ? format : assert.fail();
}
function parseFile(text: string): Told {
  const format = opencodeTranscripts.match(`${folder}/storage/message/ses_1/msg_1.json`)?.format;
  return format?.kind === 'document' ? format.parse(text, 'k') : assert.fail();
}

// As opencode 1.18.33 wrote it.
const id = 'msg_20a536ab5001BbJL16gZPSW0Vb';
const data = {
  role: 'assistant',
  path: { cwd: '/repo/sub', root: '/repo' },
  cost: 0.0015,
  tokens: { total: 9360, input: 500, output: 60, reasoning: 4, cache: { write: 3, read: 8800 } },
  modelID: 'm',
  providerID: 'mock',
  time: { created: 1795469568694, completed: 1795469570890 },
};
const row = (changes: object = {}, dataChanges: object = {}) => ({
  id,
  session_id: 'ses_1',
  parent_id: null,
  directory: '/repo',
  data: JSON.stringify({ ...data, ...dataChanges }),
  ...changes,
});
const parse = (value: Record<string, unknown>): Told => database().parse(value);
const rowOf = (told: Told): ResponseRow =>
  told !== 'bad' && told[0]?.kind === 'response' ? told[0].row : assert.fail(JSON.stringify(told));

describe('messages of opencode', () => {
  it('hold every token in one class', () => {
    const { tokens, costUsd, cwd, model } = rowOf(parse(row()));
    assert.deepEqual(tokens, { input: 500, output: 64, cacheWrite5m: 3, cacheWrite1h: 0, cacheRead: 8800 });
    assert.deepEqual([costUsd, cwd, model], [0.0015, '/repo/sub', 'm']);
  });

  it('do not know their cost where they say 0', () => assert.equal(rowOf(parse(row({}, { cost: 0 }))).costUsd, null));

  it('of a subagent belong to the session it works for', () => {
    const { sessionId, isSidechain } = rowOf(parse(row({ parent_id: 'ses_0' })));
    assert.deepEqual([sessionId, isSidechain], ['ses_0', true]);
  });

  it('are one response while they grow, in a fork, and in the old files', () => {
    const ledger = new Ledger();
    const growing = row({}, { time: { created: data.time.created }, tokens: { ...data.tokens, output: 5 } });
    const copy = row({ id: 'msg_20a999ab5001BbJL16gZPSW0Vb', session_id: 'ses_0' });
    const old = JSON.stringify({ ...data, id, sessionID: 'ses_1' });
    for (const told of [parse(copy), parse(growing), parse(row()), parseFile(old)]) ledger.add(rowOf(told), '/account');
    const [only, ...others] = ledger.responses();
    assert.deepEqual([others.length, only?.sessionId, only?.tokens.output], [0, 'ses_1', 64]);
  });

  for (const [name, changes] of [
    ['of the user', { role: 'user' }],
    ['without tokens', { tokens: undefined }],
    ['being written', { tokens: { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } } }],
  ] as const)
    it(`say nothing ${name}`, () => assert.deepEqual(parse(row({}, changes)), []));

  it('are bad when broken', () => {
    const broken = [
      row({ data: '{"tokens":' }),
      row({ data: 7 }),
      row({}, { tokens: { input: -1 } }),
      row({}, { time: null }),
    ];
    assert.deepEqual(broken.map(parse), ['bad', 'bad', 'bad', 'bad']);
  });
});

describe('the database of opencode', () => {
  const columns = (...names: readonly string[]) => new Set(names);
  const message = columns('id', 'session_id', 'time_updated', 'data');
  const statement = (tables: Record<string, ReadonlySet<string>>) =>
    database().statement(new Map(Object.entries(tables)));

  it('is read as far as it has what is needed', () => {
    assert.equal(statement({}), null);
    assert.equal(statement({ message: columns('id', 'data') }), null);
    assert.doesNotMatch(statement({ message }) ?? '', /JOIN/);
    const older = statement({ message, session: columns('id', 'directory') }) ?? '';
    assert.match(older, /s\.directory AS directory/);
    assert.match(older, /NULL AS parent_id/);
  });

  it('is found by its name, and by the log beside it', () => {
    const found = (name: string) => opencodeTranscripts.match(`${folder}/${name}`)?.path ?? null;
    assert.equal(found('opencode-dev.db'), `${folder}/opencode-dev.db`);
    assert.equal(found('opencode.db-wal'), `${folder}/opencode.db`);
    for (const name of ['opencode.db-shm', 'other.db', 'opencode.db.bak', 'log/x.log'])
      assert.equal(found(name), null, name);
    const entered = ['storage', 'storage/message', 'storage/message/ses_1', 'storage/part', 'snapshot', 'log'];
    assert.deepEqual(
      entered.map((each) => opencodeTranscripts.enters(each)),
      [true, true, true, false, false, false],
    );
  });
});
