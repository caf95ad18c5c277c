import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { committing, create, head } from './committing.ts';
import { useLabs, value } from './lab.ts';

describe('commit mode', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n' };

  it('commits everything on the branch, as git add -A and git commit would, and says so in the record', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    const before = head(lab);
    lab.write('a.txt', 'a2\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'a3\n');
    lab.write('new/deep.txt', 'new\n');
    lab.delete('b.txt');
    lab.write('odd \xff "name"\n', 'not UTF-8\n');
    const tree = lab.treeOfAddAll();
    const made = await create(checkpoints, 'Before the rewrite', 'prompt');
    assert.equal(made.commitSkipped, null);
    assert.equal(made.commit, head(lab));
    assert.equal(made.tree, tree);
    assert.equal(lab.git('rev-parse', 'HEAD^{tree}').trim(), tree);
    assert.equal(lab.git('rev-parse', 'HEAD^').trim(), before);
    assert.equal(
      lab.git('log', '-1', '--format=%B%an <%ae>, %cn'),
      [
        'Checkpoint: Before the rewrite',
        '',
        `Soft-Landing-Checkpoint: ${made.id}`,
        'Test Person <test@example.invalid>, Test Person\n',
      ].join('\n'),
    );
    assert.equal(lab.git('log', '-1', '--format=%(trailers:key=Soft-Landing-Checkpoint,valueonly)').trim(), made.id);
    assert.equal(lab.git('status', '--porcelain'), '');
    assert.equal(lab.git('reflog', '-1', '--format=%gs'), 'commit: Checkpoint: Before the rewrite\n');
    assert.match(lab.git('cat-file', 'tag', made.ref), new RegExp(`"commit":"${head(lab)}"`));
    lab.assertSound();
  });

  it('the same state makes neither a second checkpoint nor an empty commit', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'staged\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'a2\n');
    lab.write('intended.txt', 'only intended to be added\n');
    lab.git('add', '-N', 'intended.txt');
    const made = await create(checkpoints);
    const refs = lab.refsOfOurs();
    for (let time = 0; time < 2; time++) {
      const again = await create(checkpoints);
      assert.deepEqual([again.unchanged, again.id, again.commit], [true, made.id, made.commit]);
    }
    assert.deepEqual([head(lab), lab.refsOfOurs()], [made.commit, refs]);
    lab.write('a.txt', 'a3\n');
    const next = await create(checkpoints);
    assert.equal(next.unchanged, false);
    assert.equal(lab.git('rev-parse', 'HEAD^').trim(), made.commit);
  });

  it('a change of staging alone after the commit is a state of its own', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'a2\n');
    const made = await create(checkpoints);
    lab.git('rm', '-q', '--cached', 'b.txt');
    const next = await create(checkpoints);
    assert.equal(next.unchanged, false);
    assert.deepEqual([next.commit, next.commitSkipped?.reason], [null, 'no-changes']);
    assert.equal(head(lab), made.commit);
    assert.equal(lab.git('diff', '--cached', '--name-status'), 'D\tb.txt\n');
  });

  it('what was saved before the mode was switched on is committed by the next request', async () => {
    const lab = make(base);
    lab.write('a.txt', 'a2\n');
    const hidden = await lab.create();
    assert.equal(lab.git('rev-list', '--count', 'HEAD'), '1\n');
    const made = await create(await committing(lab));
    assert.deepEqual([made.unchanged, made.id, made.commit], [true, hidden.id, head(lab)]);
    assert.equal(lab.git('rev-list', '--count', 'HEAD'), '2\n');
  });

  it('hidden mode makes none', async () => {
    const lab = make(base);
    lab.write('a.txt', 'a2\n');
    const made = await lab.create();
    assert.equal(value(await (await lab.open()).mode()), 'hidden');
    const { commit, commitSkipped } = await create(await lab.open());
    assert.deepEqual([made.unchanged, commit, commitSkipped], [false, null, null]);
  });

  it('what the editor saves by itself is not committed, but is as soon as an agent begins on it', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'typed\n');
    lab.git('add', 'a.txt');
    const folder = lab.gitFolder();
    const ambient = await create(checkpoints, 'Ambient', 'ambient');
    assert.deepEqual([ambient.unchanged, ambient.commit, ambient.commitSkipped], [false, null, null]);
    assert.deepEqual(lab.gitFolder(), folder);
    const made = await create(checkpoints, 'Add a page', 'prompt');
    assert.deepEqual([made.unchanged, made.id, made.commit], [true, ambient.id, head(lab)]);
    assert.equal(lab.git('log', '-1', '--format=%s'), 'Checkpoint: Before Add a page\n');
  });

  it('folders of one repository, and several repositories at once, are committed each', async () => {
    const [one, two] = [make(base), make(base)];
    const folders = [await committing(one), await committing(two), await committing(one.at(join(one.dir, 'dir')))];
    one.write('a.txt', 'one\n');
    two.write('b.txt', 'two\n');
    const made = (await Checkpoints.createSet(folders, { kind: 'prompt', label: 'Both' })).map(value);
    assert.deepEqual(
      made.map(({ commit }) => commit),
      [head(one), head(two), head(one)],
    );
    for (const lab of [one, two]) assert.equal(lab.git('rev-list', '--count', 'HEAD'), '2\n');
    const again = (await Checkpoints.createSet(folders, { kind: 'prompt', label: 'Both' })).map(value);
    assert.deepEqual(
      again.map(({ unchanged, commit }) => [unchanged, commit]),
      made.map(({ commit }) => [true, commit]),
    );
  });

  it('a reset brings the staged state back, and with the branch everything exactly', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'staged\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'on disk\n');
    lab.write('b.txt', 'unstaged\n');
    lab.write('new.txt', 'untracked\n');
    const [before, was] = [lab.state(), head(lab)];
    const made = await create(checkpoints);
    lab.write('a.txt', 'agent\n');
    lab.write('new.txt', 'agent\n');
    await create(checkpoints);
    const tip = head(lab);

    value(await checkpoints.restore(made.id));
    assert.deepEqual(lab.files(), before.files);
    assert.equal(lab.git('show', ':a.txt'), 'staged\n');
    assert.equal(head(lab), tip);
    value(await checkpoints.undo());
    assert.equal(lab.read('a.txt'), 'agent\n');

    value(await checkpoints.restore(made.id, { moveHead: true }));
    assert.deepEqual(lab.state(), before);
    assert.equal(head(lab), was);
    value(await checkpoints.undo());
    assert.equal(head(lab), tip);
    assert.equal(lab.git('status', '--porcelain'), '');
  });

  it('makes the first commit of an unborn branch', async () => {
    const lab = make(null);
    const checkpoints = await committing(lab);
    assert.equal((await create(checkpoints)).commitSkipped?.reason, 'no-changes');
    lab.write('a.txt', 'a\n');
    const made = await create(checkpoints);
    assert.equal(made.commit, head(lab));
    assert.equal(lab.git('rev-list', '--count', 'HEAD'), '1\n');
    assert.match(lab.git('reflog', 'show', 'main'), /commit \(initial\): Checkpoint: my label\n$/);
    assert.equal((await create(checkpoints)).unchanged, true);
  });

  it('works in a linked worktree, on its own branch', async () => {
    const lab = make(base);
    lab.git('worktree', 'add', '-q', join(lab.outer, 'linked'), '-b', 'other');
    const linked = lab.at(join(lab.outer, 'linked'));
    const made = await (async () => {
      linked.write('a.txt', 'a2\n');
      return create(await committing(linked));
    })();
    assert.equal(lab.git('rev-parse', 'other').trim(), made.commit);
    assert.equal(lab.git('rev-list', '--count', 'main'), '1\n');
    assert.equal(linked.git('status', '--porcelain'), '');
  });

  it('runs none of the hooks, signs nothing, and asks no editor, template or comment character', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    const trace = join(lab.outer, 'hooks-that-ran');
    const names = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-index-change'];
    mkdirSync(join(lab.dir, '.git', 'hooks'), { recursive: true });
    for (const name of [...names, 'reference-transaction', 'pre-auto-gc', 'post-rewrite']) {
      writeFileSync(join(lab.dir, '.git', 'hooks', name), `#!/bin/sh\necho ${name} >> '${trace}'\nexit 1\n`, {
        mode: 0o755,
      });
    }
    writeFileSync(join(lab.outer, 'template'), 'from the template\n');
    const config = {
      'commit.gpgSign': 'true',
      'gpg.program': '/nonexistent/gpg',
      'core.editor': 'false',
      'commit.template': join(lab.outer, 'template'),
      'commit.cleanup': 'strip',
      'commit.verbose': 'true',
      'commit.status': 'true',
      'core.commentChar': 'C',
      'i18n.commitEncoding': 'ISO-8859-1',
      'user.useConfigOnly': 'true',
    };
    for (const [key, setting] of Object.entries(config)) lab.git('config', key, setting);
    lab.write('a.txt', 'a2\n');
    const made = await create(checkpoints, '# Checkpoint 日本');
    assert.equal(made.commitSkipped, null);
    const text = Buffer.from(lab.git('cat-file', 'commit', 'HEAD'), 'latin1').toString('utf8');
    assert.equal(
      text.slice(text.indexOf('\n\n') + 2),
      `Checkpoint: # Checkpoint 日本\n\nSoft-Landing-Checkpoint: ${made.id}\n`,
    );
    assert.doesNotMatch(text, /^(?:encoding|gpgsig)/m);
    assert.throws(() => statSync(trace), { code: 'ENOENT' });
    // So that the hooks above are known to be real ones.
    lab.gitFails('commit', '-q', '--no-gpg-sign', '--allow-empty', '-m', 'mine');
    assert.match(readFileSync(trace, 'utf8'), /pre-commit/);
  });

  it('an identity that is not configured is not guessed', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.git('config', '--unset', 'user.email');
    lab.write('a.txt', 'a2\n');
    await create(checkpoints);
    assert.equal(lab.git('log', '-1', '--format=%an <%ae>'), 'Soft Landing <soft-landing@localhost>\n');
    lab.git('config', 'author.name', 'Author');
    lab.git('config', 'author.email', 'author@example.invalid');
    lab.write('a.txt', 'a3\n');
    await create(checkpoints);
    assert.equal(lab.git('log', '-1', '--format=%an, %cn'), 'Author, Soft Landing\n');
  });

  it('a lock that is let go of soon is waited for', async () => {
    const lab = make(base);
    const checkpoints = await committing(lab);
    lab.write('a.txt', 'a2\n');
    lab.write('.git/index.lock', 'theirs\n');
    // Let go of when git is asked for the tree of what was staged: just before the lock is taken.
    const script = 'case "$*" in *write-tree*) (sleep 0.2; rm -f .git/index.lock) & ;; esac\nexec "$real" "$@"';
    const made = await lab.withGit(script, () => create(checkpoints));
    assert.equal(made.commit, head(lab));
  });

  it('what the checkpoint leaves out is left out of the commit too', async () => {
    const lab = make(base);
    value(await (await lab.open()).setMode('commit'));
    const checkpoints = await lab.open({ maxFileBytes: 100 });
    lab.write('large *.bin', 'x'.repeat(101));
    lab.write('large a.bin', 'small\n');
    lab.write('dir/[c].bin', 'x'.repeat(101));
    lab.write('a.txt', 'a2\n');
    const made = await create(checkpoints);
    assert.equal(made.skipped.length, 2);
    assert.equal(made.commitSkipped, null);
    assert.equal(lab.git('show', '--format=', '--name-only', 'HEAD'), 'a.txt\nlarge a.bin\n');
    assert.equal(lab.git('status', '--porcelain', '-uall'), '?? dir/[c].bin\n?? "large *.bin"\n');
    assert.equal((await create(checkpoints)).unchanged, true);
  });
});
