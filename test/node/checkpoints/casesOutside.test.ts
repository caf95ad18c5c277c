import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { makeUnwritable } from '../../support/unwritable.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', 'dir/c.txt': 'c1\n', 'dir/d.txt': 'd1\n', '.gitignore': '*.log\n' };

/** Staged, edited, untracked. */
function userWorks(lab: Lab): void {
  lab.write('a.txt', 'staged\n');
  lab.git('add', 'a.txt');
  lab.write('a.txt', 'staged, then edited\n');
  lab.write('untracked.txt', 'u\n');
}

describe('checkpoints and what is not theirs', () => {
  const make = useLabs();

  it('the agent deletes the branch, its reflog and every object that nothing holds', async () => {
    const lab = make(base);
    lab.git('checkout', '-q', '-b', 'feature');
    lab.write('dir/c.txt', 'committed on the branch\n');
    lab.commit('on the branch');
    userWorks(lab);
    const { files } = lab.state();
    const { id, head } = await lab.create();
    lab.git('checkout', '-q', '-f', 'main');
    lab.delete('untracked.txt');
    lab.git('branch', '-q', '-D', 'feature');
    lab.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    const after = lab.state();
    const checkpoints = await lab.open();
    value(await checkpoints.restore(id));
    assert.deepEqual(lab.files(), files);
    assert.equal(lab.git('diff', '--cached', '--name-status'), 'M\ta.txt\n');
    assert.equal(lab.git('show', ':a.txt'), 'staged\n');
    assert.equal(lab.git('cat-file', '-t', head ?? ''), 'commit\n');
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
    lab.assertSound();
  });

  it('no look at the history shows them, and nothing that leaves the repository carries them', async () => {
    const lab = make(base);
    lab.commit('second');
    lab.git('tag', 'v1');
    const looks = (): string[] =>
      [
        ['rev-list', '--all', '--count'],
        ['log', '--all', '--graph', '--decorate', '--oneline'],
        ['log', '--branches', '--tags', '--remotes', '--oneline'],
        ['shortlog', '-s', '--all'],
        ['describe', '--all', '--always'],
        ['name-rev', 'HEAD'],
        ['show-branch', '--all'],
        ['for-each-ref', 'refs/heads', 'refs/tags', 'refs/remotes', 'refs/stash'],
      ].map((args) => lab.git(...args));
    const before = looks();
    userWorks(lab);
    const { id, tree } = await lab.create();
    lab.write('a.txt', 'agent\n');
    value(await (await lab.open()).restore(id));
    assert.deepEqual(looks(), before);
    lab.assertSound();

    const bare = lab.at(join(lab.outer, 'bare.git'));
    mkdirSync(bare.dir);
    bare.git('init', '-q', '--bare');
    lab.git('remote', 'add', 'origin', bare.dir);
    lab.git('push', '-q', '--all', 'origin');
    lab.git('push', '-q', '--tags', 'origin');
    const clone = lab.at(join(lab.outer, 'clone'));
    // Through the protocol; a local clone would link the whole object store.
    execFileSync('git', ['clone', '-q', '--no-local', lab.dir, clone.dir], { stdio: 'pipe' });
    clone.git('fetch', '-q', '--tags', '--prune');
    for (const elsewhere of [bare, clone]) {
      assert.deepEqual(elsewhere.refsOfOurs(), []);
      elsewhere.gitFails('cat-file', '-e', tree);
    }
  });

  it("hooks in a folder of the user's own neither run nor veto", async () => {
    const lab = make(base);
    const ran = join(lab.outer, 'ran');
    for (const name of ['post-index-change', 'reference-transaction', 'post-checkout', 'pre-commit']) {
      lab.write(`../hooks/${name}`, `#!/bin/sh\necho ${name} >> '${ran}'\nexit 1\n`, 0o755);
    }
    userWorks(lab);
    const before = lab.state();
    lab.git('config', 'core.hooksPath', join(lab.outer, 'hooks'));
    const { id } = await lab.create();
    const checkpoints = await lab.open();
    lab.write('a.txt', 'agent\n');
    lab.delete('b.txt');
    value(await checkpoints.restore(id));
    assert.deepEqual(lab.state(), before);
    value(await checkpoints.undo());
    assert.equal(lab.read('a.txt'), 'agent\n');
    assert.ok(!existsSync(ran), 'a hook ran');
  });

  it('a folder that git does not trust is refused, with the reason, and not made trusted', async () => {
    const lab = make(base);
    const folder = lab.gitFolder();
    // git's own way to pretend, for its own tests, that another user owns the folder.
    const script = 'export GIT_TEST_ASSUME_DIFFERENT_OWNER=1; exec "$real" "$@"';
    const refused = await lab.withGit(script, async () => failure(await Checkpoints.open(lab.dir)));
    assert.equal(refused.reason, 'dubious-ownership');
    assert.match(refused.message, /another user owns it/);
    assert.deepEqual([lab.gitFolder(), lab.refsOfOurs()], [folder, []]);
    assert.ok(!existsSync(join(process.env['HOME'] ?? '', '.gitconfig')));
  });

  it('a file that cannot be replaced, in the middle of all the others: none of them is changed', async () => {
    const lab = make({ '.gitignore': '*.log\n' });
    const names = Array.from({ length: 30 }, (_, at) => `dir ${at}/file.txt`);
    for (const name of names) lab.write(name, 'base\n');
    lab.commit('base');
    for (const name of names) lab.write(name, 'human\n');
    lab.git('add', names[3] ?? '');
    chmodSync(lab.bytes(names[7] ?? ''), 0o755);
    const { id } = await lab.create();
    for (const name of names) lab.write(name, 'agent\n');
    lab.delete(names[20] ?? '');
    lab.git('add', '-A');
    const before = lab.state();
    const checkpoints = await lab.open();
    const makeWritable = makeUnwritable(join(lab.dir, names[15] ?? ''));
    try {
      assert.equal(failure(await checkpoints.restore(id)).reason, 'failed');
      assert.deepEqual(lab.state(), before, 'not all of them were rolled back');
      assert.equal(failure(await checkpoints.undo()).reason, 'nothing-to-undo');
      assert.equal(lab.exists('.git/index.lock'), false);
    } finally {
      makeWritable();
    }
    value(await checkpoints.restore(id));
    assert.equal(lab.read(names[15] ?? ''), 'human\n');
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), before);
  });
});
