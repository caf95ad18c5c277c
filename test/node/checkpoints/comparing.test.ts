import assert from 'node:assert/strict';
import { failure, useLabs, value } from './lab.ts';

describe('comparing checkpoints for a viewer', () => {
  const make = useLabs();
  const latin = 'caf\xe9.txt';

  it('until now: what each side is, whatever it is called', async () => {
    const lab = make({ 'a.txt': '1\n', 'sub/b.txt': 'b\n', 'odd #?%.txt': 'x\n' });
    lab.write(latin, 'then\n');
    lab.write('becomes', 'a file\n');
    lab.link('link', 'a.txt');
    lab.write('pixel.bin', '\0\x01');
    const { id, tree } = await lab.create();
    lab.write('a.txt', '1\n2\n');
    lab.write('odd #?%.txt', 'y\n');
    lab.write(latin, 'now\n');
    lab.delete('becomes');
    lab.write('becomes/a folder.txt', 'in it\n');
    lab.delete('link');
    lab.link('link', 'sub/b.txt');
    lab.write('pixel.bin', '\0\x02\x03');
    lab.delete('sub/b.txt');
    const before = lab.state();

    const checkpoints = await lab.open();
    const { from, to, files, notCompared } = value(await checkpoints.view.compare(id, 'until-now'));
    assert.deepEqual([from, to.checkpoint, notCompared], [{ checkpoint: id, tree }, null, []]);
    const shown = files.map((file) => [file.path, file.status, file.fromMode, file.toMode, file.binary]);
    assert.deepEqual(shown, [
      ['a.txt', 'modified', '100644', '100644', false],
      ['becomes', 'deleted', '100644', '000000', false],
      ['becomes/a folder.txt', 'added', '000000', '100644', false],
      ['caf\uFFFD.txt', 'modified', '100644', '100644', false],
      ['link', 'modified', '120000', '120000', false],
      ['odd #?%.txt', 'modified', '100644', '100644', false],
      ['pixel.bin', 'modified', '100644', '100644', true],
      ['sub/b.txt', 'deleted', '100644', '000000', false],
    ]);
    assert.deepEqual(
      files.filter(({ hasTextName }) => !hasTextName).map(({ path }) => path),
      ['caf\uFFFD.txt'],
    );
    const now = async (file: string): Promise<string | undefined> =>
      value(await checkpoints.view.fileIn(to.tree, file))?.toString('latin1');
    assert.equal(await now('caf\uFFFD.txt'), 'now\n');
    assert.equal(await now('link'), 'sub/b.txt');
    assert.equal(await now('pixel.bin'), '\0\x02\x03');
    assert.equal(await now('sub/b.txt'), undefined);
    assert.deepEqual(lab.state(), before);
  });

  it('since the one before; the first one since its commit', async () => {
    const lab = make({ 'a.txt': '1\n' });
    lab.write('a.txt', '2\n');
    const first = await lab.create('first');
    lab.write('b.txt', 'new\n');
    const second = await lab.create('second');
    const checkpoints = await lab.open();
    const later = value(await checkpoints.view.compare(second.id, 'since-previous'));
    assert.deepEqual([later.label, later.from.checkpoint, later.to.checkpoint], ['second', first.id, second.id]);
    assert.deepEqual(
      later.files.map(({ path, status }) => [path, status]),
      [['b.txt', 'added']],
    );
    const earlier = value(await checkpoints.view.compare(first.id, 'since-previous'));
    assert.deepEqual([earlier.from.checkpoint, earlier.to.checkpoint], [null, first.id]);
    assert.deepEqual(
      earlier.files.map(({ path, status }) => [path, status]),
      [['a.txt', 'modified']],
    );
    assert.equal(value(await checkpoints.view.fileIn(earlier.from.tree, 'a.txt'))?.toString(), '1\n');
    assert.equal(failure(await checkpoints.view.compare('nope', 'until-now')).reason, 'not-found');
  });

  it('before the first commit there is nothing to compare the first one with', async () => {
    const lab = make(null);
    lab.write('a.txt', '1\n');
    const { id } = await lab.create();
    const { files } = value(await (await lab.open()).view.compare(id, 'since-previous'));
    assert.deepEqual(
      files.map(({ path, status }) => [path, status]),
      [['a.txt', 'added']],
    );
  });

  it('counts the lines that each version of a file changed', async () => {
    const lab = make({ 'a.txt': '1\n2\n3\n', bin: 'x' });
    const save = async (content: string | null): Promise<void> => {
      if (content === null) lab.delete('a.txt');
      else lab.write('a.txt', content);
      await lab.create(String(content));
    };
    await save('1\n2\n3\n4\n');
    await save('1\nzwei\n3\n4\n');
    await save(null);
    await save('\0binary');
    await save('1\nzwei\n3\n4\n');
    await save('1\n2\n3\n4\n');
    const versions = value(await (await lab.open()).view.checkpointsOf('a.txt'));
    assert.deepEqual(
      versions.map(({ exists, lines }) => [exists, lines && [lines.added, lines.deleted]]),
      [
        [true, [1, 1]],
        [true, null],
        [true, null],
        [false, [0, 4]],
        [true, [1, 1]],
        [true, null],
      ],
    );
  });
});
