import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRepository } from '../../support/repository.ts';
import { softLanding, softLandingJson, type CheckpointList, type RestoreReport } from '../../support/softLanding.ts';

interface Created {
  readonly id: string;
  readonly changedFiles: number;
  readonly head: string | null;
}

describe('soft-landing in a folder without git', () => {
  let outer = '';
  beforeEach(() => {
    outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-cli-')));
    for (const name of ['home', 'work']) mkdirSync(join(outer, name));
    writeFileSync(join(outer, 'work', 'a.txt'), 'mine\n');
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  const surroundings = () => ({
    cwd: join(outer, 'work'),
    env: { ...process.env, HOME: join(outer, 'home'), SOFT_LANDING_HOME: join(outer, 'state'), NO_COLOR: '1' },
  });
  const run = (...args: string[]) => softLanding({ args, ...surroundings() });
  const json = <Report>(...args: string[]) => softLandingJson<Report>({ args, ...surroundings() });

  it('only `checkpoint create` makes a place for checkpoints', async () => {
    for (const args of [['list'], ['undo'], ['prune'], ['restore', '2026']]) {
      const { exitCode, stdout } = await run('checkpoint', ...args, '--json');
      assert.deepEqual(
        [exitCode, (JSON.parse(stdout) as { error: { reason: string } }).error.reason],
        [1, 'not-a-repository'],
      );
    }
    assert.deepEqual(readdirSync(outer).sort(), ['home', 'work']);
    const made = await json<Created>('checkpoint', 'create', '--label', 'first');
    assert.deepEqual([made.changedFiles, made.head], [1, null]);
    assert.equal((await json<CheckpointList>('checkpoint', 'list')).checkpoints.length, 1);

    writeFileSync(join(outer, 'work', 'a.txt'), 'agent\n');
    const text = (await run('checkpoint', 'create')).stdout;
    assert.match(text, /1 file changed since the one before\./);
    const done = await json<RestoreReport>('checkpoint', 'restore', made.id);
    assert.deepEqual([done.written, done.deleted], [1, 0]);
    const shown = (await run('checkpoint', 'show', made.id)).stdout;
    assert.match(shown, /^1 file in it:$/m);
    assert.doesNotMatch(shown, /HEAD|Branch/);
    await json('checkpoint', 'undo');
  });

  it('says clearly that a file is where the state folder should be', async () => {
    writeFileSync(join(outer, 'state'), 'mine\n');
    const { exitCode, stdout } = await run('status', '--json');
    const { error } = JSON.parse(stdout) as { error: { reason: string; message: string } };
    assert.deepEqual([exitCode, error.reason], [1, 'state-folder']);
    assert.match(error.message, new RegExp(`^${join(outer, 'state')} is a file, `));
    const { stderr } = await run('usage');
    assert.match(stderr, /is a file, .*SOFT_LANDING_HOME\.\n$/s);
    assert.doesNotMatch(stderr, /\n +at /);
  });

  it('says what is too large, and where it must not be', async () => {
    const home = await softLanding({
      ...surroundings(),
      args: ['checkpoint', 'create', '--repo', join(outer, 'home')],
    });
    assert.equal(home.exitCode, 1);
    assert.match(home.stderr, /home folder/);
    for (let at = 0; at < 20_001; at++) writeFileSync(join(outer, 'work', `${at}`), '');
    const refused = await run('checkpoint', 'create');
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /more than 20000 files.*--allow-large/);
    assert.equal((await run('checkpoint', 'create', '--allow-large')).exitCode, 0);
    writeFileSync(join(outer, 'work', 'a.txt'), 'agent\n');
    assert.equal((await json<Created>('checkpoint', 'create')).changedFiles, 1);
  });

  it('says where the checkpoints of a mirrored repository are', async () => {
    const repository = makeRepository({ files: { 'a.txt': '1\n' } });
    try {
      repository.git('remote', 'add', '--mirror=push', 'origin', join(outer, 'mirror.git'));
      const args = ['checkpoint', 'create'];
      const { stdout } = await softLanding({ ...surroundings(), args, cwd: repository.dir });
      assert.match(stdout, /^A remote of this repository is a mirror of all refs, so .* outside of it, in .*state/m);
    } finally {
      repository.remove();
    }
  });
});
