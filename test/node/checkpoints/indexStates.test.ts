import assert from 'node:assert/strict';
import { roundTrip, useLabs, value, type Lab } from './lab.ts';

describe('checkpoints of every kind of index: made, gone back to, undone', () => {
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

  it('keeps intent-to-add, also of a path that HEAD still has', async () => {
    const lab = make(base);
    lab.write('intended.txt', 'i\n');
    lab.git('add', '-N', 'intended.txt');
    lab.git('rm', '-q', '--cached', 'b.txt');
    lab.git('add', '-N', 'b.txt');
    assert.match(lab.git('status', '--porcelain'), /^DA b\.txt$/m);
    await roundTrip(lab, () => {
      lab.git('add', 'intended.txt');
      lab.git('reset', '-q', '--', 'b.txt');
      lab.write('intended.txt', 'agent\n');
    });
  });

  it('keeps intent-to-add of files that are gone or have become something else, with the modes of then', async () => {
    const lab = make(base);
    lab.write('empty.txt', '');
    lab.commit('an empty file');
    for (const name of ['gone.txt', 'now a link']) lab.write(name, 'i\n');
    lab.write('run.sh', 'i\n', 0o755);
    lab.git('add', '-N', 'gone.txt', 'now a link', 'run.sh');
    for (const name of ['gone.txt', 'now a link', 'empty.txt']) lab.delete(name);
    lab.link('now a link', 'a.txt');
    lab.write('run.sh', 'i\n', 0o644);
    assert.equal(lab.index().filter((entry) => entry.endsWith(' 20000000')).length, 3);
    await roundTrip(lab, () => {
      lab.git('reset', '-q');
      lab.delete('now a link');
      agentWorks(lab);
    });
  });

  it('keeps intent-to-add of a file that is gone when another path is gone back to', async () => {
    const lab = make(base);
    lab.write('gone.txt', 'i\n');
    lab.git('add', '-N', 'gone.txt');
    lab.delete('gone.txt');
    const { id } = await lab.create();
    lab.write('a.txt', 'agent\n');
    const before = lab.index();
    value(await (await lab.open()).restore(id, { paths: ['a.txt'] }));
    assert.deepEqual([lab.files()['a.txt'], lab.index()], ['file a1\n', before]);
  });

  it('sees edits of assume-unchanged files and gives the flag back', async () => {
    const lab = make(base);
    lab.git('update-index', '--assume-unchanged', 'a.txt', 'b.txt');
    lab.write('a.txt', 'hidden edit\n');
    await roundTrip(lab, () => agentWorks(lab), { tree: 'other' });
    const { tree } = await lab.create();
    lab.git('update-index', '--no-assume-unchanged', 'a.txt', 'b.txt');
    assert.equal(tree, lab.treeOfAddAll());
  });

  it('gives assume-unchanged and skip-worktree back to files that a commit since had removed', async () => {
    const lab = make(base);
    lab.git('update-index', '--assume-unchanged', 'a.txt');
    lab.git('update-index', '--skip-worktree', 'dir/c.txt');
    await roundTrip(
      lab,
      () => {
        lab.git('rm', '-q', '--cached', '--sparse', 'a.txt', 'dir/c.txt');
      },
      { tree: 'other' },
    );
  });

  it('sees edits of skip-worktree files that are there and gives the flag back', async () => {
    const lab = make(base);
    lab.git('update-index', '--skip-worktree', 'a.txt');
    lab.write('a.txt', 'hidden edit\n');
    await roundTrip(lab, () => lab.write('a.txt', 'agent\n'), { tree: 'other' });
  });

  for (const sparseIndex of [false, true]) {
    it(`leaves files outside a sparse cone absent${sparseIndex ? ', sparse index' : ''}`, async () => {
      const lab = make({ ...base, 'out/one.txt': '1\n', 'out/two.txt': '2\n', 'in/x.txt': 'x\n' });
      lab.git('sparse-checkout', 'init', '--cone', sparseIndex ? '--sparse-index' : '--no-sparse-index');
      lab.git('sparse-checkout', 'set', 'in', 'dir');
      assert.equal(lab.exists('out'), false);
      lab.write('out/untracked.txt', 'outside of the cone\n');
      lab.write('in/x.txt', 'edited\n');
      const { tree } = await roundTrip(
        lab,
        () => {
          agentWorks(lab);
          lab.delete('out/untracked.txt');
          lab.write('in/x.txt', 'agent\n');
          lab.git('add', 'in/x.txt');
        },
        { tree: 'other' },
      );
      assert.match(
        lab.git('ls-tree', '-r', '--name-only', tree),
        /^out\/one\.txt\nout\/two\.txt\nout\/untracked\.txt$/m,
      );
      assert.equal(lab.exists('out/one.txt'), false);
    });
  }

  it('keeps a sparse checkout sparse when the agent stages a new path outside of the cone', async () => {
    const lab = make({ ...base, 'out/one.txt': '1\n' });
    lab.git('sparse-checkout', 'set', '--cone', 'dir');
    await roundTrip(
      lab,
      () => {
        const blob = lab.gitWith({ input: 'more\n' }, 'hash-object', '-w', '--stdin').trim();
        lab.git('update-index', '--add', '--cacheinfo', `100644,${blob},out/more.txt`);
        lab.git('update-index', '--skip-worktree', 'out/more.txt');
      },
      { tree: 'other' },
    );
  });

  it('works with a split index', async () => {
    const lab = make(base);
    lab.git('update-index', '--split-index');
    lab.write('a.txt', 'staged\n');
    lab.git('-c', 'core.splitIndex=true', 'add', 'a.txt');
    await roundTrip(lab, () => agentWorks(lab));
  });

  it('works with index version 4 and the untracked cache', async () => {
    const lab = make(base);
    lab.git('config', 'feature.manyFiles', 'true');
    lab.git('update-index', '--index-version', '4', '--untracked-cache');
    lab.write('a.txt', 'edited\n');
    await roundTrip(lab, () => agentWorks(lab));
  });
});
