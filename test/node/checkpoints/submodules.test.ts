import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useLabs, value, type Lab } from './lab.ts';
import { addSubmodule, gitCommandsOf, ids, person, roundTripSet, save, statesOf } from './sets.ts';

describe('submodules', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n' };
  const inside = { 'lib.txt': 'l1\n', 'deep/m.txt': 'm1\n', 'gone.txt': 'g1\n' };

  function agentWorks(lab: Lab, sub: Lab): void {
    lab.write('a.txt', 'agent\n');
    sub.git('reset', '-q');
    sub.write('lib.txt', 'agent\n');
    sub.delete('gone.txt');
    sub.delete('untracked.txt');
    sub.write('new.txt', 'agent\n');
    sub.git('add', 'new.txt');
  }

  it('with edited, staged and untracked files are saved, gone back to and undone', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'libs/sub', inside);
    sub.write('deep/m.txt', 'staged\n');
    sub.git('add', 'deep/m.txt');
    sub.write('deep/m.txt', 'human\n');
    sub.write('untracked.txt', 'human\n');
    const { made, restored } = await roundTripSet([lab, sub], () => agentWorks(lab, sub));
    assert.deepEqual(made.skipped, []);
    assert.ok(ids(sub).includes(made.id));
    assert.deepEqual(
      restored.members.map(({ path, restored: id, written, deleted }) => [path, id, written, deleted]),
      [['libs/sub', made.id, 3, 1]],
    );
  });

  it('that were clean go back to the commit which the checkpoint has of them', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    const { restored } = await roundTripSet([lab, sub], () => agentWorks(lab, sub));
    const commit = sub.git('rev-parse', 'HEAD').trim();
    assert.deepEqual(
      restored.members.map(({ path, restored: id }) => [path, id]),
      [['sub', commit]],
    );
  });

  it('in which the agent commits keep their HEAD, unless it is to be moved back', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    lab.write('a.txt', 'human\n');
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    const before = statesOf([lab, sub]);
    const commit = sub.git('rev-parse', 'HEAD');
    sub.write('lib.txt', 'agent\n');
    sub.write('new.txt', 'agent\n');
    sub.commit('agent');
    const agents = sub.git('rev-parse', 'HEAD');
    lab.git('add', 'sub');
    lab.git('commit', '-q', '-m', 'the submodule moved');
    const after = statesOf([lab, sub]);

    value(await checkpoints.restore(made.id));
    assert.equal(sub.git('rev-parse', 'HEAD'), agents);
    assert.equal(sub.read('lib.txt'), inside['lib.txt']);
    assert.equal(sub.exists('new.txt'), false);
    value(await checkpoints.undo());
    assert.deepEqual(statesOf([lab, sub]), after);

    value(await checkpoints.restore(made.id, { moveHead: true }));
    assert.equal(sub.git('rev-parse', 'HEAD'), commit);
    assert.deepEqual(statesOf([lab, sub]), before);
    value(await checkpoints.undo());
    assert.equal(sub.git('rev-parse', 'HEAD'), agents);
    assert.deepEqual(statesOf([lab, sub]), after);
  });

  it('with a commit of their own that is not staged outside are saved as they are', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    sub.write('lib.txt', 'human\n');
    sub.commit('human');
    sub.write('lib.txt', 'human, later\n');
    await roundTripSet([lab, sub], () => agentWorks(lab, sub));
  });

  it('whose commit is not there are left as they are, and told of', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    const commit = sub.git('rev-parse', 'HEAD').trim();
    lab.write('a.txt', 'human\n');
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    // As after a clone of one commit: the agent's is there, the one before is not.
    sub.git('checkout', '-q', '--orphan', 'fresh');
    sub.write('lib.txt', 'agent\n');
    sub.commit('without history');
    for (const ref of sub.git('for-each-ref', '--format=%(refname)').trim().split('\n')) {
      if (ref !== 'refs/heads/fresh') sub.git('update-ref', '-d', ref);
    }
    sub.git('reflog', 'expire', '--expire=now', '--all');
    rmSync(join(sub.git('rev-parse', '--absolute-git-dir').trim(), 'ORIG_HEAD'), { force: true });
    sub.git('gc', '-q', '--prune=now');
    sub.gitFails('cat-file', '-e', commit);
    const after = statesOf([sub]);
    const report = value(await checkpoints.restore(made.id));
    assert.deepEqual(
      report.members.map(({ path, restored, error }) => [path, restored, error?.reason]),
      [['sub', null, 'damaged']],
    );
    assert.deepEqual(statesOf([sub]), after);
  });

  it('that are removed are told of; brought back by git, the reset finds their state again', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    sub.write('lib.txt', 'human\n');
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    const before = statesOf([lab, sub]);
    lab.git('rm', '-q', '-f', 'sub');
    lab.git('commit', '-q', '-m', 'no submodule');
    const report = value(await checkpoints.restore(made.id));
    const [member] = report.members;
    assert.deepEqual([member?.path, member?.error?.reason], ['sub', 'not-found']);
    assert.match(member?.error?.message ?? '', /git submodule update --init/);
    lab.git('reset', '-q', '--hard', 'HEAD~1');
    lab.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    assert.equal(sub.read('lib.txt'), inside['lib.txt']);
    value(await checkpoints.restore(made.id));
    assert.deepEqual(statesOf([lab, sub]), before);
  });

  it('with a git directory of their own inside the folder, too', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    rmSync(join(sub.dir, '.git'));
    renameSync(join(lab.dir, '.git', 'modules', 'sub'), join(sub.dir, '.git'));
    lab.git('config', '--file', join(sub.dir, '.git', 'config'), '--unset', 'core.worktree');
    sub.write('untracked.txt', 'human\n');
    sub.write('lib.txt', 'human\n');
    const own = lab.at(sub.dir);
    await roundTripSet([lab, own], () => agentWorks(lab, own));
  });

  it('of a linked worktree are that worktree’s own', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    lab.git('worktree', 'add', '-q', join(lab.outer, 'linked'));
    const linked = lab.at(join(lab.outer, 'linked'));
    linked.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
    const linkedSub = lab.at(join(linked.dir, 'sub'));
    person(linkedSub);
    sub.write('lib.txt', 'in the main one\n');
    linkedSub.write('lib.txt', 'human\n');
    linkedSub.write('untracked.txt', 'human\n');
    const { made } = await roundTripSet([linked, linkedSub], () => agentWorks(linked, linkedSub));
    assert.ok(ids(linkedSub).includes(made.id));
    assert.deepEqual(ids(sub), []);
    assert.equal(sub.read('lib.txt'), 'in the main one\n');
  });

  it('that git cannot look into hinder no checkpoint: it says so, and holds all else', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    const broken = addSubmodule(lab, 'broken', inside);
    sub.write('lib.txt', 'human\n');
    writeFileSync(join(broken.git('rev-parse', '--absolute-git-dir').trim(), 'index'), 'junk');
    lab.write('a.txt', 'human\n');
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    assert.deepEqual(made.skipped, [{ path: 'broken', reason: 'nested repository: git cannot read it', bytes: 0 }]);
    assert.equal((await save(checkpoints)).unchanged, true);
    lab.write('a.txt', 'agent\n');
    sub.write('lib.txt', 'agent\n');
    const report = value(await checkpoints.restore(made.id));
    assert.deepEqual([lab.read('a.txt'), sub.read('lib.txt')], ['human\n', 'human\n']);
    assert.deepEqual(report.kept, [{ path: 'broken', reason: 'nested-repository' }]);
  });

  it('that are clean cost nothing', async () => {
    const lab = make(base);
    addSubmodule(lab, 'sub', inside);
    lab.write('a.txt', 'edited\n');
    const checkpoints = await lab.open();
    await save(checkpoints);
    await new Promise((done) => setTimeout(done, 2100));
    await save(checkpoints);
    assert.deepEqual(await gitCommandsOf(lab, () => save(checkpoints)), ['status']);
  });

  it('a reset elsewhere and its undo leave what is in them alone', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    const checkpoints = await lab.open();
    lab.write('a.txt', 'human\n');
    const made = await save(checkpoints);
    lab.write('a.txt', 'agent\n');
    value(await checkpoints.restore(made.id, { paths: ['a.txt'] }));
    agentWorks(lab, sub);
    const dirty = statesOf([sub]);
    value(await checkpoints.undo());
    assert.deepEqual(statesOf([sub]), dirty);
    assert.equal(lab.read('a.txt'), 'agent\n');
  });

  it('keep the pushed branch, stash and configuration of theirs', async () => {
    const lab = make(base);
    const sub = addSubmodule(lab, 'sub', inside);
    sub.git('checkout', '-q', '-b', 'topic');
    sub.write('lib.txt', 'stashed\n');
    sub.git('stash', '-q');
    sub.write('lib.txt', 'human\n');
    await roundTripSet([lab, sub], () => agentWorks(lab, sub));
    assert.equal(sub.git('stash', 'list').trim().split('\n').length, 1);
  });
});
