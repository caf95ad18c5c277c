import assert from 'node:assert/strict';
import { failure, useLabs, value } from './lab.ts';

describe('one file in the checkpoints', () => {
  const make = useLabs();
  const binary = '\x00\x01\xff\xfe\x00';

  describe('a file as it was', () => {
    it('has its bytes, whatever they are; null where there was none', async () => {
      const lab = make({ 'a.bin': binary, 'folder/b.txt': 'b', empty: '' });
      lab.link('link', 'folder/b.txt');
      lab.write('untracked.txt', 'no newline');
      const { id } = await lab.create();
      for (const path of ['a.bin', 'folder/b.txt', 'empty', 'untracked.txt']) lab.write(path, 'agent\n');
      const checkpoints = await lab.open();
      const at = async (path: string): Promise<string | undefined> =>
        value(await checkpoints.view.fileAt(id, path))?.toString('latin1');
      assert.equal(await at('a.bin'), binary);
      assert.equal(await at('folder/b.txt'), 'b');
      assert.equal(await at('empty'), '');
      assert.equal(await at('untracked.txt'), 'no newline');
      assert.equal(await at('link'), 'folder/b.txt');
      assert.equal(await at('folder'), undefined);
      assert.equal(await at('nope'), undefined);
      assert.equal(await at(''), undefined);
      assert.equal(failure(await checkpoints.view.fileAt('nope', 'a.bin')).reason, 'not-found');
    });

    it('is found by the name that lists show, where that is not UTF-8', async () => {
      const lab = make({ 'plain.txt': '1\n' });
      lab.write('caf\xe9[1].txt', 'latin1\n');
      lab.write('d\xff/in.txt', 'inside\n');
      const { id } = await lab.create();
      lab.write('caf\xe9[1].txt', 'agent\n');
      lab.write('d\xff/in.txt', 'agent\nagent\n');
      const checkpoints = await lab.open();
      const shown = value(await checkpoints.view.changes(id)).changes.map(({ path }) => path);
      assert.deepEqual(shown, ['caf\uFFFD[1].txt', 'd\uFFFD/in.txt']);
      const [cafe = '', inside = ''] = shown;
      assert.equal(value(await checkpoints.view.fileAt(id, cafe))?.toString(), 'latin1\n');
      assert.equal(value(await checkpoints.view.fileAt(id, inside))?.toString(), 'inside\n');
      for (const [asked, found] of [
        [cafe, cafe],
        ['d\uFFFD', inside],
      ] as const) {
        const { changes } = value(await checkpoints.view.changes(id, { paths: [asked] }));
        assert.deepEqual(
          changes.map(({ path }) => path),
          [found],
        );
      }
      const { patch } = value(await checkpoints.view.patch(id, { paths: [cafe], color: false }));
      assert.match(patch.toString(), /^-latin1\n\+agent$/m);
      assert.deepEqual(
        value(await checkpoints.view.checkpointsOf(cafe)).map(({ checkpoint }) => checkpoint.id),
        [id],
      );
      // Two that look the same cannot be told apart: better none than the wrong one.
      lab.write('caf\xe8[1].txt', 'another\n');
      const { id: two } = await lab.create();
      assert.equal(failure(await checkpoints.view.fileAt(two, cafe)).reason, 'bad-path');
    });

    it('has the line ends and the content that a reset would write', async () => {
      const lab = make({ 'a.txt': 'one\ntwo\n', '.gitattributes': '*.up filter=up\n' });
      lab.git('config', 'core.autocrlf', 'true');
      lab.git('config', 'filter.up.clean', 'tr A-Z a-z');
      lab.git('config', 'filter.up.smudge', 'tr a-z A-Z');
      lab.write('crlf.txt', 'one\r\ntwo\r\n');
      lab.write('x.up', 'LOUD\r\n');
      const { id } = await lab.create();
      lab.write('crlf.txt', 'agent\r\n');
      lab.write('x.up', 'AGENT\r\n');
      const checkpoints = await lab.open();
      const at = async (path: string): Promise<string | undefined> =>
        value(await checkpoints.view.fileAt(id, path))?.toString();
      const found = [await at('crlf.txt'), await at('x.up')];
      value(await checkpoints.restore(id));
      assert.deepEqual(found, [lab.read('crlf.txt'), lab.read('x.up')]);
      assert.deepEqual(found, ['one\r\ntwo\r\n', 'LOUD\r\n']);
    });
  });

  it('the checkpoints of a file are one for each content, the newest that has it', async () => {
    const lab = make({ 'a.txt': '1\n', 'other.txt': '0\n' });
    const checkpoints = await lab.open();
    const labels: string[] = [];
    const step = async (label: string, work: () => void): Promise<void> => {
      work();
      labels.push(label);
      await lab.create(label);
    };
    await step('not yet', () => lab.write('other.txt', '1\n'));
    await step('made', () => lab.write('new.txt', 'a\n'));
    await step('same', () => lab.write('other.txt', '2\n'));
    await step('changed', () => lab.write('new.txt', 'b\n'));
    await step('back', () => lab.write('new.txt', 'a\n'));
    await step('gone', () => lab.delete('new.txt'));
    await step('still gone', () => lab.write('other.txt', '3\n'));
    const of = async (path: string): Promise<[string, boolean][]> =>
      value(await checkpoints.view.checkpointsOf(path)).map(({ checkpoint, exists }) => [checkpoint.label, exists]);
    assert.deepEqual(await of('new.txt'), [
      ['back', true],
      ['changed', true],
      ['same', true],
      ['not yet', false],
    ]);
    assert.deepEqual(await of('a.txt'), [['still gone', true]]);
    assert.deepEqual(await of('never.txt'), []);
  });
});
