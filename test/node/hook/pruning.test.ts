import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { makeRepository, type Repository } from '../../support/repository.ts';
import { hookPath } from '../../support/softLanding.ts';

describe('the hook at the start of a session', () => {
  let repository: Repository;
  let state: string;

  beforeEach(() => {
    repository = makeRepository({ files: { 'app.js': 'one\n' } });
    state = path.join(repository.outer, 'state');
  });
  afterEach(() => repository.remove());

  async function open(): Promise<Checkpoints> {
    const opened = await Checkpoints.open(repository.dir, { stateFolder: state });
    assert.ok(opened.ok);
    return opened.value;
  }

  function startSession(sessionId: string): void {
    repository.write('app.js', `${sessionId}\n`);
    const event = { hook_event_name: 'SessionStart', source: 'startup', session_id: sessionId, cwd: repository.dir };
    const { status, stdout, stderr } = spawnSync(process.execPath, [hookPath, 'claude'], {
      env: { ...process.env, HOME: repository.outer, SOFT_LANDING_HOME: state },
      input: JSON.stringify(event),
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
  }

  const count = async (): Promise<number> => {
    const listed = await (await open()).list();
    assert.ok(listed.ok);
    return listed.value.length;
  };
  const pruned = (): unknown[] =>
    readFileSync(path.join(state, 'log', 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly event: string; readonly count?: number })
      .filter(({ event }) => event.startsWith('checkpoints.'))
      .map(({ event, count: number }) => [event, number]);

  it('prunes once a day, and only after a person has agreed', async () => {
    const checkpoints = await open();
    const settings = await checkpoints.settings();
    assert.ok(settings.ok);
    const retention = { ...settings.value.retention, maxCount: 2 };
    assert.ok((await checkpoints.changeSettings({ retention })).ok);
    for (const session of ['a', 'b', 'c', 'd']) startSession(session);
    assert.equal(await count(), 4);
    assert.deepEqual(pruned(), []);

    assert.ok((await checkpoints.changeSettings({ pruningApproved: true })).ok);
    startSession('e');
    assert.equal(await count(), 2);
    assert.deepEqual(pruned(), [['checkpoints.pruned', 3]]);
    startSession('f');
    assert.equal(await count(), 3);
    assert.equal(pruned().length, 1);
  });
});
