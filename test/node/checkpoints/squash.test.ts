import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('squash', () => {
  const make = useLabs();

  /** A repository in commit mode whose tip is a run of checkpoint commits of these contents of a.txt. */
  async function run(contents: readonly string[]): Promise<{ lab: Lab; checkpoints: Checkpoints; base: string }> {
    const lab = make({ 'a.txt': 'a1\n', 'b.txt': 'b1\n' });
    const base = head(lab);
    const checkpoints = await lab.open();
    value(await checkpoints.setMode('commit'));
    for (const content of contents) await commit(lab, checkpoints, content);
    return { lab, checkpoints, base };
  }

  async function commit(lab: Lab, checkpoints: Checkpoints, content: string): Promise<void> {
    lab.write('a.txt', content);
    const made = value(await checkpoints.create({ kind: 'tool', label: content.trim() }));
    assert.equal(made.commit, head(lab));
  }

  const head = (lab: Lab): string => lab.git('rev-parse', 'HEAD').trim();
  const subjects = (lab: Lab): string[] => lab.git('log', '--format=%s').trim().split('\n');

  it('folds the run at the tip into one commit of the same tree; index and files are not touched', async () => {
    const { lab, checkpoints, base } = await run(['2\n', '3\n', '4\n']);
    lab.write('b.txt', 'unstaged\n');
    lab.write('new.txt', 'untracked\n');
    lab.git('tag', 'elsewhere', base);
    const [tip, tree, state] = [head(lab), lab.git('rev-parse', 'HEAD^{tree}'), lab.state()];
    const index = lab.read('.git/index');
    const done = value(await checkpoints.squash('My feature\n\nin two paragraphs'));
    assert.equal(done.commit, head(lab));
    assert.deepEqual([done.oldTip, done.base, done.branch, done.further], [tip, base, 'main', 0]);
    assert.deepEqual(
      done.folded.map(({ subject }) => subject),
      ['Checkpoint: Before 4', 'Checkpoint: Before 3', 'Checkpoint: Before 2'],
    );
    assert.equal(lab.git('rev-parse', 'HEAD^{tree}'), tree);
    assert.equal(lab.git('rev-parse', 'HEAD^').trim(), base);
    assert.equal(lab.git('log', '-1', '--format=%B|%an'), 'My feature\n\nin two paragraphs\n|Test Person\n');
    assert.deepEqual([lab.state(), lab.read('.git/index')], [state, index]);
    for (const name of ['main', 'HEAD']) {
      assert.equal(
        lab.git('reflog', 'show', '-1', '--format=%gs', name),
        'checkpoint: squash of 3 checkpoint commits\n',
      );
    }
    lab.assertSound();
  });

  it('goes back again, even after a gc: the safety checkpoint keeps the old commits', async () => {
    const { lab, checkpoints } = await run(['2\n', '3\n']);
    lab.write('b.txt', 'staged later\n');
    const tip = head(lab);
    const files = lab.files();
    const done = value(await checkpoints.squash());
    lab.git('reflog', 'expire', '--expire=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    assert.notEqual(head(lab), tip);
    value(await checkpoints.restore(done.safety, { moveHead: true }));
    assert.equal(head(lab), tip);
    assert.deepEqual(lab.files(), files);
    assert.equal(lab.git('status', '--porcelain'), ' M b.txt\n');
    value(await checkpoints.undo());
    assert.equal(head(lab), done.commit);
  });

  it('stops at a commit of the user’s own, and says what stays below it', async () => {
    const { lab, checkpoints } = await run(['2\n', '3\n']);
    lab.write('b.txt', 'mine\n');
    lab.commit('mine');
    const mine = head(lab);
    await commit(lab, checkpoints, '4\n');
    await commit(lab, checkpoints, '5\n');
    const done = value(await checkpoints.squash('two'));
    assert.deepEqual([done.base, done.folded.length, done.further], [mine, 2, 2]);
    assert.deepEqual(subjects(lab), ['two', 'mine', 'Checkpoint: Before 3', 'Checkpoint: Before 2', 'first']);
  });

  it('stops at a merge, and takes a message that was changed for the user’s own', async () => {
    const { lab, checkpoints } = await run(['2\n']);
    lab.git('commit', '-q', '--amend', '-m', `My words\n\n${lab.git('log', '-1', '--format=%b').trim()}`);
    await commit(lab, checkpoints, '3\n');
    assert.equal(value(await checkpoints.previewSquash()).folded.length, 1);
    lab.git('checkout', '-q', '-b', 'side', 'HEAD^');
    lab.write('side.txt', 'side\n');
    lab.commit('side');
    lab.git('checkout', '-q', 'main');
    lab.git('merge', '-q', '--no-ff', '-m', lab.git('log', '-1', '--format=%B').trim(), 'side');
    assert.equal(failure(await checkpoints.previewSquash()).reason, 'nothing-to-squash');
  });

  it('folds a run that begins the history', async () => {
    const lab = make(null);
    const checkpoints = await lab.open();
    value(await checkpoints.setMode('commit'));
    await commit(lab, checkpoints, '1\n');
    await commit(lab, checkpoints, '2\n');
    const done = value(await checkpoints.squash());
    assert.equal(done.base, null);
    assert.equal(lab.git('log', '--format=%B'), 'Squash 2 checkpoints\n\n- Before 1\n- Before 2\n\n');
  });

  it('looks only, when only asked', async () => {
    const { lab, checkpoints } = await run(['2\n', '3\n']);
    const [folder, refs] = [lab.gitFolder(), lab.refsOfOurs()];
    const preview = value(await checkpoints.previewSquash('x'));
    assert.deepEqual([preview.folded.length, preview.message, preview.oldTip], [2, 'x\n', head(lab)]);
    assert.deepEqual([lab.gitFolder(), lab.refsOfOurs()], [folder, refs]);
  });

  it('runs no hooks and signs nothing', async () => {
    const { lab, checkpoints } = await run(['2\n', '3\n']);
    lab.git('config', 'commit.gpgSign', 'true');
    lab.git('config', 'log.showSignature', 'true');
    lab.git('config', 'gpg.program', '/nonexistent/gpg');
    lab.write('.git/hooks/reference-transaction', '#!/bin/sh\nexit 1\n', 0o755);
    value(await checkpoints.squash());
    lab.delete('.git/hooks/reference-transaction');
    assert.doesNotMatch(lab.git('cat-file', 'commit', 'HEAD'), /gpgsig/);
  });

  describe('refuses, and changes nothing,', () => {
    const cases: Record<string, { arrange: (lab: Lab) => void; reason: string; words?: RegExp }> = {
      'what is on a remote-tracking branch': {
        arrange: (lab) => lab.git('update-ref', 'refs/remotes/origin/main', 'HEAD'),
        reason: 'already-shared',
        words: /origin\/main/,
      },
      'a run of which only the oldest is on one': {
        arrange: (lab) => lab.git('update-ref', 'refs/remotes/origin/topic', 'HEAD^'),
        reason: 'already-shared',
      },
      'what an annotated tag leads to': {
        arrange: (lab) => lab.git('tag', '-a', '-m', 'release', 'v1', 'HEAD^'),
        reason: 'already-shared',
        words: /v1/,
      },
      'with staged changes': {
        arrange: (lab) => {
          lab.write('b.txt', 'staged\n');
          lab.git('add', 'b.txt');
        },
        reason: 'staged-changes',
      },
      'on a detached HEAD': {
        arrange: (lab) => lab.git('checkout', '-q', '--detach'),
        reason: 'head-elsewhere',
      },
      'while a merge is going on': {
        arrange: (lab) => {
          lab.git('checkout', '-q', '-b', 'side', 'HEAD^^');
          lab.write('c.txt', 'side\n');
          lab.commit('side');
          lab.git('checkout', '-q', 'main');
          lab.git('merge', '-q', '--no-ff', '--no-commit', 'side');
        },
        reason: 'operation-in-progress',
      },
      'where the tip is a commit of the user’s': {
        arrange: (lab) => lab.git('commit', '-q', '--allow-empty', '-m', 'mine'),
        reason: 'nothing-to-squash',
      },
    };
    for (const [name, { arrange, reason, words }] of Object.entries(cases)) {
      it(name, async () => {
        const { lab, checkpoints } = await run(['2\n', '3\n']);
        arrange(lab);
        const [folder, refs, state] = [lab.gitFolder(), lab.refsOfOurs(), lab.state()];
        const refusal = failure(await checkpoints.squash('x'));
        assert.equal(refusal.reason, reason);
        if (words) assert.match(refusal.message, words);
        assert.deepEqual([lab.gitFolder(), lab.refsOfOurs(), lab.state()], [folder, refs, state]);
      });
    }

    it('on an unborn branch', async () => {
      assert.equal(failure(await (await make(null).open()).squash()).reason, 'nothing-to-squash');
    });

    it('when the branch moves at the last moment', async () => {
      const { lab, checkpoints } = await run(['2\n', '3\n']);
      const theirs = lab.git('commit-tree', '-p', 'HEAD', '-m', 'theirs', 'HEAD^{tree}').trim();
      // Between the look at the branch and its move: while the new commit is made.
      const script = `for word; do [ "$word" = commit-tree ] && "$real" update-ref refs/heads/main ${theirs}; done\nexec "$real" "$@"`;
      assert.equal(failure(await lab.withGit(script, () => checkpoints.squash())).reason, 'failed');
      assert.equal(head(lab), theirs);
    });
  });

  it('works in a linked worktree without touching the main one', async () => {
    const { lab, checkpoints } = await run(['2\n']);
    lab.git('worktree', 'add', '-q', join(lab.outer, 'linked'), '-b', 'other');
    const linked = lab.at(join(lab.outer, 'linked'));
    const there = await linked.open();
    value(await there.setMode('commit'));
    await commit(linked, there, 'linked\n');
    const main = head(lab);
    assert.equal(value(await there.squash('both')).folded.length, 2);
    assert.equal(head(lab), main);
    assert.equal(value(await checkpoints.mode()), 'commit');
  });
});
