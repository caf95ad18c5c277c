import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { roundTrip, useLabs, value, type Lab } from './lab.ts';

describe('checkpoints of every kind of working state: made, gone back to, undone', () => {
  const make = useLabs();

  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n', 'dir/d.txt': 'd1\n', '.gitignore': '*.log\n' };

  /** What an agent does: edits, deletes, creates, stages. */
  function agentWorks(lab: Lab): void {
    lab.write('a.txt', 'agent a\n');
    lab.delete('b.txt');
    lab.write('made by agent/new.txt', 'new\n');
    lab.write('dir/c.txt', 'agent c\n');
    lab.git('add', '--sparse', 'dir/c.txt', 'made by agent/new.txt');
    lab.write('dir/c.txt', 'agent c again\n');
  }

  it('saves staged, unstaged and untracked work apart', async () => {
    const lab = make(base);
    lab.write('a.txt', 'staged\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'staged, then edited\n');
    lab.write('untracked.txt', 'u\n');
    lab.write('staged new.txt', 's\n');
    lab.git('add', 'staged new.txt');
    lab.git('rm', '-q', '--cached', 'b.txt');
    lab.delete('dir/d.txt');
    lab.write('debug.log', 'ignored\n');
    await roundTrip(lab, () => {
      agentWorks(lab);
      lab.delete('untracked.txt');
      lab.git('reset', '-q');
    });
    lab.assertSound();
  });

  it('keeps symbolic links, dangling ones too, and executable bits', async () => {
    const lab = make(base);
    lab.link('link', 'a.txt');
    lab.link('dangling', '../nowhere/at all');
    lab.link('to folder', 'dir');
    lab.write('run.sh', '#!/bin/sh\n', 0o755);
    lab.git('add', 'run.sh', 'dangling');
    await roundTrip(lab, () => {
      lab.delete('link');
      lab.write('link', 'a file now');
      lab.delete('dangling');
      lab.delete('to folder');
      mkdirSync(lab.bytes('to folder'));
      lab.write('to folder/inside', 'x');
      chmodSync(lab.bytes('run.sh'), 0o644);
      chmodSync(lab.bytes('a.txt'), 0o755);
    });
  });

  it('swaps files, folders and links in every direction', async () => {
    const lab = make({ ...base, 'file-dir': 'f', 'dir-file/x/y': '1', 'dir-link/x': '2', 'file-link': 'f2' });
    lab.link('link-dir', 'dir');
    lab.link('link-file', 'a.txt');
    lab.commit('links');
    await roundTrip(lab, () => {
      for (const path of ['file-dir', 'dir-file', 'dir-link', 'file-link', 'link-dir', 'link-file']) lab.delete(path);
      lab.write('file-dir/deep/er', 'x');
      lab.write('dir-file', 'x');
      lab.link('dir-link', '/etc');
      lab.link('file-link', 'dir');
      lab.write('link-dir/x', 'x');
      lab.write('link-file', 'x');
      lab.git('add', '-A');
      lab.delete('file-dir');
      lab.link('file-dir', 'nowhere');
    });
  });

  it('never looks through a folder that became a link to the outside', async () => {
    const lab = make({ ...base, 'conf/hosts': 'mine\n' });
    const outside = lab.at(join(lab.outer, 'outside'));
    mkdirSync(outside.dir);
    outside.write('hosts', 'not ours\n');
    await roundTrip(lab, () => {
      lab.delete('conf');
      lab.link('conf', outside.dir);
    });
    assert.equal(outside.read('hosts'), 'not ours\n');
  });

  it('keeps odd names', async () => {
    const lab = make(base);
    const names = [
      'new\nline',
      'tab\there',
      '"quoted" \'name\'',
      '-leading-dash',
      ':(glob)*.txt',
      '*',
      'trailing ',
      'back\\slash',
      'ÿþ not utf-8',
      'caf\xc3\xa9',
      '\x01control',
    ];
    for (const name of names) lab.write(name, `content of ${name}`);
    lab.write('dir\nline/in ner', 'x');
    lab.git('add', '--', '-leading-dash', './new\nline');
    const { id } = await roundTrip(lab, () => {
      for (const name of names) lab.delete(name);
      lab.write('ÿþ another', 'y');
      lab.delete('dir\nline');
    });
    assert.ok(id);
  });

  for (const staged of [false, true]) {
    it(`works on an unborn branch ${staged ? 'with' : 'without'} staged files`, async () => {
      const lab = make(null);
      lab.write('one.txt', '1\n');
      lab.write('two.txt', '2\n');
      if (staged) lab.git('add', 'one.txt');
      await roundTrip(lab, () => {
        lab.write('one.txt', 'agent\n');
        lab.delete('two.txt');
        lab.write('three.txt', '3\n');
        lab.git('add', '-A');
      });
    });
  }

  it('works in an empty unborn repository', async () => {
    const lab = make(null);
    await roundTrip(lab, () => {
      lab.write('first.txt', '1\n');
      lab.git('add', '-A');
    });
  });

  it('goes back behind the first commit, made by the agent, and forward again', async () => {
    const lab = make(null);
    lab.write('one.txt', '1\n');
    await roundTrip(lab, () => {
      lab.write('one.txt', 'agent\n');
      lab.commit('first');
      lab.write('two.txt', 'x');
    });
  });

  it('works with a detached HEAD', async () => {
    const lab = make(base);
    lab.git('checkout', '-q', '--detach');
    lab.write('a.txt', 'detached\n');
    await roundTrip(lab, () => agentWorks(lab));
  });

  /** Edits on two branches that conflict as content, as delete/modify, and as add/add. */
  function conflict(lab: Lab): void {
    lab.git('checkout', '-q', '-b', 'side');
    lab.write('a.txt', 'side\n');
    lab.delete('b.txt');
    lab.write('both.txt', 'side\n');
    lab.write('dir/d.txt', 'side only\n');
    lab.commit('side');
    lab.git('checkout', '-q', 'main');
    lab.write('a.txt', 'main\n');
    lab.write('b.txt', 'main\n');
    lab.write('both.txt', 'main\n');
    lab.commit('main');
  }

  it('keeps a merge with conflicts: stages 1 to 3, MERGE_HEAD, half-done resolutions', async () => {
    const lab = make(base);
    conflict(lab);
    lab.gitFails('merge', 'side');
    lab.write('a.txt', 'half resolved\n<<<<<<<\n');
    await roundTrip(lab, () => {
      lab.write('a.txt', 'resolved by the agent\n');
      lab.git('add', 'a.txt', 'both.txt');
      lab.git('rm', '-q', 'b.txt');
      lab.write('new.txt', 'n');
    });
    assert.ok(lab.exists('.git/MERGE_HEAD'));
    assert.equal(
      lab.index().filter((entry) => / [123]\t/.test(entry)).length,
      0,
      'the undo brings the resolution back',
    );
    lab.assertSound();
  });

  it('keeps a conflict whose file is gone, or has become a folder', async () => {
    const lab = make(base);
    conflict(lab);
    lab.gitFails('merge', 'side');
    lab.delete('both.txt');
    lab.delete('a.txt');
    lab.write('a.txt/inside', 'x\n');
    lab.delete('b.txt');
    mkdirSync(lab.bytes('b.txt'));
    await roundTrip(lab, () => {
      lab.delete('a.txt');
      lab.write('a.txt', 'resolved\n');
      lab.git('add', '-A');
    });
  });

  it('keeps a stopped rebase', async () => {
    const lab = make(base);
    conflict(lab);
    lab.gitFails('rebase', 'side');
    assert.ok(lab.exists('.git/rebase-merge'));
    await roundTrip(lab, () => {
      lab.write('a.txt', 'resolved\n');
      lab.git('add', '-A');
    });
  });

  it('works in a SHA-256 repository', async () => {
    const lab = make(base, ['--object-format=sha256']);
    lab.write('a.txt', 'edited\n');
    lab.write('new.txt', 'n\n');
    lab.git('add', 'new.txt');
    const { tree } = await roundTrip(lab, () => agentWorks(lab));
    assert.equal(tree.length, 64);
    lab.assertSound();
  });

  it('runs clean and smudge filters of the repository', async () => {
    const lab = make(base);
    lab.git('config', 'filter.rot.clean', 'tr a-z A-Z');
    lab.git('config', 'filter.rot.smudge', 'tr A-Z a-z');
    lab.write('.gitattributes', '*.rot filter=rot\n');
    lab.write('x.rot', 'lower\n');
    lab.commit('filtered');
    lab.write('x.rot', 'edited\n');
    const { tree } = await roundTrip(lab, () => lab.write('x.rot', 'agent\n'));
    assert.equal(lab.git('cat-file', 'blob', `${tree}:x.rot`), 'EDITED\n');
  });

  it('leaves large untracked files and pipes out, says so, and never deletes them', async () => {
    const lab = make(base);
    lab.write('large.bin', 'x'.repeat(2000));
    lab.write('exactly.bin', 'x'.repeat(1000));
    execFileSync('mkfifo', [join(lab.dir, 'pipe')]);
    const small = { maxFileBytes: 1000 };
    const { id } = await roundTrip(lab, () => agentWorks(lab), { tree: 'other', checkpoints: small });
    const checkpoints = await lab.open(small);
    const checkpoint = value(await checkpoints.list()).find((entry) => entry.id === id);
    // git itself never lists a pipe, so that there is nothing to report about it.
    assert.deepEqual(checkpoint?.skipped, [{ path: 'large.bin', reason: 'larger than the limit', bytes: 2000 }]);
    // Small enough now, so that the present state holds it; the checkpoint still does not know it.
    lab.write('large.bin', 'small');
    const result = value(await checkpoints.restore(id));
    assert.deepEqual(result.kept, [{ path: 'large.bin', reason: 'not-captured' }]);
    assert.equal(lab.read('large.bin'), 'small');
    assert.ok(lab.files()['pipe'] === 'special');
  });

  it('saves a tracked file whatever its size', async () => {
    const lab = make({ ...base, 'tracked.bin': 'x' });
    lab.write('tracked.bin', 'y'.repeat(5000));
    await roundTrip(lab, () => lab.write('tracked.bin', 'z'), { checkpoints: { maxFileBytes: 1000 } });
  });
});
