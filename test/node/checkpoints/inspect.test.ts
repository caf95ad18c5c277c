import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import type { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import type { Changes } from '../../../src/checkpoints/view/inspect.ts';
import { failure, useLabs, value, type Lab } from './lab.ts';

describe('looking into checkpoints', () => {
  const make = useLabs();
  const binary = '\x00\x01\xff\xfe\x00';

  /** One line per file: its status, its lines, its name. */
  function lines({ changes }: Changes): string[] {
    return changes.map(({ path, status, added, deleted, binary: isBinary }) =>
      isBinary ? `${status} binary ${path}` : `${status} +${String(added)} -${String(deleted)} ${path}`,
    );
  }

  async function opened(lab: Lab): Promise<Checkpoints> {
    return lab.open();
  }

  async function patchOf(checkpoints: Checkpoints, id: string, paths: readonly string[] = []): Promise<string> {
    return value(await checkpoints.view.patch(id, { paths, color: false })).patch.toString('latin1');
  }

  describe('changes', () => {
    it('are those from the checkpoint to the present, of every kind, and touch nothing', async () => {
      const lab = make({
        'a.txt': '1\n2\n3\n',
        'b.bin': binary,
        'gone.txt': 'gone\n',
        'moved.txt': 'same content\n',
        'run.sh': '#!/bin/sh\n',
        'file or link': 'file\n',
        'folder/in it.txt': 'f\n',
        same: 's\n',
      });
      lab.write('untracked then.txt', 'u\n');
      const { id } = await lab.create();
      lab.write('a.txt', '1\nzwei\n3\n4\n');
      lab.write('b.bin', `${binary}more`);
      lab.write('new.bin', binary);
      lab.delete('gone.txt');
      lab.git('mv', 'moved.txt', 'folder/moved.txt');
      chmodSync(lab.bytes('run.sh'), 0o755);
      lab.delete('file or link');
      lab.link('file or link', 'same');
      lab.delete('untracked then.txt');
      lab.write('staged.txt', 'x\n');
      lab.git('add', 'staged.txt');
      lab.write('-n', '');
      lab.commit('a commit of the agent');
      lab.write('last.txt', 'no newline');

      const before = [lab.state(), lab.gitFolder(), lab.refsOfOurs()];
      const checkpoints = await opened(lab);
      const found = value(await checkpoints.view.changes(id.slice(0, -2)));
      assert.equal(found.id, id);
      assert.deepEqual(found.notCompared, []);
      assert.deepEqual(lines(found), [
        'added +0 -0 -n',
        'modified +2 -1 a.txt',
        'modified binary b.bin',
        'modified +1 -1 file or link',
        'added +1 -0 folder/moved.txt',
        'deleted +0 -1 gone.txt',
        'added +1 -0 last.txt',
        'deleted +0 -1 moved.txt',
        'added binary new.bin',
        'modified +0 -0 run.sh',
        'added +1 -0 staged.txt',
        'deleted +0 -1 untracked then.txt',
      ]);
      const patch = await patchOf(checkpoints, id);
      assert.match(patch, /^rename from moved\.txt$/m);
      assert.match(patch, /^-2\n\+zwei$/m);
      assert.match(patch, /^old mode 100644\nnew mode 100755$/m);
      assert.match(patch, /^Binary files \/dev\/null and b\/new\.bin differ$/m);
      assert.deepEqual([lab.state(), lab.gitFolder(), lab.refsOfOurs()], before);
    });

    it('of odd names are told apart and can be asked for', async () => {
      const names = [
        'a\nb',
        'tab\there',
        '"quoted"',
        ':(glob)*',
        '*',
        '-p',
        'wörter',
        ' leading and trailing ',
        '[x]',
        'b\\c',
      ];
      const lab = make({});
      const { id } = await lab.create();
      const raw = names.map((name) => Buffer.from(name).toString('latin1'));
      for (const name of raw) lab.write(name, 'x\n');
      const checkpoints = await opened(lab);
      const found = value(await checkpoints.view.changes(id));
      assert.deepEqual(found.changes.map(({ path }) => path).sort(), names.toSorted());
      for (const name of names) {
        assert.deepEqual(lines(value(await checkpoints.view.changes(id, { paths: [name] }))), [`added +1 -0 ${name}`]);
        assert.equal((await patchOf(checkpoints, id, [name])).match(/^diff --git/gm)?.length, 1, name);
      }
      const { id: there } = await lab.create();
      for (const name of names)
        assert.equal(value(await checkpoints.view.fileAt(there, name))?.toString(), 'x\n', name);
      assert.deepEqual(
        value(await checkpoints.view.checkpointsOf('a\nb')).map(({ checkpoint, exists }) => [checkpoint.id, exists]),
        [
          [there, true],
          [id, false],
        ],
      );
    });

    it('of a file or a folder are only those', async () => {
      const lab = make({ 'src/a.ts': '1\n', 'src/deep/b.ts': '1\n', 'src.ts': '1\n', 'src2/c.ts': '1\n' });
      const { id } = await lab.create();
      for (const path of Object.keys(lab.files())) lab.write(path, '2\n');
      const checkpoints = await opened(lab);
      const paths = async (...wanted: string[]): Promise<string[]> =>
        value(await checkpoints.view.changes(id, { paths: wanted })).changes.map(({ path }) => path);
      assert.deepEqual(await paths('src'), ['src/a.ts', 'src/deep/b.ts']);
      assert.deepEqual(await paths('src/', 'src.ts'), ['src.ts', 'src/a.ts', 'src/deep/b.ts']);
      assert.deepEqual(await paths('src/deep/b.ts'), ['src/deep/b.ts']);
      assert.deepEqual(await paths('nope'), []);
      assert.deepEqual(await paths('*'), []);
      assert.equal((await paths('')).length, 4);
      assert.equal((await paths()).length, 4);
      assert.deepEqual(await paths('../outside'), []);
    });

    it('between two checkpoints do not look at the present', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const { id: first } = await lab.create('first');
      lab.write('a.txt', '2\n');
      const { id: second } = await lab.create('second');
      lab.write('later.txt', 'x\n');
      const checkpoints = await opened(lab);
      assert.deepEqual(lines(value(await checkpoints.view.changes(first, {}, second))), ['modified +1 -1 a.txt']);
      assert.deepEqual(lines(value(await checkpoints.view.changes(second, {}, first))), ['modified +1 -1 a.txt']);
      assert.deepEqual(lines(value(await checkpoints.view.changes(second))), ['added +1 -0 later.txt']);
      assert.equal(failure(await checkpoints.view.changes(first, {}, 'nope')).reason, 'not-found');
      assert.equal(failure(await checkpoints.view.changes('nope')).reason, 'not-found');
    });

    it('say of what was not captured that nothing is known, instead of that it was deleted', async () => {
      const lab = make({ 'a.txt': '1\n' });
      lab.write('grows.log', 'x\n');
      lab.write('shrinks.log', 'x'.repeat(5000));
      const checkpoints = await lab.open({ maxFileBytes: 1000 });
      const { id } = value(await checkpoints.create({ kind: 'manual', label: 'before' }));
      lab.write('grows.log', 'x'.repeat(5000));
      lab.write('shrinks.log', 'x\n');
      lab.write('a.txt', '2\n');
      const found = value(await checkpoints.view.changes(id));
      assert.deepEqual(lines(found), ['modified +1 -1 a.txt']);
      assert.deepEqual(found.notCompared.map(({ path, reason }) => [path, reason]).sort(), [
        ['grows.log', 'larger than the limit'],
        ['shrinks.log', 'larger than the limit'],
      ]);
      assert.doesNotMatch(await patchOf(checkpoints, id), /\.log/);
      assert.deepEqual(value(await checkpoints.view.changes(id, { paths: ['a.txt'] })).notCompared, []);
    });

    it('run no program that the configuration names, and are as plain as asked', async () => {
      const lab = make({ 'a.txt': '1\n', '.gitattributes': '*.txt diff=odd\n' });
      lab.git('config', 'diff.external', 'false');
      lab.git('config', 'diff.odd.command', 'false');
      lab.git('config', 'diff.odd.textconv', 'false');
      lab.git('config', 'color.ui', 'always');
      lab.git('config', 'diff.noprefix', 'true');
      const { id } = await lab.create();
      lab.write('a.txt', '2\n');
      const checkpoints = await opened(lab);
      assert.deepEqual(lines(value(await checkpoints.view.changes(id))), ['modified +1 -1 a.txt']);
      assert.match(await patchOf(checkpoints, id), /^-1\n\+2$/m);
      const colored = value(await checkpoints.view.patch(id, { paths: [], color: true })).patch.toString();
      assert.ok(colored.includes('\x1b[32m'));
    });

    it('and the patch of them leads from the checkpoint to the present', async () => {
      const lab = make({ 'a.txt': '1\n', 'gone.txt': 'g\n', 'old name.txt': 'line\n'.repeat(20) });
      const { id, tree } = await lab.create();
      lab.write('a.txt', '2 \xe9\n');
      lab.delete('gone.txt');
      lab.git('mv', 'old name.txt', 'new name.txt');
      lab.write('new.txt', 'no newline');
      const now = (await lab.create()).tree;
      const { patch } = value(await (await opened(lab)).view.patch(id, { paths: [], color: false }));
      lab.git('read-tree', tree);
      lab.gitWith({ input: '' }, 'update-index', '-q', '--refresh', '--ignore-missing');
      lab.write('../the.patch', patch.toString('latin1'));
      lab.git('apply', '--cached', '../the.patch');
      assert.equal(lab.git('write-tree').trim(), now);
    });

    it('on an unborn branch, in a sha256 repository, beside a nested repository', async () => {
      const lab = make(null, ['--object-format=sha256']);
      lab.write('a.txt', '1\n1\n');
      lab.write('nested/in it.txt', 'not yet a repository\n');
      const checkpoints = await opened(lab);
      const { id } = value(await checkpoints.create({ kind: 'manual', label: 'unborn' }));
      assert.deepEqual(value(await checkpoints.view.show(id)).notCompared, []);
      lab.write('nested/x', 'x\n');
      lab.at(`${lab.dir}/nested`).git('init', '-q');
      lab.write('a.txt', '2\n');
      const found = value(await checkpoints.view.changes(id));
      assert.deepEqual(lines(found), ['modified +1 -2 a.txt']);
      assert.deepEqual(found.notCompared, [{ path: 'nested', reason: 'nested repository', bytes: 0 }]);
      assert.deepEqual(lines(value(await checkpoints.view.show(id))), [
        'added +2 -0 a.txt',
        'added +1 -0 nested/in it.txt',
      ]);
      assert.equal(value(await checkpoints.view.fileAt(id, 'a.txt'))?.toString(), '1\n1\n');
    });
  });

  it('show says how a checkpoint differs from the commit it was made on', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n' });
    lab.write('a.txt', '2\n');
    lab.write('large.log', 'x'.repeat(5000));
    const checkpoints = await lab.open({ maxFileBytes: 1000 });
    const made = value(await checkpoints.create({ kind: 'manual', label: 'mine' }));
    lab.commit('since');
    lab.write('b.txt', '3\n');
    const shown = value(await checkpoints.view.show(made.id.slice(0, -1)));
    const { unchanged, commit, commitSkipped, ...summary } = made;
    assert.deepEqual([unchanged, commit, commitSkipped], [false, null, null]);
    assert.deepEqual(shown.checkpoint, summary);
    assert.deepEqual(lines(shown), ['modified +1 -1 a.txt']);
    assert.deepEqual(shown.notCompared, [{ path: 'large.log', reason: 'larger than the limit', bytes: 5000 }]);
  });
});
