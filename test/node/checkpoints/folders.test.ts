import assert from 'node:assert/strict';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkpoints } from '../../../src/checkpoints/checkpoints.ts';
import { stateFolderFacts } from '../../../src/doctor/stateFacts.ts';
import { failure, value } from './lab.ts';
import { useFolderLabs } from './folderLab.ts';

describe('a folder without git', function () {
  this.timeout(120_000);
  const make = useFolderLabs();

  it('is saved, listed, shown, compared, reset and taken back as a repository is', async () => {
    const lab = make({ 'a.txt': 'one\n', 'dir/b.txt': 'two\n', 'bytes.bin': 'a\r\nb\nc\0\xff' });
    lab.write('run.sh', '#!/bin/sh\n', 0o755);
    lab.link('link', 'a.txt');
    const before = lab.files();
    const first = await lab.save('first');
    assert.deepEqual([first.unchanged, first.changedFiles, first.head, first.branch], [false, 5, null, null]);
    assert.deepEqual(lab.files(), before);
    assert.equal((await lab.save()).unchanged, true);
    assert.equal((await lab.save()).unchanged, true);

    lab.write('a.txt', 'agent\n');
    lab.delete('dir/b.txt');
    lab.write('new/c.txt', 'agent\n');
    const agent = lab.files();
    const checkpoints = await lab.openRoot();
    const changes = value(await checkpoints.view.changes(first.id)).changes.map(
      ({ path, status }) => `${status} ${path}`,
    );
    assert.deepEqual(changes, ['modified a.txt', 'deleted dir/b.txt', 'added new/c.txt']);
    const second = await lab.save('second');
    // Asking for the differences has saved nothing, so they still count.
    assert.equal(second.changedFiles, 3);
    const shown = value(await checkpoints.view.show(second.id));
    assert.deepEqual([shown.since, shown.changes.length], ['previous', 3]);
    assert.equal(value(await checkpoints.view.show(first.id)).since, 'nothing');

    const done = value(await checkpoints.restore(first.id));
    assert.deepEqual([done.written, done.deleted], [2, 1]);
    assert.deepEqual(lab.files(), before);
    value(await checkpoints.undo());
    assert.deepEqual(lab.files(), agent);
    value(await checkpoints.restore(first.id, { paths: ['dir'] }));
    assert.deepEqual(lab.files(), { ...agent, 'dir/b.txt': before['dir/b.txt'] });
    value(await checkpoints.undo());
    assert.deepEqual(lab.files(), agent);

    const list = value(await checkpoints.list()).map(({ label }) => label);
    assert.deepEqual(list.slice(-2), ['second', 'first']);
    assert.equal(value(await checkpoints.overview()).branch, null);
    lab.assertStoreSound();
    assert.equal(lab.exists('.git'), false);
  });

  it('costs what has changed: the status lists the changes alone, and one index lives on', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`d${at % 10}/f${at}.txt`, `${at}\n`]));
    const lab = make(files);
    await lab.save();
    assert.equal(lab.inStore('status', '--porcelain', '-uall'), '');
    lab.write('d1/f1.txt', 'changed\n');
    assert.equal(lab.inStore('status', '--porcelain', '-uall'), ' M d1/f1.txt\n');
    await lab.save();
    assert.equal(lab.inStore('status', '--porcelain', '-uall'), '');
    // What git knows of each file: nothing has to be read again.
    const entries = lab.inStore('ls-files', '--debug').match(/mtime: 0:0/g);
    assert.equal(entries, null);
  });

  it('that was deleted has its checkpoints still once it is made again', async () => {
    const lab = make({ 'a.txt': '1\n', 'deep/b.txt': '2\n' });
    const { id } = await lab.save();
    const files = lab.files();
    rmSync(lab.dir, { recursive: true });
    assert.deepEqual((await stateFolderFacts(lab.stateFolder)).lostFolders, [
      { folder: lab.dir, store: lab.stores()[0] },
    ]);
    mkdirSync(lab.dir);
    assert.deepEqual((await stateFolderFacts(lab.stateFolder)).lostFolders, []);
    const checkpoints = value(await Checkpoints.open(lab.dir, lab.options()));
    value(await checkpoints.restore(id));
    assert.deepEqual(lab.files(), files);
    value(await checkpoints.undo());
    assert.deepEqual(lab.files(), {});
  });

  it('pins, renames, deletes and prunes', async () => {
    const lab = make({ 'a.txt': '1\n' });
    const first = await lab.save('first');
    lab.write('a.txt', '2\n');
    const second = await lab.save('second');
    const checkpoints = await lab.openRoot();
    assert.equal(value(await checkpoints.keeping.pin(first.id, true)).pinned, true);
    assert.equal(value(await checkpoints.keeping.rename(second.id, 'other')).label, 'other');
    value(await checkpoints.keeping.delete([second.id]));
    assert.deepEqual(
      value(await checkpoints.list()).map(({ id }) => id),
      [first.id],
    );
    // The newest is gone, the state is not: it is saved again.
    assert.equal((await lab.save('again')).unchanged, false);
    const pruned = value(await checkpoints.keeping.prune());
    assert.equal(pruned.kept, 2);
    assert.ok(pruned.bytes > 0);
    lab.assertStoreSound();
  });

  it('leaves dependencies, caches and other version controls out, and nothing else', async () => {
    const lab = make({
      'build/out.txt': '1',
      'dist/out.txt': '1',
      'vendor/lib.txt': '1',
      '.env': 'secret',
      'app.log': '1',
      'target/report.txt': '1',
      'target/debug/app': '1',
      'sub/node_modules/x/index.js': '1',
      '.venv/bin/python': '1',
      '.hg/store': '1',
      '.cache/x': '1',
      '.gitignore': 'ignored.txt\n',
      'ignored.txt': '1',
    });
    const { ref } = await lab.save();
    const saved = lab.inStore('ls-tree', '-r', '--name-only', ref).trim().split('\n');
    const expected = ['.env', '.gitignore', 'app.log', 'build/out.txt', 'dist/out.txt', 'target/report.txt'];
    assert.deepEqual(saved.sort(), [...expected, 'vendor/lib.txt'].sort());
    lab.delete('build/out.txt');
    const before = lab.files();
    value(await (await lab.openRoot()).restore((await lab.save()).id));
    assert.deepEqual(lab.files(), before, 'what is left out stays as it is');
  });

  it('takes every byte as it is, whatever the user has told git about line ends and filters', async () => {
    const lab = make({
      '.gitattributes': '*.txt text eol=crlf filter=shout ident\n*.u working-tree-encoding=UTF-16\n',
    });
    lab.write('a.txt', 'lf\n$Id$\ncrlf\r\n');
    lab.write('b.u', 'no utf-16\n');
    writeFileSync(join(homedir(), 'config'), '[core]\n\tautocrlf = true\n[filter "shout"]\n\tclean = tr a-z A-Z\n');
    process.env['GIT_CONFIG_GLOBAL'] = join(homedir(), 'config');
    const before = lab.files();
    const { id } = await lab.save();
    lab.write('a.txt', 'agent\n');
    lab.write('b.u', 'agent\n');
    value(await (await lab.openRoot()).restore(id));
    assert.deepEqual(lab.files(), before);
    lab.assertStoreSound();
  });

  it('sees an edit of the same size within the same instant as the checkpoint before', async () => {
    const lab = make({ 'a.txt': 'aaaa\n' });
    await lab.save();
    const trees = new Set<string>();
    for (let round = 0; round < 12; round++) {
      lab.write('a.txt', `${String(round).padStart(4, '0')}\n`);
      const { tree, unchanged } = await lab.save();
      assert.equal(unchanged, false);
      trees.add(tree);
    }
    assert.equal(trees.size, 12);
  });

  describe('which folder', () => {
    it('is the one that is named, or the nearest that has checkpoints; looking makes none', async () => {
      const lab = make({ 'sub/deep/a.txt': '1\n' });
      const look = await Checkpoints.open(lab.dir, lab.options());
      assert.equal(failure(look).reason, 'not-a-repository');
      assert.deepEqual(lab.stores(), []);
      // A file outside of what somebody works in gets none.
      const elsewhere = await Checkpoints.open(lab.outer, lab.options({ newStoreAt: lab.dir }));
      assert.equal(failure(elsewhere).reason, 'not-a-repository');

      const inner = join(lab.dir, 'sub', 'deep');
      const opened = value(await Checkpoints.open(inner, lab.options({ newStoreAt: lab.dir })));
      assert.equal(opened.repository.top, lab.dir);
      value(await opened.create({ kind: 'manual', label: 'x' }));
      const again = value(await Checkpoints.open(inner, lab.options({ newStoreAt: inner })));
      assert.equal(again.repository.top, lab.dir);
      assert.equal(value(await again.list()).length, 1);
      assert.equal(lab.stores().length, 1);
      assert.equal(statSync(lab.stores()[0] ?? '').mode & 0o077, 0, 'nobody else reads the copies');
    });

    it('is never the home, a parent of it, a folder of everything, or one that holds our own state', async () => {
      const lab = make({ 'a.txt': '1\n' });
      const home = homedir();
      for (const name of ['Desktop', 'Documents', 'Downloads']) mkdirSync(join(home, name));
      mkdirSync(join(home, 'Documents', 'work'));
      const refused = ['/', home, tmpdir(), join(home, 'Desktop'), join(home, 'Documents'), join(home, 'Downloads')];
      for (const root of [...refused, lab.outer]) {
        const opened = await Checkpoints.open(root, lab.options({ newStoreAt: root, allowLarge: true }));
        assert.equal(failure(opened).reason, 'folder-not-allowed', root);
      }
      assert.deepEqual(lab.stores(), []);
      const work = join(home, 'Documents', 'work');
      value(await Checkpoints.open(work, lab.options({ newStoreAt: work })));
    });

    it('that is large only with consent, which is given once', async () => {
      const lab = make({ 'sub/a.txt': '1\n' });
      const many = join(lab.dir, 'many');
      mkdirSync(many);
      for (let at = 0; at < 20_001; at++) writeFileSync(join(many, `${at}`), '');
      const refused = await Checkpoints.open(lab.dir, lab.options({ newStoreAt: lab.dir }));
      assert.equal(failure(refused).reason, 'folder-too-large');
      assert.match(failure(refused).message, /--allow-large/);
      assert.deepEqual(lab.stores(), []);
      value(await Checkpoints.open(lab.dir, lab.options({ newStoreAt: lab.dir, allowLarge: true })));
      value(await Checkpoints.open(lab.dir, lab.options({ newStoreAt: lab.dir })));

      // What is left out anyway does not count, nor what belongs to a nested repository.
      const other = make({ 'a.txt': '1\n' });
      for (const folder of ['node_modules', 'nested']) mkdirSync(join(other.dir, folder));
      mkdirSync(join(other.dir, 'nested', '.git'));
      for (const folder of ['node_modules', 'nested']) {
        for (let at = 0; at < 10_001; at++) writeFileSync(join(other.dir, folder, `${at}`), '');
      }
      await other.openRoot();
    });

    it('leaves repositories inside of it alone', async () => {
      const lab = make({ 'a.txt': '1\n', 'nested/b.txt': '1\n' });
      const nested = lab.at(join(lab.dir, 'nested'));
      nested.git('init', '-q');
      const before = nested.files();
      const { id, ref } = await lab.save();
      assert.equal(lab.inStore('ls-tree', '-r', '--name-only', ref), 'a.txt\n');
      lab.write('a.txt', '2\n');
      value(await (await lab.openRoot()).restore(id));
      assert.deepEqual(nested.files(), before);
      const inside = value(await Checkpoints.open(nested.dir, lab.options({ newStoreAt: lab.dir })));
      assert.equal(inside.repository.top, nested.dir);
    });
  });
});
