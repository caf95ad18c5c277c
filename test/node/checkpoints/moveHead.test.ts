import assert from 'node:assert/strict';
import { failure, useLabs, value } from './lab.ts';

describe('resets and HEAD', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n', 'dir/d.txt': 'd1\n', '.gitignore': '*.log\n' };

  it('after HEAD has moved leave it there and stage only what was staged then', async () => {
    const lab = make(base);
    lab.write('a.txt', 'staged then\n');
    lab.git('add', 'a.txt');
    lab.write('b.txt', 'edited then\n');
    const made = await lab.create();
    const files = lab.files();
    lab.git('stash', '-q');
    lab.write('dir/c.txt', 'agent\n');
    lab.write('agent.txt', 'agent\n');
    lab.commit('agent');
    const [head, after, folder] = [lab.git('rev-parse', 'HEAD'), lab.state(), lab.gitFolder({ withoutIndex: true })];
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id));
    assert.deepEqual(lab.files(), files);
    assert.equal(lab.git('rev-parse', 'HEAD'), head);
    assert.equal(lab.git('diff', '--cached', '--name-status'), 'M\ta.txt\n');
    assert.equal(lab.git('diff', '--name-status'), 'D\tagent.txt\nM\tb.txt\nM\tdir/c.txt\n');
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
    assert.deepEqual(lab.gitFolder({ withoutIndex: true }), folder);
  });

  it('move HEAD when asked, with a line in the reflog, and undo moves it forward again', async () => {
    const lab = make(base);
    lab.write('a.txt', 'staged then\n');
    lab.git('add', 'a.txt');
    const made = await lab.create();
    const before = lab.state();
    lab.commit('agent 1');
    lab.write('b.txt', 'b2\n');
    lab.commit('agent 2');
    lab.write('b.txt', 'b3\n');
    const after = lab.state();
    const head = lab.git('rev-parse', 'HEAD');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id, { moveHead: true }));
    assert.deepEqual(lab.state(), before);
    assert.equal(lab.git('rev-parse', 'HEAD').trim(), made.head);
    assert.equal(lab.git('symbolic-ref', 'HEAD'), 'refs/heads/main\n');
    for (const name of ['main', 'HEAD']) {
      assert.match(lab.git('reflog', 'show', name, '-1'), new RegExp(`checkpoint: reset to ${made.id}`));
    }
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
    assert.equal(lab.git('rev-parse', 'HEAD'), head);
    lab.assertSound();
  });

  it('undone leave a HEAD alone that has moved since', async () => {
    const lab = make(base);
    const made = await lab.create();
    lab.write('a.txt', 'agent\n');
    lab.commit('agent');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(made.id, { moveHead: true }));
    lab.git('commit', '-q', '--allow-empty', '-m', 'mine');
    value(await checkpoints.undo());
    assert.equal(lab.git('log', '-1', '--format=%s'), 'mine\n');
    assert.equal(lab.read('a.txt'), 'agent\n');
  });

  it('move a detached HEAD, and no branch', async () => {
    const lab = make(base);
    lab.git('checkout', '-q', '--detach');
    const made = await lab.create();
    lab.git('commit', '-q', '--allow-empty', '-m', 'agent');
    value(await (await lab.open()).restore(made.id, { moveHead: true }));
    assert.equal(lab.git('rev-parse', 'HEAD').trim(), made.head);
    lab.gitFails('symbolic-ref', '-q', 'HEAD');
  });

  it('refuse to move HEAD on another branch, in a merge, and behind the first commit', async () => {
    const lab = make(null);
    lab.write('a.txt', '1\n');
    const unborn = await lab.create('unborn');
    lab.commit('first');
    const onMain = await lab.create('on main');
    lab.git('checkout', '-q', '-b', 'other');
    lab.write('a.txt', '2\n');
    lab.commit('second');
    const checkpoints = await lab.open();
    const refuse = async (id: string, why: RegExp): Promise<void> => {
      const [state, folder, refs] = [lab.state(), lab.gitFolder(), lab.refsOfOurs()];
      const refused = failure(await checkpoints.restore(id, { moveHead: true }));
      assert.equal(refused.reason, 'head-elsewhere');
      assert.match(refused.message, why);
      assert.deepEqual([lab.state(), lab.gitFolder(), lab.refsOfOurs()], [state, folder, refs]);
    };
    await refuse(onMain.id, /was made on main, this is other/);
    await refuse(unborn.id, /before the first commit/);
    const onOther = await lab.create('on other');
    lab.git('checkout', '-q', '-B', 'side', 'main');
    lab.write('a.txt', 'side\n');
    lab.commit('side');
    lab.git('checkout', '-q', 'other');
    lab.gitFails('merge', 'side');
    await refuse(onOther.id, /: a merge is in progress\. Nothing was changed\.$/);
  });
});
