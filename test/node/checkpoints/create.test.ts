import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { failure, useLabs, value } from './lab.ts';

const hookNames = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'post-rewrite',
  'post-index-change',
  'reference-transaction',
  'sendemail-validate',
  'fsmonitor-watchman',
  'push-to-checkout',
];

describe('creating checkpoints', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'b.txt': 'b1\n', '.gitignore': '*.log\n' };

  it('says unchanged, and makes no ref, exactly as long as files, staging and HEAD are the same', async () => {
    const lab = make(base);
    const ids: string[] = [];
    const isNew = async (why: string): Promise<void> => {
      const refs = lab.refsOfOurs();
      const made = await lab.create(why);
      assert.equal(made.unchanged, false, why);
      assert.ok(!ids.includes(made.id));
      ids.push(made.id);
      const refsAfter = lab.refsOfOurs();
      assert.ok(refsAfter.length > refs.length);
      const again = await lab.create('again');
      assert.deepEqual([again.unchanged, again.id], [true, made.id], why);
      assert.deepEqual(lab.refsOfOurs(), refsAfter, why);
    };
    await isNew('the first one');
    lab.write('a.txt', 'edited\n');
    await isNew('an edit');
    lab.git('add', 'a.txt');
    await isNew('staging alone');
    lab.git('reset', '-q');
    await isNew('unstaging alone');
    lab.write('new.txt', 'n\n');
    await isNew('an untracked file');
    lab.git('add', '-N', 'new.txt');
    await isNew('an intention to add');
    chmodSync(lab.bytes('b.txt'), 0o755);
    await isNew('an executable bit');
    lab.git('commit', '-q', '--allow-empty', '-m', 'empty');
    await isNew('a commit that changes no file');
    lab.git('checkout', '-q', '-b', 'other');
    await isNew('another branch at the same commit');
    lab.write('debug.log', 'ignored');
    assert.equal((await lab.create()).unchanged, true, 'an ignored file');
  });

  it('does not believe a fingerprint taken before somebody else staged a file', async () => {
    const lab = make(base);
    lab.write('a.txt', 'edited\n');
    execFileSync('touch', ['-d', '1 hour ago', join(lab.dir, 'a.txt')]);
    const checkpoints = await lab.open();
    // ctime cannot be set: the file has to become old enough for its stat to prove anything.
    await new Promise((done) => setTimeout(done, 2100));
    // A git that stages a.txt right after the engine's first look.
    const done = join(lab.outer, 'done');
    const staged = await lab.withGit(
      `"$real" "$@"; code=$?
      case "$*" in *" status "*) if [ ! -e '${done}' ]; then : > '${done}'; "$real" add a.txt; fi;; esac
      exit $code`,
      async () => value(await checkpoints.create({ kind: 'manual', label: 'staged meanwhile' })),
    );
    assert.ok(existsSync(done));
    // Either state is a true one; what is remembered must be the one that was saved.
    const hasStaged = lab.git('for-each-ref', staged.ref.replace(/w$/, 'i')) !== '';
    const same = value(await checkpoints.create({ kind: 'manual', label: 'still staged' }));
    assert.equal(same.unchanged, hasStaged);
    lab.git('reset', '-q');
    const after = value(await checkpoints.create({ kind: 'manual', label: 'unstaged' }));
    assert.equal(after.unchanged, false);
  });

  it('sees an edit of the same size within the second of the last index write, 12 times of 12', async () => {
    const lab = make({ 'racy.txt': 'content 00\n' });
    for (let round = 1; round <= 12; round++) {
      const content = `content ${String(round).padStart(2, '0')}\n`;
      lab.git('add', 'racy.txt');
      lab.write('racy.txt', content);
      const { tree } = await lab.create(`round ${round}`);
      assert.equal(lab.git('cat-file', 'blob', `${tree}:racy.txt`), content);
    }
  });

  it('keeps linked worktrees apart, one called "main" too, and their checkpoints when they are removed', async () => {
    const lab = make(base);
    lab.write('a.txt', 'in the main one\n');
    const mine = await lab.create('mine');
    const made = new Map([[mine.id, 'in the main one\n']]);
    for (const name of ['linked', 'main', 'main-linked']) {
      lab.git('worktree', 'add', '-q', '-b', `branch-${name}`, join(lab.outer, name));
      const linked = lab.at(join(lab.outer, name));
      linked.write('a.txt', `in ${name}\n`);
      const checkpoint = await linked.create(name);
      made.set(checkpoint.id, `in ${name}\n`);
      const list = value(await (await linked.open()).list());
      assert.deepEqual(
        list.map((entry) => entry.id),
        [checkpoint.id],
      );
      assert.equal(failure(await (await linked.open()).restore(mine.id)).reason, 'not-found');
      lab.git('worktree', 'remove', '--force', linked.dir);
    }
    lab.git('reflog', 'expire', '--expire=now', '--all');
    lab.git('gc', '-q', '--prune=now');
    const all = value(await (await lab.open()).list({ allWorktrees: true }));
    assert.equal(all.length, 4);
    for (const checkpoint of all)
      assert.equal(lab.git('cat-file', 'blob', `${checkpoint.tree}:a.txt`), made.get(checkpoint.id));
  });

  it('is made beside a foreign index.lock', async () => {
    const lab = make(base);
    lab.write('a.txt', 'edited\n');
    lab.write('.git/index.lock', 'somebody else');
    assert.equal((await lab.create()).tree, lab.treeOfAddAll());
    assert.equal(lab.read('.git/index.lock'), 'somebody else');
  });

  it('is not led astray by variables that redirect git', async () => {
    const lab = make(base);
    const other = make({ 'other.txt': 'o\n' });
    lab.write('a.txt', 'edited\n');
    const expected = lab.treeOfAddAll();
    const leaked = {
      GIT_DIR: join(other.dir, '.git'),
      GIT_WORK_TREE: other.dir,
      GIT_INDEX_FILE: join(other.dir, '.git', 'index'),
      GIT_OBJECT_DIRECTORY: join(other.dir, '.git', 'objects'),
      GIT_NAMESPACE: 'leaked',
    };
    Object.assign(process.env, leaked);
    try {
      const made = value(await (await lab.open()).create({ kind: 'manual', label: 'leaked' }));
      assert.equal(made.tree, expected);
    } finally {
      for (const name of Object.keys(leaked)) Reflect.deleteProperty(process.env, name);
    }
    assert.deepEqual(other.refsOfOurs(), []);
    assert.equal(lab.refsOfOurs().length > 0, true);
  });

  it('ignores what the user ignores everywhere, wherever that configuration lies', async () => {
    const lab = make(base);
    writeFileSync(join(lab.outer, 'ignore'), '*.secret\n');
    writeFileSync(join(lab.outer, 'config'), `[core]\n\texcludesFile = ${join(lab.outer, 'ignore')}\n`);
    lab.write('x.secret', 'never saved');
    process.env['GIT_CONFIG_GLOBAL'] = join(lab.outer, 'config');
    const { tree } = await lab.create();
    assert.equal(tree, lab.git('rev-parse', 'HEAD^{tree}').trim());
  });

  it('fails clearly, writing nothing, when a required filter is missing', async () => {
    const lab = make(base);
    lab.write('.gitattributes', '*.bin filter=gone\n');
    lab.commit('attributes');
    lab.git('config', 'filter.gone.clean', 'no-such-program-anywhere');
    lab.git('config', 'filter.gone.required', 'true');
    lab.write('x.bin', 'x');
    const before = lab.state();
    const refused = failure(await (await lab.open()).create({ kind: 'manual', label: 'x' }));
    assert.equal(refused.reason, 'failed');
    assert.match(refused.message, /filter 'gone'/);
    assert.deepEqual(lab.refsOfOurs(), []);
    assert.deepEqual(lab.state(), before);
  });

  it('runs no hook, not for reset and undo either, and signs nothing', async () => {
    const lab = make(base);
    const ran = join(lab.outer, 'hook ran');
    for (const name of hookNames) {
      lab.write(`.git/hooks/${name}`, `#!/bin/sh\necho ${name} >> '${ran}'\nexit 1\n`, 0o755);
    }
    assert.throws(() => lab.git('update-ref', 'refs/heads/vetoed', 'HEAD'), /Command failed/);
    assert.ok(existsSync(ran), 'the hooks of this test work');
    rmSync(ran);
    lab.git('config', 'commit.gpgSign', 'true');
    lab.git('config', 'tag.gpgSign', 'true');
    lab.git('config', 'gpg.program', 'false');
    lab.write('a.txt', 'edited\n');
    const { id } = await lab.create();
    lab.write('a.txt', 'agent\n');
    lab.write('new.txt', 'n\n');
    const checkpoints = await lab.open();
    value(await checkpoints.restore(id));
    value(await checkpoints.undo());
    assert.equal(lab.read('a.txt'), 'agent\n');
    assert.ok(!existsSync(ran), 'a hook ran');
  });

  it('refuses what is no repository, or has no working tree', async () => {
    const lab = make(base);
    assert.equal(failure(await Checkpoints.open(lab.outer)).reason, 'not-a-repository');
    assert.equal(failure(await Checkpoints.open(join(lab.outer, 'missing'))).reason, 'not-a-repository');
    assert.equal(failure(await Checkpoints.open(join(lab.dir, '.git'))).reason, 'no-working-tree');
  });

  it('keeps its own files private and leaves none behind', async () => {
    const lab = make(base);
    lab.write('a.txt', 'edited\n');
    await lab.create();
    const own = execFileSync('ls', ['-A', join(lab.dir, '.git', 'soft-landing')], { encoding: 'utf8' }).split('\n');
    assert.deepEqual(own, ['config.json', 'flags.json', 'folders.json', 'last.json', 'version.json', '']);
    assert.equal(statSync(join(lab.dir, '.git', 'soft-landing', 'last.json')).mode & 0o777, 0o600);
  });
});
