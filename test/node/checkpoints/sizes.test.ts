import assert from 'node:assert/strict';
import { ChangeSizes } from '../../../src/vscode/panel/changeSizes.ts';
import { useLabs, value } from './lab.ts';

describe('sizes of what lies between checkpoints', () => {
  const make = useLabs();

  it('counts files and lines of each pair, with one git for all, and changes nothing', async () => {
    const lab = make({ 'a.txt': '1\n2\n', 'b.txt': 'b\n', 'pixel.bin': '\0\x01' });
    const first = await lab.create('first');
    lab.write('a.txt', '1\n2\n3\n4\n');
    lab.delete('b.txt');
    lab.write('caf\xe9.txt', 'new\n');
    const second = await lab.create('second');
    lab.write('pixel.bin', '\0\x02\x03');
    const third = await lab.create('third');
    const before = lab.state();
    const checkpoints = await lab.open();
    const sizes = value(
      await checkpoints.view.sizes([
        [first.tree, second.tree],
        [second.tree, second.tree],
        [second.tree, third.tree],
        [third.tree, first.tree],
      ]),
    );
    assert.deepEqual(sizes, [
      { files: 3, added: 3, deleted: 1 },
      { files: 0, added: 0, deleted: 0 },
      { files: 1, added: 0, deleted: 0 },
      { files: 4, added: 1, deleted: 3 },
    ]);
    assert.deepEqual(value(await checkpoints.view.sizes([])), []);
    assert.deepEqual(lab.state(), before);
  });

  it('leaves a gap where a tree is gone, and nowhere else', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const { tree } = await lab.create();
    const gone = 'f'.repeat(40);
    const checkpoints = await lab.open();
    const same = { files: 0, added: 0, deleted: 0 };
    const pairs = [
      [tree, gone],
      [tree, tree],
      [gone, tree],
    ] as const;
    assert.deepEqual(value(await checkpoints.view.sizes(pairs)), [null, same, null]);
  });

  it('asks once for each pair of trees, and says nothing of what is not in the list', async () => {
    const lab = make({ 'a.txt': '1\n' });
    await lab.create('first');
    lab.write('a.txt', '2\n');
    await lab.create('second');
    const checkpoints = await lab.open();
    const [second, first] = value(await checkpoints.list());
    assert(first !== undefined && second !== undefined);
    const asked: number[] = [];
    const sizes = new ChangeSizes();
    const answer = () =>
      sizes.answer(
        [second, first],
        [
          [first.id, second.id],
          [first.id, 'gone'],
        ],
        (pairs) => {
          asked.push(pairs.length);
          return checkpoints.view.sizes(pairs);
        },
      );
    const told = { type: 'sizes', sizes: [{ from: first.id, to: second.id, files: 1, added: 1, deleted: 1 }] };
    assert.deepEqual(await answer(), told);
    assert.deepEqual(await answer(), told);
    assert.deepEqual(asked, [1]);
  });
});
