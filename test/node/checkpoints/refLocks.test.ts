import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('locks of our refs that a killed git has left', function () {
  this.timeout(60_000);
  const make = useLabs();

  /** As a git leaves it that died with its machine. */
  function locked(lab: Lab, ref: string, ageMs: number): string {
    const lock = join(lab.dir, '.git', `${ref}.lock`);
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    const at = (Date.now() - ageMs) / 1000;
    utimesSync(lock, at, at);
    return lock;
  }
  const commitRef = (lab: Lab): string => `refs/soft-landing/heads/${lab.git('rev-parse', 'HEAD').trim()}`;

  it('do not keep a checkpoint from being made', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const lock = locked(lab, commitRef(lab), 60_000);
    lab.write('a.txt', '2\n');
    assert.equal((await lab.create()).tree, lab.treeOfAddAll());
    assert.equal(existsSync(lock), false);
    lab.assertSound();
  });

  it('nor one from being deleted, or given another name', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const checkpoints = await lab.open();
    const { id } = await lab.create();
    const ref = `refs/soft-landing/main/${id}/w`;
    locked(lab, ref, 60_000);
    value(await checkpoints.keeping.rename(id, 'another'));
    locked(lab, ref, 60_000);
    value(await checkpoints.keeping.delete([id]));
    assert.deepEqual(value(await checkpoints.list()), []);
  });

  it('are waited for while they are young: until they are let go, or whoever held them must be gone', async () => {
    for (const isLetGo of [true, false]) {
      const lab = make({ 'a.txt': '1\n' });
      const lock = locked(lab, commitRef(lab), 0);
      if (isLetGo) setTimeout(() => rmSync(lock), 500);
      const started = performance.now();
      assert.equal((await lab.create()).tree, lab.treeOfAddAll());
      if (!isLetGo) assert.ok(performance.now() - started > 1500);
    }
  });

  it('are waited for no longer where the clock was set back since', async () => {
    const lab = make({ 'a.txt': '1\n' });
    locked(lab, commitRef(lab), -3_600_000);
    assert.equal((await lab.create()).tree, lab.treeOfAddAll());
  });

  it('of the user’s own branches are left alone', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const { id } = await lab.create();
    lab.write('a.txt', '2\n');
    lab.commit('agent');
    const branch = lab.git('symbolic-ref', 'HEAD').trim();
    const lock = locked(lab, branch, 60_000);
    assert.equal(failure(await (await lab.open()).restore(id, { moveHead: true })).reason, 'failed');
    assert.equal(existsSync(lock), true);
    rmSync(lock);
    assert.equal(lab.read('a.txt'), '2\n');
  });
});
