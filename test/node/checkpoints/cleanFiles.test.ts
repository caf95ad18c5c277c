import assert from 'node:assert/strict';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, roundTrip, useLabs, value, type Lab } from './lab.ts';

/** One way in which git writes files otherwise than they were. */
interface Conversion {
  readonly name: string;
  readonly config?: Readonly<Record<string, string>>;
  /** file → what is in it */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly contents: Readonly<Record<string, string>>;
  /** those of them that git would not give back */
  readonly kept: readonly string[];
}

const crlf = 'one\r\ntwo\r\n';
const lf = 'one\ntwo\n';
const mixed = 'one\r\ntwo\n';
const binary = 'a\0\r\nb\n';
const utf16 = (text: string): string => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('latin1');
const turned = (text: string): string => Buffer.from(text, 'latin1').swap16().toString('latin1');

const conversions: readonly Conversion[] = [
  { name: 'autocrlf=true', config: { 'core.autocrlf': 'true' }, contents: { crlf, lf, binary }, kept: ['lf'] },
  {
    name: 'autocrlf=input',
    config: { 'core.autocrlf': 'input' },
    contents: { crlf, lf, mixed, binary },
    kept: ['crlf', 'mixed'],
  },
  {
    name: '* text=auto',
    attributes: { '.gitattributes': '* text=auto\n' },
    contents: { crlf, lf, mixed, binary },
    kept: ['crlf', 'mixed'],
  },
  {
    name: '* text=auto in a folder of its own',
    attributes: { 'dir/.gitattributes': '* text=auto\n' },
    contents: { 'dir/crlf': crlf, 'dir/lf': lf, crlf },
    kept: ['dir/crlf'],
  },
  {
    name: 'text eol=crlf',
    attributes: { '.gitattributes': '*.txt text eol=crlf\n' },
    contents: { 'crlf.txt': crlf, 'lf.txt': lf, lf },
    kept: ['lf.txt'],
  },
  {
    name: 'core.eol=crlf and text',
    config: { 'core.eol': 'crlf' },
    attributes: { '.gitattributes': '*.txt text\n' },
    contents: { 'crlf.txt': crlf, 'lf.txt': lf, lf },
    kept: ['lf.txt'],
  },
  { name: 'autocrlf=yes', config: { 'core.autocrlf': 'yes' }, contents: { crlf, lf }, kept: ['lf'] },
  {
    name: 'core.eol=CRLF and text, with autocrlf=false',
    config: { 'core.autocrlf': 'false', 'core.eol': 'CRLF' },
    attributes: { '.gitattributes': '*.txt text\n' },
    contents: { 'crlf.txt': crlf, 'lf.txt': lf, lf },
    kept: ['lf.txt'],
  },
  {
    name: 'UTF-16, whose byte order git chooses',
    attributes: { '.gitattributes': '*.txt working-tree-encoding=UTF-16\n' },
    contents: { 'little.txt': utf16('é\n'), 'big.txt': turned(utf16('é\n')) },
    kept: ['big.txt'],
  },
  {
    name: 'ident',
    attributes: { '.gitattributes': '*.txt ident\n' },
    contents: { 'plain.txt': 'x\n', 'bare.txt': '/* $Id$ */\n', 'foreign.txt': '/* $Id: by hand $ */\n' },
    kept: ['bare.txt', 'foreign.txt'],
  },
  {
    name: '-text over autocrlf',
    config: { 'core.autocrlf': 'true' },
    attributes: { '.gitattributes': '* -text\n' },
    contents: { crlf, lf, mixed },
    kept: [],
  },
];

describe('clean files whose bytes git would not give back', function () {
  this.timeout(60_000);
  const make = useLabs();

  function setUp({ config = {}, attributes = {}, contents }: Omit<Conversion, 'name' | 'kept'>): Lab {
    // An exact copy of these bytes is what a checkout gives under every rule here.
    const lab = make({ 'README.md': 'no end of line' });
    for (const [key, setting] of Object.entries(config)) lab.git('config', key, setting);
    mkdirSync(join(lab.dir, 'dir'));
    for (const [path, text] of Object.entries(attributes)) lab.write(path, text.trimEnd());
    for (const [path, content] of Object.entries(contents)) lab.write(path, content);
    lab.commit('files');
    assert.equal(lab.git('status', '--porcelain'), '');
    return lab;
  }
  const textAuto = { attributes: { '.gitattributes': '* text=auto\n' }, contents: { 'a.txt': crlf, 'b.txt': lf } };

  function kept(lab: Lab, id: string): string[] {
    const ref = `refs/soft-landing/main/${id}/r`;
    if (!lab.refsOfOurs().some((line) => line.startsWith(`${ref} `))) return [];
    return lab.git('ls-tree', '-r', '-z', '--name-only', ref).split('\0').slice(0, -1);
  }
  const memory = (lab: Lab): string => join(lab.dir, '.git', 'soft-landing', 'clean.json');

  for (const conversion of conversions) {
    const paths = Object.keys(conversion.contents);
    describe(conversion.name, () => {
      it('are kept, and only they', async () => {
        const lab = setUp(conversion);
        const { id } = await lab.create();
        assert.deepEqual(kept(lab, id), [...conversion.kept].sort());
      });

      const agent = (lab: Lab): void => {
        paths.forEach((path, at) => {
          if (at === 1) lab.delete(path);
          else lab.write(path, conversion.contents[path] === utf16('é\n') ? utf16('agent\n') : 'agent\n\0');
        });
      };

      it('come back after edits and deletions', async () => {
        const lab = setUp(conversion);
        await roundTrip(lab, () => agent(lab));
        lab.assertSound();
      });

      it('come back after the agent committed it all', async () => {
        const lab = setUp(conversion);
        const before = lab.files();
        const checkpoints = await lab.open();
        const { id } = await lab.create();
        agent(lab);
        lab.commit('agent');
        const after = lab.state();
        value(await checkpoints.restore(id));
        assert.deepEqual(lab.files(), before);
        value(await checkpoints.undo());
        assert.deepEqual(lab.state(), after);
      });
    });
  }

  it('come back from the first checkpoint after many, and beside files that were changed', async () => {
    const lab = setUp(textAuto);
    lab.write('c.txt', 'untracked\r\n');
    const before = lab.files();
    const checkpoints = await lab.open();
    const { id } = await lab.create('first');
    for (const step of ['one', 'two', 'three']) {
      lab.write('b.txt', `agent ${step}\r\n`);
      await lab.create(step);
      lab.commit(step);
    }
    lab.write('a.txt', 'agent\n');
    await lab.create('last');
    lab.write('a.txt', 'agent again\n');
    value(await checkpoints.restore(id));
    assert.deepEqual(lab.files(), before);
  });

  it('come back where the agent staged other files, and took its own change back by hand', async () => {
    const lab = setUp({ ...textAuto, contents: { ...textAuto.contents, 'staged.txt': lf } });
    await lab.create();
    lab.write('a.txt', 'agent\n');
    lab.write('staged.txt', 'agent\n');
    lab.git('add', 'staged.txt');
    await lab.create('in between');
    lab.write('a.txt', crlf);
    const before = lab.files();
    const { id } = await lab.create('by hand');
    lab.write('a.txt', 'agent once more\n');
    value(await (await lab.open()).restore(id));
    assert.deepEqual(lab.files(), before);
  });

  it('are looked for once for an index, and not at all where git converts nothing', async () => {
    const plain = make({ 'a.txt': crlf });
    await plain.create();
    assert.equal(existsSync(memory(plain)), false);

    const lab = setUp(textAuto);
    await lab.create();
    const { mtimeNs } = statSync(memory(lab), { bigint: true });
    lab.write('b.txt', 'changed\n');
    const { id } = await lab.create('again');
    assert.equal(statSync(memory(lab), { bigint: true }).mtimeNs, mtimeNs);
    assert.deepEqual(kept(lab, id), ['a.txt']);
  });

  it('are others once the rules are others, which need not be committed', async () => {
    const lab = setUp(textAuto);
    assert.deepEqual(kept(lab, (await lab.create()).id), ['a.txt']);
    lab.write('.gitattributes', '* -text');
    assert.deepEqual(kept(lab, (await lab.create('second')).id), []);
    lab.write('.gitattributes', 'b.txt text');
    assert.deepEqual(kept(lab, (await lab.create('third')).id), []);
    lab.write('.gitattributes', 'a.txt text');
    assert.deepEqual(kept(lab, (await lab.create('fourth')).id), ['a.txt']);
  });

  it('are written anew where a prune took them with the last checkpoint', async () => {
    const lab = setUp(textAuto);
    const checkpoints = await lab.open();
    const { id } = await lab.create();
    value(await checkpoints.keeping.delete([id]));
    lab.git('gc', '-q', '--prune=now');
    const before = lab.files();
    const again = await lab.create('again');
    lab.write('a.txt', 'agent\n');
    value(await checkpoints.restore(again.id));
    assert.deepEqual(lab.files(), before);
    lab.assertSound();
  });

  it('are looked at some at a time, and are no exceptions where they are most files', async () => {
    const lab = setUp({ attributes: { '.gitattributes': '*.txt text=auto eol=crlf' }, contents: {} });
    for (let at = 0; at < 2050; at += 1)
      lab.write(`${at}.txt`, at < 1950 ? `\0 ${at}\n` : `the smallest are looked at first ${at}\n`);
    lab.commit('many');
    const first = await lab.create();
    const number = (id: string): number => kept(lab, id).length;
    assert.ok(number(first.id) < 100, 'not all were looked at');
    lab.write('new.txt', 'x\r\n');
    assert.equal(number((await lab.create('second')).id), 100);
    for (let at = 0; at < 1950; at += 1) lab.write(`${at}.txt`, `${at}\n`);
    lab.commit('no exceptions');
    await lab.create('third');
    lab.write('new.txt', 'y\r\n');
    assert.equal(number((await lab.create('fourth')).id), 0);
  });

  it('do without a memory that is torn', async () => {
    const lab = setUp(textAuto);
    await lab.create();
    lab.write('.git/soft-landing/clean.json', '{"v":1,"indexStamp"');
    lab.write('new.txt', 'x\n');
    assert.deepEqual(kept(lab, (await lab.create('again')).id), ['a.txt']);
  });

  it('are refused as ever where somebody edits them meanwhile', async () => {
    const lab = setUp(textAuto);
    const checkpoints = await lab.open();
    const { id } = await lab.create();
    lab.write('a.txt', 'agent\n');
    const edit = `case " $* " in *" read-tree -m -u "*) $real "$@"; code=$?; printf 'person\\r\\n' > a.txt; exit $code;; esac`;
    const refused = await lab.withGit(`${edit}; exec $real "$@"`, () => checkpoints.restore(id));
    assert.equal(failure(refused).reason, 'changed-meanwhile');
    assert.equal(lab.read('a.txt'), 'person\r\n');
  });
});
