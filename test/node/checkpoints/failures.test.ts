import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('resets that cannot be done', () => {
  const make = useLabs();
  const names = ['a.txt', 'b.txt', 'm.txt', 'y.txt', 'z.txt'];
  const big = 'line of a large file\n'.repeat(20_000);

  interface Scene {
    readonly lab: Lab;
    readonly checkpoints: Checkpoints;
    readonly id: string;
  }

  /** A checkpoint, then an agent that changed every file, in every way. */
  async function scene(): Promise<Scene> {
    const lab = make({ ...Object.fromEntries(names.map((name) => [name, `${name} 1\n`])), '.gitignore': 'blocked/\n' });
    lab.write('m.txt', big);
    lab.write('blocked', 'a file at the time\n');
    lab.write('deleted.txt', 'd\n');
    lab.git('add', 'deleted.txt');
    const { id } = await lab.create();
    for (const name of names) lab.write(name, `${name} agent\n`);
    lab.git('add', 'z.txt', 'a.txt');
    lab.delete('deleted.txt');
    lab.write('new.txt', 'agent\n');
    lab.delete('blocked');
    lab.write('blocked/ignored.txt', 'in the way\n');
    return { lab, checkpoints: await lab.open(), id };
  }

  const apply = `*"read-tree -m -u "*`;

  async function assertRefused({ lab, checkpoints, id }: Scene, script: string, reason: string): Promise<string> {
    const state = lab.state();
    const folder = lab.gitFolder();
    const refused = await lab.withGit(script, async () => failure(await checkpoints.restore(id)));
    assert.equal(refused.reason, reason, refused.message);
    assert.deepEqual(lab.state(), state);
    assert.deepEqual(lab.gitFolder(), folder);
    // What was not done cannot be undone, and another try works.
    assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
    assert.deepEqual(lab.state(), state);
    value(await checkpoints.restore(id));
    assert.equal(lab.read('m.txt'), big);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), state);
    return refused.message;
  }

  it('because git writes only half of it: all is rolled back, the torn file too', async () => {
    // As a full disk would: git is stopped in the middle of the large file.
    await assertRefused(
      await scene(),
      `case "$*" in ${apply}) [ -e ../once ] || { : > ../once; ulimit -f 64; };; esac; exec "$real" "$@"`,
      'failed',
    );
  });

  it('because a file cannot be deleted, of which git only warns', async () => {
    const there = await scene();
    const message = await assertRefused(
      there,
      `case "$*" in ${apply}) cp -p new.txt ../kept; "$real" "$@"; code=$?; cp -p ../kept new.txt; exit $code;; esac
      exec "$real" "$@"`,
      'failed',
    );
    assert.match(message, /new\.txt could not be deleted/);
  });

  for (const step of ['read-tree -m --no-sparse-checkout ', 'write-tree']) {
    it(`because git fails at a later step (${step.trim()})`, async () => {
      await assertRefused(
        await scene(),
        `case "$*" in ${apply}) : > ../applied;; *"${step}"*) [ ! -e ../applied ] || [ -e ../failed ] || { : > ../failed; exit 3; };; esac
        exec "$real" "$@"`,
        'failed',
      );
    });
  }

  it('because the branch cannot be moved', async () => {
    const there = await scene();
    const { lab, checkpoints, id } = there;
    lab.git('commit', '-q', '-m', 'agent');
    const state = lab.state();
    lab.write('.git/refs/heads/main.lock', '');
    assert.equal(failure(await checkpoints.restore(id, { moveHead: true })).reason, 'failed');
    rmSync(join(lab.dir, '.git/refs/heads/main.lock'));
    assert.deepEqual(lab.state(), state);
    assert.equal(lab.git('log', '-1', '--format=%s'), 'agent\n');
    assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
  });

  for (const [what, edit, path] of [
    ['a file is edited', 'echo typed >> y.txt', 'y.txt'],
    ['an ignored file in the way is edited', 'echo typed >> blocked/ignored.txt', 'blocked/ignored.txt'],
    ['a file appears where one is to be written', 'echo typed > deleted.txt', 'deleted.txt'],
  ] as const) {
    it(`because ${what} while the reset is being prepared: that edit stays, all else too`, async () => {
      const { lab, checkpoints, id } = await scene();
      const before = lab.state();
      const refused = await lab.withGit(`case "$*" in ${apply}) ${edit};; esac; exec "$real" "$@"`, async () =>
        checkpoints.restore(id),
      );
      assert.equal(failure(refused).reason, 'changed-meanwhile');
      const after = lab.state();
      assert.match(after.files[path] ?? '', /typed\n(?:typed\n)?$/);
      assert.deepEqual({ ...after.files, [path]: '' }, { ...before.files, [path]: '' });
      assert.deepEqual(after.index, before.index);
    });
  }

  it('as an undo leave that undo to be done', async () => {
    const { lab, checkpoints, id } = await scene();
    const before = lab.state();
    value(await checkpoints.restore(id));
    const reset = lab.state();
    const refused = await lab.withGit(
      `case "$*" in ${apply}) echo typed >> y.txt;; esac; exec "$real" "$@"`,
      async () => checkpoints.undo(),
    );
    assert.equal(failure(refused).reason, 'changed-meanwhile');
    lab.write('y.txt', reset.files['y.txt']?.slice(5) ?? '');
    assert.deepEqual(lab.state(), reset);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), before);
  });

  it('because a file of the checkpoint is missing from the repository, before anything is touched', async () => {
    const there = await scene();
    const { lab, checkpoints, id } = there;
    const state = lab.state();
    const refs = lab.refsOfOurs();
    const blob = lab.gitWith({ input: big }, 'hash-object', '--stdin').trim();
    rmSync(join(lab.dir, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
    assert.equal(failure(await checkpoints.restore(id)).reason, 'damaged');
    assert.deepEqual(lab.state(), state);
    assert.deepEqual(lab.refsOfOurs(), refs);
  });

  it('because another git holds the index: after a wait, leaving its lock alone', async () => {
    const { lab, checkpoints, id } = await scene();
    const state = lab.state();
    lab.write('.git/index.lock', '');
    const started = Date.now();
    assert.equal(failure(await checkpoints.restore(id)).reason, 'index-locked');
    assert.ok(Date.now() - started >= 2900, 'it waited');
    assert.equal(lab.exists('.git/index.lock'), true);
    assert.deepEqual(lab.state(), state);
  });

  it('...yet are done when the other git ends in time', async () => {
    const { lab, checkpoints, id } = await scene();
    lab.write('.git/index.lock', '');
    const [result] = await Promise.all([checkpoints.restore(id), sleep(500).then(() => lab.delete('.git/index.lock'))]);
    value(result);
    assert.equal(lab.read('m.txt'), big);
  });

  it('are no obstacle to the next one, though the killed process left everything behind and its pid is in use', async () => {
    const { lab, checkpoints, id } = await scene();
    // This test's own pid: it is certainly alive, as a reused one would be. 2^22 + 1 is above every pid.
    const dead = 4_194_305;
    lab.write('.git/index.lock', `soft-landing restore ${process.pid} ${hostname()}\n`);
    lab.write(`.git/index.lock.${dead}.0123abcd`, 'x');
    lab.write(`.git/soft-landing/lock.${dead}.0123abcd`, 'x');
    lab.write(`.git/soft-landing/index.${dead}.0123abcd`, 'x');
    lab.write(`.git/soft-landing/.last.json.${dead}.0123abcd`, 'x');
    lab.write(
      '.git/soft-landing/restore.json',
      JSON.stringify({ v: 1, pid: process.pid, phase: 'begun', target: id, safety: 'never made', isUndo: false }),
    );
    value(await checkpoints.restore(id));
    assert.equal(lab.read('m.txt'), big);
    const left = Object.keys(lab.gitFolder()).filter((path) => path.includes('lock'));
    assert.deepEqual(left, []);
    assert.deepEqual(Object.keys(lab.at(join(lab.dir, '.git', 'soft-landing')).files()), [
      'config.json',
      'flags.json',
      'folders.json',
      'last.json',
      'version.json',
    ]);
  });
});
