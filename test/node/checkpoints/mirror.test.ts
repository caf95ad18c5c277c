import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { gitEnvironment } from '../../support/repository.ts';
import { roundTrip, useLabs, value, type Lab } from './lab.ts';

describe('a repository whose remotes would carry our refs away', () => {
  const make = useLabs();

  const stateFolder = (lab: Lab): string => join(lab.outer, 'state');
  const open = async (lab: Lab): Promise<Checkpoints> =>
    value(await Checkpoints.open(lab.dir, { stateFolder: stateFolder(lab) }));
  const save = async (lab: Lab, label = 'x') => value(await (await open(lab)).create({ kind: 'manual', label }));
  function stores(lab: Lab): string[] {
    const folder = join(stateFolder(lab), 'stores');
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  }

  /** A bare repository that `origin` mirrors to. */
  function mirror(lab: Lab): Lab {
    const bare = lab.at(join(lab.outer, 'mirror.git'));
    mkdirSync(bare.dir);
    bare.git('init', '-q', '--bare');
    lab.git('remote', 'add', '--mirror=push', 'origin', bare.dir);
    return bare;
  }

  const objectsOf = (lab: Lab): string =>
    lab.git('cat-file', '--batch-all-objects', '--batch-check=%(objectname)').split('\n').sort().join('\n');

  it('keeps refs and objects outside, so that a mirror push carries nothing of ours', async () => {
    const lab = make({ 'a.txt': '1\n', 'dir/b.txt': '1\n' });
    const bare = mirror(lab);
    lab.write('a.txt', '2\n');
    lab.write('untracked.txt', 'secret\n');
    const before = objectsOf(lab);
    const checkpoints = await open(lab);
    assert.match(checkpoints.notes.join(), /mirror of all refs.*kept outside/);
    const made = value(await checkpoints.create({ kind: 'manual', label: 'first' }));
    assert.equal(made.tree, treeOfAddAll(lab));
    assert.equal(objectsOf(lab), before, 'nothing is written into the object store of the user');
    assert.deepEqual(lab.refsOfOurs(), []);
    assert.equal((await save(lab)).unchanged, true);
    lab.git('push', '-q', '--mirror', 'origin');
    assert.equal(bare.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main\n');
    assert.equal(value(await checkpoints.list()).length, 1);
    lab.assertSound();
  });

  it('brings the exact state back, staged, conflicted and intended too, and leaves an index that git can read', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n', 'dir/c.txt': '1\n' });
    mirror(lab);
    process.env['SOFT_LANDING_HOME'] = stateFolder(lab);
    try {
      lab.git('checkout', '-q', '-b', 'side');
      lab.write('b.txt', 'side\n');
      lab.commit('side');
      lab.git('checkout', '-q', 'main');
      lab.write('b.txt', 'main\n');
      lab.commit('main');
      lab.gitFails('merge', 'side');
      lab.write('a.txt', 'staged\n');
      lab.write('dir/new.txt', 'staged\n');
      lab.git('add', 'a.txt', 'dir/new.txt');
      lab.write('a.txt', 'unstaged\n');
      lab.write('intended.txt', 'x\n');
      lab.git('add', '-N', 'intended.txt');
      await roundTrip(
        lab,
        () => {
          lab.git('reset', '-q', '--hard');
          lab.write('a.txt', 'agent\n');
          lab.delete('dir');
          lab.git('reflog', 'expire', '--expire=now', '--all');
          lab.git('gc', '-q', '--prune=now');
        },
        { tree: 'other' },
      );
    } finally {
      delete process.env['SOFT_LANDING_HOME'];
    }
  });

  it('survives the gc of the user right after a reset: what HEAD and index need is theirs', async () => {
    const lab = make({ 'a.txt': '1\n', 'dir/b.txt': '1\n' });
    mirror(lab);
    lab.write('a.txt', 'staged\n');
    lab.write('dir/sub/new.txt', 'staged\n');
    lab.git('add', '-A');
    lab.write('a.txt', 'unstaged\n');
    const before = lab.state();
    const { id } = await save(lab);
    lab.git('reset', '-q', '--hard');
    lab.git('gc', '-q', '--prune=now');
    assert.equal(lab.git('status', '--porcelain'), '');
    value(await (await open(lab)).restore(id));
    // Without our store there is only what is the user's own.
    rmSync(stateFolder(lab), { recursive: true });
    lab.git('gc', '-q', '--prune=now');
    lab.assertSound();
    assert.deepEqual(lab.state(), before);
    assert.match(lab.git('diff', '--cached'), /\+staged/);
    lab.git('commit', '-q', '-m', 'works');
    lab.assertSound();
  });

  it('brings what was there before a mirror was set up out of the repository, and back when it is gone', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n' });
    lab.write('a.txt', '2\n');
    const first = await save(lab, 'first');
    lab.commit('will be rewritten');
    lab.write('b.txt', '2\n');
    lab.git('add', 'b.txt');
    const saved = lab.state();
    const second = await save(lab, 'second');
    lab.git('pack-refs', '--all');
    lab.write('b.txt', 'agent\n');
    const bare = mirror(lab);

    const outside = await open(lab);
    assert.deepEqual(lab.refsOfOurs(), []);
    assert.equal(stores(lab).length, 1);
    assert.deepEqual(
      value(await outside.list()).map(({ id }) => id),
      [second.id, first.id],
    );
    lab.git('push', '-q', '--mirror', 'origin');
    assert.equal(bare.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main\n');
    // Nothing in the repository names them any more.
    lab.git('gc', '-q', '--prune=now');
    value(await outside.restore(second.id));
    assert.deepEqual(lab.state(), saved);
    value(await outside.undo());

    lab.git('remote', 'remove', 'origin');
    const inside = await open(lab);
    assert.deepEqual([inside.notes, stores(lab)], [[], []]);
    assert.equal(value(await inside.list()).length, 4);
    assert.ok(lab.refsOfOurs().length >= 4);
    lab.git('gc', '-q', '--prune=now');
    lab.assertSound();
    value(await inside.restore(first.id, { paths: ['a.txt'] }));
    assert.equal(lab.read('a.txt'), '2\n');
    lab.assertSound();
  });

  it('takes the checkpoints of a folder that became such a repository', async () => {
    const lab = make(null);
    rmSync(join(lab.dir, '.git'), { recursive: true });
    lab.write('a.txt', '1\n');
    const options = { stateFolder: stateFolder(lab), newStoreAt: lab.dir };
    const { id } = value(
      await value(await Checkpoints.open(lab.dir, options)).create({ kind: 'manual', label: 'before' }),
    );
    lab.git('init', '-q', '-b', 'main');
    mirror(lab);
    const checkpoints = await open(lab);
    assert.deepEqual(
      value(await checkpoints.list()).map((one) => one.id),
      [id],
    );
    assert.deepEqual(lab.refsOfOurs(), []);
    lab.write('a.txt', '2\n');
    value(await checkpoints.restore(id));
    assert.equal(lab.read('a.txt'), '1\n');
  });

  it('notices every kind of change to the configuration, and asks git only after one', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const isOutside = async (): Promise<boolean> => (await open(lab)).repository.store !== null;
    assert.equal(await isOutside(), false);
    lab.git('config', 'remote.x.push', 'refs/heads/*:refs/heads/*');
    assert.equal(await isOutside(), false);
    lab.git('config', '--add', 'remote.x.push', '+refs/*:refs/*');
    assert.equal(await isOutside(), true);
    lab.git('config', '--add', 'remote.x.push', '^refs/soft-landing/*');
    assert.equal(await isOutside(), false);
    // An included file that is not there yet, then one that is.
    const included = join(lab.outer, 'included');
    lab.git('config', 'include.path', included);
    assert.equal(await isOutside(), false);
    writeFileSync(included, '[remote "y"]\n\tmirror\n');
    assert.equal(await isOutside(), true);
    rmSync(included);
    assert.equal(await isOutside(), false);
    // The user's own configuration, absent until now.
    delete process.env['GIT_CONFIG_GLOBAL'];
    assert.equal(await isOutside(), false);
    writeFileSync(join(homedir(), '.gitconfig'), '[remote "z"]\n\tfetch = +refs/*:refs/*\n');
    assert.equal(await isOutside(), true);
    rmSync(join(homedir(), '.gitconfig'));
    assert.equal(await isOutside(), false);

    const log = join(lab.outer, 'asked');
    await lab.withGit(
      `for word; do [ "$word" = --show-origin ] && echo asked >>'${log}'; done; exec "$real" "$@"`,
      async () => {
        assert.equal(await isOutside(), false);
        assert.equal(existsSync(log), false);
        lab.git('config', 'core.abbrev', '9');
        assert.equal(await isOutside(), false);
        assert.equal(existsSync(log), true);
      },
    );
  });

  function treeOfAddAll(lab: Lab): string {
    const env = { ...gitEnvironment(), GIT_INDEX_FILE: join(lab.outer, 'add-all.index') };
    const objects = join(lab.outer, 'add-all.objects');
    mkdirSync(objects, { recursive: true });
    const own = { GIT_OBJECT_DIRECTORY: objects, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(lab.dir, '.git', 'objects') };
    const run = (...args: string[]): string =>
      execFileSync('git', args, { cwd: lab.dir, env: { ...env, ...own }, encoding: 'utf8', stdio: 'pipe' });
    run('add', '-A');
    return run('write-tree').trim();
  }
});
