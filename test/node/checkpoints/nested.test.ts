import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, useLabs, value } from './lab.ts';
import { gitCommandsOf, ids, nest, roundTripSet, save, statesOf } from './sets.ts';

describe('nested repositories', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'folder/b.txt': 'b1\n' };
  const inside = { 'lib.txt': 'l1\n', 'deep/m.txt': 'm1\n', 'gone.txt': 'g1\n' };

  it('with and without commits, are saved under one id, gone back to and undone with the repository around them', async () => {
    const lab = make(base);
    const full = nest(lab, 'folder/full', inside);
    const unborn = nest(lab, 'unborn', null);
    full.write('lib.txt', 'staged\n');
    full.git('add', 'lib.txt');
    full.write('lib.txt', 'human\n');
    full.write('untracked.txt', 'human\n');
    unborn.write('first.txt', 'human\n');
    unborn.write('second.txt', 'human\n');
    unborn.git('add', 'first.txt');
    lab.write('a.txt', 'human\n');
    const { made, restored, undone } = await roundTripSet([lab, full, unborn], () => {
      lab.write('a.txt', 'agent\n');
      full.git('reset', '-q', '--hard');
      full.delete('untracked.txt');
      full.delete('gone.txt');
      full.write('deep/new.txt', 'agent\n');
      unborn.write('first.txt', 'agent\n');
      unborn.write('third.txt', 'agent\n');
      unborn.git('add', '-A');
    });
    assert.deepEqual(made.skipped, []);
    for (const repository of [lab, full, unborn]) assert.ok(ids(repository).includes(made.id));
    assert.deepEqual(
      restored.members.map(({ path, restored: id, written, deleted, kept }) => ({ path, id, written, deleted, kept })),
      [
        { path: 'folder/full', id: made.id, written: 3, deleted: 1, kept: [] },
        { path: 'unborn', id: made.id, written: 1, deleted: 1, kept: [] },
      ],
    );
    assert.deepEqual([restored.written, restored.deleted, restored.kept], [1, 0, []]);
    assert.deepEqual(
      undone.members.map(({ path, written, deleted }) => ({ path, written, deleted })),
      [
        { path: 'folder/full', written: 2, deleted: 2 },
        { path: 'unborn', written: 2, deleted: 0 },
      ],
    );
  });

  it('inside one another are all part of the set', async () => {
    const lab = make(base);
    const outer = nest(lab, 'outer', inside);
    const inner = nest(outer, 'inner', inside);
    inner.write('lib.txt', 'human\n');
    const { made, restored, checkpoints } = await roundTripSet([lab, outer, inner], () => {
      inner.write('lib.txt', 'agent\n');
      inner.write('new.txt', 'agent\n');
    });
    assert.deepEqual(
      restored.members.map(({ path }) => path),
      ['outer', 'outer/inner'],
    );
    assert.deepEqual(ids(inner)[0], made.id);
    // Only inside the innermost one something changes: every one around it has to say so.
    const next = await save(checkpoints);
    assert.equal(next.unchanged, false);
    assert.equal((await save(checkpoints)).unchanged, true);
    inner.write('lib.txt', 'once more\n');
    const last = await save(checkpoints);
    for (const repository of [lab, outer, inner]) assert.ok(ids(repository).includes(last.id));
  });

  it('that have not changed keep their checkpoint, which the new one names', async () => {
    const lab = make(base);
    const [one, two] = [nest(lab, 'one', inside), nest(lab, 'two', inside)];
    const checkpoints = await lab.open();
    const first = await save(checkpoints);
    one.write('lib.txt', 'changed\n');
    const second = await save(checkpoints);
    assert.equal(second.unchanged, false);
    assert.deepEqual(ids(one), [first.id, second.id]);
    assert.deepEqual(ids(two), [first.id]);
    two.write('lib.txt', 'agent\n');
    one.write('lib.txt', 'agent\n');
    const report = value(await checkpoints.restore(second.id));
    assert.equal(one.read('lib.txt'), 'changed\n');
    assert.equal(two.read('lib.txt'), inside['lib.txt']);
    assert.deepEqual(
      report.members.map(({ path, restored }) => [path, restored]),
      [
        ['one', second.id],
        ['two', first.id],
      ],
    );
  });

  it('cost a look each while nothing changes, and nothing where there are none', async () => {
    const plain = make(base);
    plain.write('a.txt', 'edited\n');
    const alone = await plain.open();
    await save(alone);
    await new Promise((done) => setTimeout(done, 2100));
    await save(alone);
    assert.deepEqual(await gitCommandsOf(plain, () => save(alone)), ['status']);

    const lab = make(base);
    nest(lab, 'one', inside);
    nest(lab, 'two', null);
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    await new Promise((done) => setTimeout(done, 2100));
    await save(checkpoints);
    let again: { readonly id: string; readonly unchanged: boolean } | undefined;
    const commands = await gitCommandsOf(lab, async () => {
      again = await save(checkpoints);
    });
    assert.deepEqual([again?.id, again?.unchanged], [made.id, true]);
    assert.equal(commands.filter((command) => command === 'status').length, 3);
    assert.ok(!commands.includes('for-each-ref') && !commands.includes('hash-object'), commands.join());
    assert.ok(commands.length <= 3 + 2 * 3, commands.join());
  });

  it('are left alone by a reset to a checkpoint that did not know them, and one that is gone is told of', async () => {
    const lab = make(base);
    const gone = nest(lab, 'gone', inside);
    const checkpoints = await lab.open();
    const first = await save(checkpoints);
    rmSync(gone.dir, { recursive: true });
    nest(lab, 'new', inside);
    lab.write('a.txt', 'agent\n');
    const report = value(await checkpoints.restore(first.id));
    assert.deepEqual(report.kept, [{ path: 'new', reason: 'nested-repository' }]);
    assert.equal(lab.read('a.txt'), 'a1\n');
    assert.equal(lab.read('new/lib.txt'), inside['lib.txt']);
    const [member] = report.members;
    assert.deepEqual([member?.path, member?.restored, member?.error?.reason], ['gone', null, 'not-found']);
    assert.match(member?.error?.message ?? '', /cannot be brought back/);
    value(await checkpoints.undo());
    assert.equal(lab.read('a.txt'), 'agent\n');
  });

  it('that git cannot open are told of, the others saved', async () => {
    const lab = make(base);
    nest(lab, 'sound', inside);
    const broken = nest(lab, 'broken', inside);
    writeFileSync(join(broken.dir, '.git', 'index'), 'junk');
    mkdirSync(join(lab.dir, 'nowhere'));
    writeFileSync(join(lab.dir, 'nowhere', '.git'), 'gitdir: /nowhere/at/all\n');
    lab.write('nowhere/file.txt', 'kept\n');
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    assert.deepEqual(made.skipped, [{ path: 'broken', reason: 'nested repository: git cannot read it', bytes: 0 }]);
    // git takes the folder with a .git that leads nowhere for a folder, and so its file is saved.
    assert.equal(lab.git('cat-file', 'blob', `${made.tree}:nowhere/file.txt`), 'kept\n');
    assert.equal((await save(checkpoints)).unchanged, true);
  });

  it('that have the git directory of the repository around them are refused, as are more than 50', async () => {
    const lab = make(base);
    mkdirSync(join(lab.dir, 'a loop'));
    writeFileSync(join(lab.dir, 'a loop', '.git'), `gitdir: ${lab.dir}/.git\n`);
    for (let at = 10; at < 62; at++) nest(lab, `clone${at}`, null).write('x', 'x');
    const made = await save(await lab.open());
    const why = new Map(made.skipped.map(({ path, reason }) => [path, reason]));
    const tooMany = 'nested repository: there are more than 50 nested repositories';
    assert.deepEqual([...why.keys()].sort(), ['a loop', 'clone59', 'clone60', 'clone61']);
    assert.deepEqual([why.get('clone60'), why.get('clone61')], [tooMany, tooMany]);
    assert.equal(why.get('a loop'), 'nested repository: it has the git directory of the repository around it');
  });

  it('one that is busy, or whose index is locked, or that lacks an object, is reported; the others are restored', async () => {
    const lab = make(base);
    const [busy, locked, damaged, sound] = ['busy', 'locked', 'damaged', 'sound'].map((name) =>
      nest(lab, name, inside),
    );
    assert.ok(busy && locked && damaged && sound);
    damaged.write('lib.txt', 'will be lost\n');
    const all = [lab, busy, locked, damaged, sound];
    const checkpoints = await lab.open({ waitMs: 200 });
    const made = await save(checkpoints);
    const before = statesOf(all);
    for (const repository of all.slice(1)) {
      repository.write('lib.txt', 'agent\n');
      repository.write('new.txt', 'agent\n');
    }
    const after = statesOf(all);
    const lock = join(busy.dir, '.git', 'soft-landing', 'lock');
    writeFileSync(lock, `1 another-machine - x\n`);
    writeFileSync(join(locked.dir, '.git', 'index.lock'), '');
    const blob = damaged
      .git(
        'rev-parse',
        `${made.id === '' ? '' : ref(damaged.git('for-each-ref', '--format=%(refname)', 'refs/soft-landing/*/*/w'))}:lib.txt`,
      )
      .trim();
    rmSync(join(damaged.dir, '.git', 'objects', blob.slice(0, 2), blob.slice(2)), { force: true });
    const report = value(await checkpoints.restore(made.id));
    assert.deepEqual(
      report.members.map(({ path, error }) => [path, error?.reason ?? 'restored']),
      [
        ['busy', 'busy'],
        ['damaged', 'damaged'],
        ['locked', 'index-locked'],
        ['sound', 'restored'],
      ],
    );
    const now = statesOf(all);
    assert.deepEqual(now[4], before[4]);
    for (const at of [1, 2, 3]) assert.deepEqual(now[at], after[at]);
    rmSync(lock);
    rmSync(join(locked.dir, '.git', 'index.lock'));
    const undone = value(await checkpoints.undo());
    assert.deepEqual(
      undone.members.map(({ path, error }) => [path, error]),
      [['sound', undefined]],
    );
    assert.deepEqual(statesOf(all), after);
  });

  function ref(lines: string): string {
    return lines.trim().split('\n').at(-1) ?? '';
  }

  it('a path inside one is restored there alone; a preview counts it and changes nothing', async () => {
    const lab = make(base);
    const inner = nest(lab, 'folder/inner', inside);
    const other = nest(lab, 'other', inside);
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    const agent = (): void => {
      for (const repository of [lab, inner, other]) {
        repository.write('a.txt', 'agent\n');
        repository.write('lib.txt', 'agent\n');
      }
    };
    agent();
    const after = statesOf([lab, inner, other]);
    const wanted = { paths: ['folder/inner/lib.txt'] };
    const preview = value(await checkpoints.preview(made.id, wanted));
    assert.deepEqual(
      [preview.written, preview.deleted, preview.members.map(({ path, written, deleted }) => [path, written, deleted])],
      [0, 0, [['folder/inner', 1, 0]]],
    );
    assert.deepEqual(statesOf([lab, inner, other]), after);
    value(await checkpoints.restore(made.id, wanted));
    assert.equal(inner.read('lib.txt'), inside['lib.txt']);
    assert.equal(inner.read('a.txt'), 'agent\n');
    assert.equal(other.read('lib.txt'), 'agent\n');
    assert.equal(lab.read('a.txt'), 'agent\n');
    value(await checkpoints.undo());
    assert.deepEqual(statesOf([lab, inner, other]), after);
    // A folder around it means all of it.
    value(await checkpoints.restore(made.id, { paths: ['folder'] }));
    assert.equal(inner.exists('a.txt'), false);
    assert.equal(other.read('lib.txt'), 'agent\n');
  });

  it('a reset done inside one since is not undone from outside', async () => {
    const lab = make(base);
    const inner = nest(lab, 'inner', inside);
    const checkpoints = await lab.open();
    const made = await save(checkpoints);
    inner.write('lib.txt', 'agent\n');
    value(await checkpoints.restore(made.id));
    inner.write('lib.txt', 'later\n');
    const own = await inner.open();
    value(await own.restore(made.id));
    const undone = value(await checkpoints.undo());
    assert.equal(undone.members[0]?.error?.reason, 'nothing-to-undo');
    assert.equal(inner.read('lib.txt'), inside['lib.txt']);
    value(await own.undo());
    assert.equal(inner.read('lib.txt'), 'later\n');
    value(await own.undo());
    assert.equal(inner.read('lib.txt'), 'agent\n');
    assert.equal(failure(await own.undo()).reason, 'nothing-to-undo');
  });
});
