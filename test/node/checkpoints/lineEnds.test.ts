import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRepository } from '../../../src/checkpoints/git/repository.ts';
import { takeSnapshot } from '../../../src/checkpoints/capture/snapshot.ts';
import { stateFromStatus } from '../../../src/checkpoints/capture/stateFromStatus.ts';
import { surveyRepository } from '../../../src/checkpoints/capture/survey.ts';
import { failure, roundTrip, useLabs, value, type Lab } from './lab.ts';

/** One way in which git writes files otherwise than they were. */
interface Conversion {
  readonly name: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly attributes?: string;
  /** how text is to be written so that git takes it */
  readonly encode?: (text: string) => string;
  /** what files may have in them, one character per byte; `kept` are those that git would not give back */
  readonly contents: Readonly<Record<string, string>>;
  readonly kept: readonly string[];
}

const lineEnds = { crlf: 'one\r\ntwo\r\n', lf: 'one\ntwo\n', mixed: 'one\r\ntwo\n', binary: 'a\0\r\nb\n', empty: '' };
const utf16 = (text: string): string => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('latin1');

const conversions: readonly Conversion[] = [
  { name: 'none at all', contents: lineEnds, kept: [] },
  { name: 'autocrlf=true', config: { 'core.autocrlf': 'true' }, contents: lineEnds, kept: ['lf', 'mixed'] },
  { name: 'autocrlf=input', config: { 'core.autocrlf': 'input' }, contents: lineEnds, kept: ['crlf', 'mixed'] },
  { name: '* text=auto, and CRLF', attributes: '* text=auto\n', contents: lineEnds, kept: ['crlf', 'mixed'] },
  { name: 'eol=crlf', attributes: '*.txt text eol=crlf\n', contents: lineEnds, kept: ['binary', 'lf', 'mixed'] },
  {
    name: '-text over autocrlf',
    config: { 'core.autocrlf': 'true' },
    attributes: '* -text\n',
    contents: lineEnds,
    kept: [],
  },
  {
    name: 'UTF-16, whose byte order git chooses',
    attributes: '*.txt working-tree-encoding=UTF-16\n',
    encode: utf16,
    contents: {
      little: utf16('é\r\n'),
      big: Buffer.from(utf16('é\r\n'), 'latin1').swap16().toString('latin1'),
    },
    kept: ['big'],
  },
  {
    name: 'ident',
    attributes: '*.txt ident\n',
    contents: { plain: 'x\n', bare: '/* $Id$ */\n', foreign: '/* $Id: by hand $ */\n' },
    kept: ['bare', 'foreign'],
  },
  {
    name: 'a filter that leaves something out',
    config: { 'filter.strip.clean': 'sed /^output/d', 'filter.strip.smudge': 'cat' },
    attributes: '*.txt filter=strip\n',
    contents: { with: 'code\noutput 1\noutput 2\n', without: 'code\n' },
    kept: ['with'],
  },
  {
    name: 'a filter whose way back fails',
    config: { 'filter.broken.clean': 'rev', 'filter.broken.smudge': 'sh -c "cat >/dev/null; exit 1"' },
    attributes: '*.txt filter=broken\n',
    contents: { any: 'abc\n' },
    kept: ['any'],
  },
  {
    name: 'a filter and its inverse',
    config: { 'filter.rev.clean': 'rev', 'filter.rev.smudge': 'rev' },
    attributes: '*.txt filter=rev\n',
    contents: { one: 'abc\n', two: 'ab c\ndef\n' },
    kept: [],
  },
];

describe('files whose bytes git would not give back', function () {
  this.timeout(60_000);
  const make = useLabs();

  function labWith({ config = {}, attributes }: Pick<Conversion, 'config' | 'attributes'>): Lab {
    const lab = make({ 'README.md': 'r\n', ...(attributes === undefined ? {} : { '.gitattributes': attributes }) });
    for (const [key, setting] of Object.entries(config)) lab.git('config', key, setting);
    return lab;
  }

  const encode = ({ encode: change }: Conversion, text: string): string => change?.(text) ?? text;

  function setUp(conversion: Conversion): Lab {
    const lab = labWith(conversion);
    for (const folder of ['edited', 'staged', 'run']) {
      for (const name of Object.keys(conversion.contents))
        lab.write(`${folder}/${name}.txt`, encode(conversion, `first ${name}\n`));
    }
    lab.commit('files');
    for (const [name, content] of Object.entries(conversion.contents)) {
      lab.write(`staged/${name}.txt`, content);
      lab.git('add', `staged/${name}.txt`);
      lab.write(`edited/${name}.txt`, content);
      lab.write(`un tracked/${name}.txt`, content);
      lab.write(`run/${name}.txt`, content);
      chmodSync(lab.bytes(`run/${name}.txt`), 0o755);
    }
    return lab;
  }

  const folders = ['edited', 'run', 'staged', 'un tracked'];

  /** The files whose bytes a checkpoint keeps. */
  function kept(lab: Lab, id: string): string[] {
    const ref = `refs/soft-landing/main/${id}/r`;
    if (!lab.refsOfOurs().some((line) => line.startsWith(`${ref} `))) return [];
    const files = lab.git('ls-tree', '-r', '-z', '--name-only', ref).split('\0').slice(0, -1);
    // Those of the top folder are clean (cleanFiles.test.ts).
    return files.filter((file) => file.includes('/'));
  }

  for (const conversion of conversions) {
    describe(conversion.name, () => {
      const all = (): string[] =>
        folders.flatMap((folder) => Object.keys(conversion.contents).map((name) => `${folder}/${name}.txt`));

      it('are kept, only they, and by either way of looking', async () => {
        const lab = setUp(conversion);
        const expected = folders.flatMap((folder) => conversion.kept.map((name) => `${folder}/${name}.txt`)).sort();
        const { id, tree } = await lab.create();
        assert.deepEqual(kept(lab, id), expected);
        assert.equal(tree, lab.treeOfAddAll());
        const repository = await openRepository(lab.dir);
        const options = { maxFileBytes: 1e9 };
        const fast = await stateFromStatus(repository, await surveyRepository(repository), options);
        const slow = await takeSnapshot(repository, await surveyRepository(repository), options);
        await slow.index.dispose();
        assert.ok(fast);
        assert.deepEqual([fast.raw?.tree, fast.worktree], [slow.raw?.tree, slow.worktree]);
        assert.equal(value(await (await lab.open()).create({ kind: 'manual', label: 'again' })).unchanged, true);
      });

      it('come back after edits, and go again', async () => {
        const lab = setUp(conversion);
        await roundTrip(lab, () => {
          for (const path of all()) lab.write(path, encode(conversion, 'agent\r\nwas\nhere\r\n$Id$\noutput\n'));
        });
        lab.assertSound();
      });

      it('come back after they took each other’s bytes, and after they were deleted', async () => {
        const lab = setUp(conversion);
        const contents = Object.values(conversion.contents);
        await roundTrip(lab, () => {
          all().forEach((path, at) => {
            if (at % 3 === 0) lab.delete(path);
            else lab.write(path, contents[(at + 1) % contents.length] ?? '');
          });
          lab.git('add', 'edited');
        });
      });

      it('come back after the agent committed everything', async () => {
        const lab = setUp(conversion);
        const checkpoints = await lab.open();
        const before = lab.files();
        const { id } = await lab.create();
        for (const path of all()) lab.write(path, encode(conversion, 'agent\n'));
        lab.commit('agent');
        for (const path of Object.keys(conversion.contents)) {
          lab.write(`edited/${path}.txt`, encode(conversion, 'agent once more\r\n'));
        }
        const after = lab.state();
        value(await checkpoints.restore(id));
        assert.deepEqual(lab.files(), before);
        value(await checkpoints.undo());
        assert.deepEqual(lab.state(), after);
      });
    });
  }

  it('line ends alone: a change is seen, taken back, and brought again, without making anything look modified', async () => {
    const lab = labWith({ config: { 'core.autocrlf': 'input' } });
    lab.write('a.txt', '1\n2\n');
    lab.write('new.txt', 'x\r\ny\r\n');
    lab.commit('a');
    lab.write('a.txt', '1\r\n3\r\n');
    const { tree, id } = await roundTrip(lab, () => {
      lab.write('a.txt', '1\n3\n');
    });
    const now = await lab.create('LF');
    assert.deepEqual([now.tree, now.unchanged], [tree, false], 'the trees are equal, the states are not');
    lab.git('add', 'a.txt');
    assert.equal(lab.git('status', '--porcelain'), 'M  a.txt\n');
    value(await (await lab.open()).restore(id));
    assert.equal(lab.git('diff-files', '--name-only'), 'a.txt\n');
    assert.equal(lab.read('a.txt'), '1\r\n3\r\n');
    lab.git('add', 'a.txt');
    assert.equal(lab.git('diff-files', '--name-only'), '');
  });

  it('line ends alone of a file that was committed since: the index calls it clean, undo is exact', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    lab.write('a.txt', '1\r\n2\r\n');
    const checkpoints = await lab.open();
    const { id } = await lab.create();
    lab.write('a.txt', '1\n2\n');
    lab.commit('agent, with other line ends');
    const after = lab.state();
    const done = value(await checkpoints.restore(id));
    assert.equal(done.written, 1);
    assert.equal(lab.read('a.txt'), '1\r\n2\r\n');
    assert.equal(lab.git('diff-files', '--name-only'), '');
    assert.equal(lab.git('status', '--porcelain'), '');
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
  });

  it('a clean file whose line ends alone the agent changed', async () => {
    const lab = labWith({ config: { 'core.autocrlf': 'true' } });
    lab.write('crlf.txt', '1\r\n2\r\n');
    lab.commit('a file as git writes it');
    await roundTrip(lab, () => {
      lab.write('crlf.txt', '1\n2\n');
    });
  });

  it('only the chosen files', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    for (const path of ['a.txt', 'b.txt', 'dir/c.txt']) lab.write(path, '1\r\n');
    const checkpoints = await lab.open();
    const { id } = await lab.create();
    for (const path of ['a.txt', 'b.txt', 'dir/c.txt']) lab.write(path, '1\n');
    const after = lab.state();
    assert.equal(value(await checkpoints.preview(id, { paths: ['dir'] })).written, 1);
    value(await checkpoints.restore(id, { paths: ['dir', 'a.txt'] }));
    assert.deepEqual(
      ['a.txt', 'b.txt', 'dir/c.txt'].map((path) => lab.read(path)),
      ['1\r\n', '1\n', '1\r\n'],
    );
    value(await checkpoints.undo());
    assert.deepEqual(lab.state(), after);
  });

  it('an ignored file that was in the way', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    lab.write('data.txt', 'user\r\n');
    await roundTrip(lab, () => {
      lab.write('.gitignore', 'data.txt\n');
      lab.write('data.txt', 'agent, ignored\r\n');
    });
  });

  it('a symbolic link is not written through, nor a folder that became one', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    const outside = join(lab.outer, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'a.txt'), '1\n');
    lab.write('a.txt', '1\r\n');
    lab.write('dir/a.txt', '1\r\n');
    lab.link('link.txt', 'a.txt');
    await roundTrip(lab, () => {
      lab.delete('a.txt');
      lab.delete('dir');
      lab.link('a.txt', join(outside, 'a.txt'));
      lab.link('dir', outside);
      lab.delete('link.txt');
      lab.write('link.txt', 'a file\r\n');
    });
    assert.equal(readFileSync(join(outside, 'a.txt'), 'utf8'), '1\n');
  });

  it('are kept outside of a repository that is mirrored', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    lab.git('remote', 'add', '--mirror=push', 'backup', join(lab.outer, 'backup.git'));
    lab.write('a.txt', '1\r\n');
    await roundTrip(lab, () => {
      lab.write('a.txt', '1\n');
    });
    assert.deepEqual(lab.refsOfOurs(), []);
  });

  it('are what a file of a checkpoint is shown as', async () => {
    const lab = labWith({ config: { 'core.autocrlf': 'true' } });
    lab.write('lf.txt', '1\n2\n');
    lab.write('crlf.txt', '1\r\n2\r\n');
    const { id } = await lab.create();
    const checkpoints = await lab.open();
    assert.equal(value(await checkpoints.view.fileAt(id, 'lf.txt'))?.toString(), '1\n2\n');
    assert.equal(value(await checkpoints.view.fileAt(id, 'crlf.txt'))?.toString(), '1\r\n2\r\n');
  });

  it('are safe from a prune', async () => {
    const lab = labWith({ attributes: '* text=auto\n' });
    lab.write('a.txt', '1\r\n');
    const before = lab.files();
    const { id } = await lab.create();
    lab.write('a.txt', 'agent');
    lab.git('gc', '-q', '--prune=now');
    value(await (await lab.open()).restore(id));
    assert.deepEqual(lab.files(), before);
    lab.assertSound();
  });

  it('a required filter that cannot be started: nothing is written, and a sentence says what to do', async () => {
    const lab = labWith({ config: { 'filter.gone.required': 'true', 'filter.gone.clean': 'no-such-program' } });
    lab.write('.gitattributes', '*.x filter=gone\n');
    lab.write('a.x', 'content\n');
    const before = { ...lab.state(), folder: lab.gitFolder() };
    const { reason, message } = failure(await (await lab.open()).create({ kind: 'manual', label: 'x' }));
    assert.equal(reason, 'failed');
    const why = "git cannot read a.x, because its filter 'gone' fails. Nothing was saved or changed.";
    assert.equal(message, `${why} Install its program, or correct the setting filter.gone.clean, and try again.`);
    assert.deepEqual({ ...lab.state(), folder: lab.gitFolder() }, before);
    assert.deepEqual(lab.refsOfOurs(), []);
  });
});
