import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Git } from '../../../src/checkpoints/git/git.ts';
import { useLabs, value } from './lab.ts';

describe('a git that is started ahead', () => {
  const make = useLabs();
  const hashing = ['hash-object', '--stdin'];
  const ofHello = 'ce013625030ba8dba906f756967f9e9ca394464a';

  function counted(dir: string): { readonly git: Git; readonly starts: () => number } {
    let starts = 0;
    return { git: new Git(dir, { onStart: () => (starts += 1) }), starts: () => starts };
  }

  const children = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

  it('is the one that the same command then uses, once', async () => {
    const { git, starts } = counted(make({}).dir);
    git.startAhead(hashing);
    git.startAhead(hashing);
    assert.equal(await git.oid(hashing, { input: 'hello\n' }), ofHello);
    assert.equal(starts(), 1);
    assert.equal(await git.oid(hashing, { input: 'hello\n' }), ofHello);
    assert.equal(starts(), 2);
  });

  it('is not the one of a command with other settings', async () => {
    const { git, starts } = counted(make({}).dir);
    git.startAhead(hashing, { config: { 'core.bigFileThreshold': '1m' } });
    assert.equal(await git.oid(hashing, { input: 'hello\n' }), ofHello);
    assert.equal(starts(), 2);
    git.endAhead();
  });

  it('is ended with the lock where nothing was to be written after all', async () => {
    const lab = make({ 'a.txt': '1\n' });
    lab.write('a.txt', '2\n');
    let starts = 0;
    const { id } = await lab.create();
    // So young that its times prove nothing: its tree is built once more, and is the same.
    const checkpoints = await lab.open({ onGit: () => (starts += 1) });
    const same = value(await checkpoints.create({ kind: 'manual', label: 'x' }));
    assert.deepEqual([same.id, same.unchanged], [id, true]);
    assert.ok(starts >= 3);
    for (let tries = 0; tries < 500 && children() > 0; tries++) await sleep(10);
    assert.equal(children(), 0);
    lab.assertSound();
  });
});
