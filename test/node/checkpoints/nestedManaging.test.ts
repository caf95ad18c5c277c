import assert from 'node:assert/strict';
import { useLabs, value } from './lab.ts';
import { ids, nest, save } from './sets.ts';

describe('checkpoints of nested repositories, managed from outside', () => {
  const make = useLabs();
  const base = { 'a.txt': 'a1\n', 'folder/b.txt': 'b1\n' };
  const inside = { 'lib.txt': 'l1\n', 'deep/m.txt': 'm1\n', 'gone.txt': 'g1\n' };

  it('are pinned and deleted with the checkpoint that names theirs, as far as no other one does', async () => {
    const lab = make(base);
    const [one, two] = [nest(lab, 'one', inside), nest(lab, 'two', inside)];
    const inner = nest(one, 'inner', inside);
    const checkpoints = await lab.open();
    const first = await save(checkpoints, 'first');
    one.write('lib.txt', '2\n');
    const second = await save(checkpoints, 'second');
    one.write('lib.txt', '3\n');
    const third = await save(checkpoints, 'third');
    const pinnedIn = async (folder: typeof lab): Promise<readonly string[]> =>
      value(await (await folder.open()).list()).flatMap(({ id, pinned }) => (pinned ? [id] : []));

    value(await checkpoints.keeping.pin(second.id, true));
    value(await checkpoints.keeping.pin(third.id, true));
    assert.deepEqual(await Promise.all([one, two, inner].map(pinnedIn)), [
      [third.id, second.id],
      [first.id],
      [first.id],
    ]);
    value(await checkpoints.keeping.pin(second.id, false));
    assert.deepEqual(await Promise.all([one, two, inner].map(pinnedIn)), [[third.id], [first.id], [first.id]]);
    value(await checkpoints.keeping.pin(third.id, false));
    assert.deepEqual(await Promise.all([one, two, inner].map(pinnedIn)), [[], [], []]);

    value(await checkpoints.keeping.delete([first.id]));
    assert.deepEqual([one, two, inner].map(ids), [[second.id, third.id], [first.id], [first.id]]);
    // Made in that repository for itself: not for others to delete.
    two.write('lib.txt', 'own\n');
    const own = await save(await two.open(), 'own');
    const fourth = await save(checkpoints, 'fourth');
    value(await checkpoints.keeping.delete([second.id, third.id, fourth.id]));
    assert.deepEqual([one, two, inner].map(ids), [[], [own.id], []]);
  });

  it('are part of what has changed since, and of the patch', async () => {
    const lab = make(base);
    const inner = nest(lab, 'folder/inner', inside);
    const deep = nest(inner, 'core', { 'd.txt': '1\n' });
    const checkpoints = await lab.open();
    const first = await save(checkpoints);
    lab.write('a.txt', 'agent\n');
    inner.write('lib.txt', 'agent\n');
    deep.write('d.txt', '2\n');
    const found = value(await checkpoints.view.changes(first.id));
    const paths = ['a.txt', 'folder/inner/lib.txt', 'folder/inner/core/d.txt'];
    assert.deepEqual(
      found.changes.map(({ path }) => path),
      paths,
    );
    assert.deepEqual(found.notCompared, []);
    const within = value(await checkpoints.view.changes(first.id, { paths: ['folder/inner/core'] }));
    assert.deepEqual(
      within.changes.map(({ path }) => path),
      paths.slice(2),
    );
    const { patch } = value(await checkpoints.view.patch(first.id, { color: false }));
    for (const path of paths) assert.ok(patch.includes(`--- a/${path}\n+++ b/${path}\n`), patch.toString());
    const second = await save(checkpoints);
    const between = value(await checkpoints.view.changes(first.id, {}, second.id));
    assert.deepEqual(
      between.changes.map(({ path }) => path),
      paths,
    );
    const shown = value(await checkpoints.view.show(second.id));
    assert.deepEqual(shown.members, [{ path: 'folder/inner', id: second.id }]);
  });
});
