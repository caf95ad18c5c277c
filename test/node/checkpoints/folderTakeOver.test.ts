import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Lab } from './lab.ts';
import { failure, value } from './lab.ts';
import { FolderLab, useFolderLabs } from './folderLab.ts';

describe('a folder without git that becomes a repository', function () {
  this.timeout(120_000);
  const make = useFolderLabs();

  it('brings its checkpoints along, once; they are listed, reset to and taken back there', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n' });
    const first = await lab.save('first');
    const files = lab.files();
    lab.write('a.txt', '2\n');
    const second = await lab.save('second');
    value(await (await lab.openRoot()).restore(first.id));
    lab.write('a.txt', '3\n');

    initialize(lab);
    lab.git('add', 'a.txt');
    const before = { ...lab.state(), folder: lab.gitFolder() };
    const [one, two] = await Promise.all([lab.openRoot(), lab.openRoot()]);
    assert.deepEqual([...one.notes, ...two.notes], []);
    assert.deepEqual({ ...lab.state(), folder: lab.gitFolder() }, before, 'the user had nothing to do with it');
    assert.deepEqual(lab.stores(), []);
    const ids = value(await one.list()).map(({ id }) => id);
    assert.deepEqual([ids.length, ids.includes(first.id), ids.includes(second.id)], [3, true, true]);
    lab.assertSound();
    lab.git('gc', '-q', '--prune=now');

    // The reset from before can still be taken back, and this one too.
    const present = lab.state();
    value(await one.restore(first.id));
    assert.deepEqual(lab.files(), files);
    assert.deepEqual(lab.index(), [], 'nothing is staged, as HEAD has nothing');
    value(await one.undo());
    assert.deepEqual(lab.state(), present);
    value(await one.undo());
    assert.equal(lab.read('a.txt'), '2\n');
    lab.assertSound();
  });

  it('keeps the index in order: what a reset brings back is as HEAD has it, flags and other paths stay', async () => {
    const lab = make({ 'a.txt': '1\n', 'b.txt': '1\n', 'c.txt': '1\n' });
    const { id } = await lab.save('first');
    initialize(lab);
    lab.write('a.txt', '2\n');
    lab.commit('one');
    lab.git('update-index', '--assume-unchanged', 'c.txt');
    lab.write('a.txt', '3\n');
    lab.write('b.txt', '3\n');
    lab.git('add', 'a.txt', 'b.txt');
    const before = lab.state();
    const checkpoints = await lab.openRoot();
    value(await checkpoints.restore(id, { paths: ['a.txt'] }));
    assert.equal(lab.read('a.txt'), '1\n');
    assert.equal(lab.git('status', '--porcelain'), ' M a.txt\nM  b.txt\n');
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), before);
    value(await checkpoints.restore(id));
    assert.equal(lab.git('status', '--porcelain'), ' M a.txt\n');
    assert.match(lab.git('ls-files', '-v'), /^h c\.txt$/m);
    const moved = await checkpoints.restore(id, { moveHead: true });
    assert.equal(failure(moved).reason, 'head-elsewhere');
  });

  for (const setting of ['true', 'input'] as const) {
    it(`that converts line ends (${setting}): a reset brings every byte as it was then, and undo as it was`, async () => {
      const lab = make({ 'lf.txt': 'a\nb\n', 'crlf.txt': 'a\r\nb\r\n', 'mixed.txt': 'a\r\nb\n', 'other.txt': 'c\n' });
      const { id } = await lab.save('first');
      const then = lab.files();
      initialize(lab);
      lab.git('config', 'core.autocrlf', setting);
      lab.commit('one');
      for (const name of ['lf.txt', 'crlf.txt', 'mixed.txt']) lab.write(name, 'changed\r\nsince\r\n');
      lab.delete('other.txt');
      const before = lab.state();
      const checkpoints = await lab.openRoot();
      value(await checkpoints.restore(id));
      assert.deepEqual(lab.files(), then);
      value(await checkpoints.undo());
      assert.deepEqual(lab.state(), before);
      // Line ends alone.
      lab.write('lf.txt', 'a\r\nb\r\n');
      lab.write('crlf.txt', 'a\nb\n');
      const ends = lab.files();
      value(await checkpoints.restore(id));
      assert.deepEqual(lab.files(), then);
      value(await checkpoints.undo());
      assert.deepEqual(lab.files(), ends);
    });
  }

  it('brings every byte also where the rules for that come back with the files', async () => {
    const lab = make({ '.gitattributes': '*.txt text eol=crlf\n', 'lf.txt': 'a\nb\n' });
    const { id } = await lab.save('first');
    const then = lab.files();
    initialize(lab);
    lab.delete('.gitattributes');
    lab.write('lf.txt', 'changed since\n');
    const before = lab.state();
    const checkpoints = await lab.openRoot();
    value(await checkpoints.restore(id));
    assert.deepEqual(lab.files(), then);
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), before);
  });

  it('as a part of a larger one keeps to its own folder', async () => {
    const lab = make({ 'part/a.txt': '1\n', 'part/dir/b.txt': '1\n', 'other.txt': '1\n' });
    const part = new FolderLab(lab.outer, join(lab.dir, 'part'));
    const first = await part.save('first');
    part.write('a.txt', '2\n');
    await part.save('second');
    value(await (await part.openRoot()).restore(first.id));
    const wasReset = part.files();
    initialize(lab);
    lab.git('add', 'other.txt');
    lab.git('commit', '-q', '-m', 'one');
    lab.write('other.txt', 'precious\n');
    part.write('a.txt', '3\n');
    part.write('new.txt', '3\n');
    const present = lab.files();

    const checkpoints = await part.openRoot();
    assert.equal(checkpoints.repository.top, lab.dir);
    assert.deepEqual([checkpoints.notes, lab.stores()], [[], []]);
    const changes = value(await checkpoints.view.changes(first.id)).changes.map(
      ({ path, status }) => `${status} ${path}`,
    );
    assert.deepEqual(changes, ['modified part/a.txt', 'added part/new.txt']);
    const refused = await checkpoints.restore(first.id, { paths: ['other.txt'] });
    assert.equal(failure(refused).reason, 'bad-path');
    value(await checkpoints.restore(first.id));
    assert.deepEqual(part.files(), wasReset);
    assert.equal(lab.read('other.txt'), 'precious\n');
    value(await checkpoints.undo());
    assert.deepEqual(lab.files(), present);
    // The reset from before there was a repository, too.
    value(await checkpoints.undo());
    assert.equal(part.read('a.txt'), '2\n');
    assert.equal(lab.read('other.txt'), 'precious\n');
    lab.assertSound();
  });

  it('loses nothing when its checkpoints cannot be brought along', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const { id } = await lab.save('first');
    lab.git('init', '-q', '--object-format=sha256');
    const inRepository = await lab.openRoot();
    assert.equal(value(await inRepository.list()).length, 0);
    assert.equal(lab.stores().length, 1);
    lab.delete('.git');
    assert.deepEqual(
      value(await (await lab.openRoot()).list()).map((checkpoint) => checkpoint.id),
      [id],
    );
  });
});

function initialize(lab: Lab): void {
  lab.git('init', '-q', '-b', 'main');
  lab.git('config', 'user.name', 'Test Person');
  lab.git('config', 'user.email', 'test@example.invalid');
}
