import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSession } from '../../../src/store/sessionRecord.ts';
import { stateFolder } from '../../../src/store/stateFolder.ts';
import { agentsFound, readRecentRecords, readRegistry, repositoryName } from '../../../src/usage/liveSources.ts';

describe('what tells of live sessions', () => {
  let home: string;
  const surroundings = () => ({ home, env: {}, platform: 'linux' as const });

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'live-')));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const register = (name: string, text: string): void => {
    mkdirSync(join(home, '.claude', 'sessions'), { recursive: true });
    writeFileSync(join(home, '.claude', 'sessions', name), text);
  };
  const entry = (pid: number, fields: object = {}) =>
    JSON.stringify({ pid, sessionId: `s${pid}`, cwd: '/repo', ...fields });

  it('reads the registry: only of processes that live, whatever else lies there', async () => {
    assert.equal(await readRegistry(surroundings()), null, 'there is none');
    // No process has so high a number.
    const gone = 2 ** 22 + 1;
    register(`${process.pid}.json`, entry(process.pid, { status: 'busy', startedAt: 5, kind: 'interactive' }));
    register(`${gone}.json`, entry(gone));
    register('77.json', '{"pid": 77, "sess');
    register('78.json', '{"pid": "78"}');
    register('79.json', entry(0));
    register(`${process.pid}.key`, 'not for us');
    mkdirSync(join(home, '.claude', 'sessions', '80.json'));
    assert.deepEqual(await readRegistry(surroundings()), [
      { pid: process.pid, sessionId: `s${process.pid}`, cwd: '/repo', startedAt: 5, status: 'busy' },
    ]);
    register(`${process.pid}.json`, entry(process.pid, { status: 7, startedAt: 'then' }));
    const [session] = (await readRegistry(surroundings())) ?? [];
    assert.deepEqual([session?.status, session?.startedAt], [null, null]);
  });

  it('reads what hooks remember of the last day', async () => {
    assert.deepEqual(await readRecentRecords(surroundings(), Date.now()), []);
    const folder = stateFolder(surroundings());
    await writeSession(folder, {
      v: 1,
      agent: 'claude',
      sessionId: 'a',
      cwd: '/repo',
      transcriptPath: null,
      promptLabel: null,
      promptNumber: 1,
      workedFor: null,
      lastEventAt: 5,
      missing: { at: 5, reason: 'git timed out' },
    });
    writeFileSync(join(folder, 'sessions', `${'0'.repeat(32)}.json`), '{');
    const [record, ...more] = await readRecentRecords(surroundings(), Date.now());
    assert.deepEqual([record?.sessionId, record?.missing?.reason, more], ['a', 'git timed out', []]);
    assert.deepEqual(await readRecentRecords(surroundings(), Date.now() + 25 * 60 * 60_000), []);
  });

  it('finds the agents that have left traces', () => {
    assert.deepEqual(agentsFound(surroundings()), []);
    mkdirSync(join(home, '.claude'));
    mkdirSync(join(home, '.codex', 'sessions'), { recursive: true });
    assert.deepEqual(agentsFound(surroundings()), ['claude', 'codex']);
  });

  it('names the repository a folder is in, else the folder', () => {
    mkdirSync(join(home, 'app', 'src', 'deep'), { recursive: true });
    assert.equal(repositoryName(join(home, 'app', 'src', 'deep')), 'deep');
    mkdirSync(join(home, 'app', '.git'));
    assert.equal(repositoryName(join(home, 'app', 'src', 'deep')), 'app');
    assert.equal(repositoryName(join(home, 'app')), 'app');
    assert.equal(repositoryName('/'), '/');
  });
});
