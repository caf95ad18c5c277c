import assert from 'node:assert/strict';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('what is cancelled', () => {
  const make = useLabs();

  /** Lets git stop in the middle of reading (`clean`) or writing (`smudge`) a file. */
  function slow(lab: Lab, step: 'clean' | 'smudge', seconds: number): void {
    lab.git('config', `filter.slow.${step}`, `touch '${join(lab.outer, 'begun')}'; sleep ${seconds}; cat`);
  }

  function until(folder: string, isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(folder, () => {
        if (!isSo()) return;
        watcher.close();
        resolve();
      });
    });
  }

  const beginning = (lab: Lab): Promise<void> => until(lab.outer, () => existsSync(join(lab.outer, 'begun')));

  async function openWith(lab: Lab, signal: AbortSignal): Promise<Checkpoints> {
    return value(await Checkpoints.open(lab.dir, { signal }));
  }

  function assertFree(lab: Lab): void {
    for (const name of ['index.lock', 'soft-landing/lock', 'soft-landing/restore.json', 'soft-landing/journal.json']) {
      assert.equal(existsSync(join(lab.dir, '.git', name)), false, name);
    }
  }

  it('while a checkpoint reads the files: none is made, and nothing is left', async () => {
    const lab = make({ 'a.txt': '1\n', '.gitattributes': '*.slow filter=slow\n' });
    await lab.create('before');
    const refs = lab.refsOfOurs();
    lab.write('large.slow', 'x\n');
    slow(lab, 'clean', 300);
    const begun = beginning(lab);
    const controller = new AbortController();
    const creating = (await openWith(lab, controller.signal)).create({ kind: 'manual', label: 'x' });
    await begun;
    controller.abort();
    assert.equal(failure(await creating).reason, 'aborted');
    assert.deepEqual(lab.refsOfOurs(), refs);
    assertFree(lab);
    lab.git('config', '--unset', 'filter.slow.clean');
    assert.equal((await lab.create('after')).unchanged, false);
    lab.assertSound();
  });

  it('because nobody waits for it, after its time: whoever waits for the lock has it then', async () => {
    const lab = make({ 'a.txt': '1\n', '.gitattributes': '*.slow filter=slow\n' });
    await lab.create('before');
    const refs = lab.refsOfOurs();
    lab.write('large.slow', 'x\n');
    slow(lab, 'clean', 300);
    const begun = beginning(lab);
    const checkpoints = await lab.open();
    const unasked = checkpoints.within(1500, (own) => own.create({ kind: 'ambient', label: 'x' }));
    await begun;
    lab.git('config', '--unset', 'filter.slow.clean');
    const waiting = lab.create('asked for');
    assert.equal(failure(await unasked).reason, 'aborted');
    assert.equal((await waiting).unchanged, false);
    assert.equal(lab.refsOfOurs().length, refs.length + 1);
    assertFree(lab);
    // What was opened once is still of use.
    assert.equal(value(await checkpoints.create({ kind: 'manual', label: 'y' })).unchanged, true);
  });

  it('while a reset prepares: not one file is touched, and nothing is left', async () => {
    const lab = make({ 'a.txt': '1\n', '.gitattributes': '*.slow filter=slow\n' });
    const { id } = await lab.create('before');
    lab.write('a.txt', '2\n');
    lab.write('large.slow', 'x\n');
    const [state, refs] = [lab.state(), lab.refsOfOurs()];
    slow(lab, 'clean', 300);
    const begun = beginning(lab);
    const controller = new AbortController();
    const restoring = (await openWith(lab, controller.signal)).restore(id);
    await begun;
    controller.abort();
    assert.equal(failure(await restoring).reason, 'aborted');
    assertFree(lab);
    assert.deepEqual(lab.refsOfOurs(), refs);
    lab.git('config', '--unset', 'filter.slow.clean');
    assert.deepEqual(lab.state(), state);
    assert.equal(failure(await (await lab.open()).undo()).reason, 'nothing-to-undo');
  });

  it('while a reset writes the files: it is too late, and it finishes', async () => {
    const lab = make({ 'a.txt': '1\n', '.gitattributes': '*.slow filter=slow\n', 'large.slow': 'then\n' });
    const { id } = await lab.create('before');
    const then = lab.state();
    lab.write('a.txt', '2\n');
    lab.write('large.slow', 'now\n');
    const now = lab.state();
    slow(lab, 'smudge', 1);
    // git writes in the order of the names: the slow one comes after it.
    const begun = until(lab.dir, () => lab.exists('a.txt') && lab.read('a.txt') === '1\n');
    const controller = new AbortController();
    const restoring = (await openWith(lab, controller.signal)).restore(id);
    await begun;
    controller.abort();
    assert.equal(value(await restoring).written, 2);
    assertFree(lab);
    lab.git('config', '--unset', 'filter.slow.smudge');
    assert.deepEqual(lab.state(), then);
    value(await (await lab.open()).undo());
    assert.deepEqual(lab.state(), now);
    lab.assertSound();
  });
});
