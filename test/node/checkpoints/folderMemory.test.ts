import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useLabs, value, type Lab } from './lab.ts';

interface Memory {
  base: string;
  commit: string;
  trees: [string, string | null][];
}

describe("what is remembered of a commit's folders", () => {
  const make = useLabs();
  const files = { 'a/b/c.txt': 'c\n', 'a/d.txt': 'd\n', 'e.txt': 'e\n' };

  const fileOf = (lab: Lab): string => join(lab.dir, '.git', 'soft-landing', 'folders.json');
  const read = (lab: Lab): Memory => JSON.parse(readFileSync(fileOf(lab), 'utf8')) as Memory;

  /** What git is asked while `work` runs. */
  async function asked(lab: Lab, work: () => Promise<unknown>): Promise<string> {
    lab.write('../asked', '');
    await lab.withGit('case "$*" in *cat-file*) echo "$@" >>../asked;; esac\nexec "$real" "$@"', work);
    return lab.read('../asked');
  }

  it('saves asking git as long as the same folders change, and others are added to it', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    const create = async (): Promise<void> => {
      const { tree } = value(await checkpoints.create({ kind: 'tool', label: 'x' }));
      assert.equal(tree, lab.treeOfAddAll());
    };
    lab.write('a/d.txt', 'one\n');
    assert.match(await asked(lab, create), /cat-file --batch\n/);
    lab.write('a/d.txt', 'two\n');
    lab.write('new/file.txt', 'in a folder that the commit does not have\n');
    assert.match(await asked(lab, create), /cat-file --batch\n/);
    lab.write('a/d.txt', 'three\n');
    lab.write('new/file.txt', 'three\n');
    assert.equal(await asked(lab, create), '');
    lab.write('a/b/c.txt', 'four\n');
    assert.match(await asked(lab, create), /cat-file --batch\n/);
    lab.write('a/b/c.txt', 'five\n');
    assert.equal(await asked(lab, create), '');
    lab.commit('all of it');
    lab.write('a/b/c.txt', 'six\n');
    assert.match(await asked(lab, create), /cat-file --batch\n/);
    assert.equal(read(lab).base, lab.git('rev-parse', 'HEAD').trim());
  });

  const empty = Buffer.alloc(0).toString('base64');
  const spoilt: Readonly<Record<string, (memory: Memory) => unknown>> = {
    'is another folder of the same commit': ({ trees, ...rest }) => {
      const root = trees.find(([name]) => name === '');
      return { ...rest, trees: trees.map(([name]) => [name, root?.[1] ?? null]) };
    },
    'has no entries': ({ trees, ...rest }) => ({ ...rest, trees: trees.map(([name]) => [name, empty]) }),
    'says that there is no such folder': ({ trees, ...rest }) => ({
      ...rest,
      trees: trees.map(([name, tree]) => [name, name === 'a' ? null : tree]),
    }),
    'has another commit': (memory) => ({ ...memory, commit: Buffer.from('tree 0\n').toString('base64') }),
    'has nothing of use': (memory) => ({ ...memory, trees: [] }),
    'is no memory': () => ({ v: 1 }),
  };
  for (const [what, spoil] of Object.entries(spoilt)) {
    it(`is not believed where it ${what}`, async () => {
      const lab = make(files);
      const checkpoints = await lab.open();
      lab.write('a/d.txt', 'one\n');
      value(await checkpoints.create({ kind: 'tool', label: 'x' }));
      writeFileSync(fileOf(lab), JSON.stringify({ v: 1, ...(spoil(read(lab)) as object) }));
      lab.write('a/d.txt', 'two\n');
      const { tree } = value(await checkpoints.create({ kind: 'tool', label: 'x' }));
      assert.equal(tree, lab.treeOfAddAll());
      assert.ok(read(lab).trees.some(([name, content]) => name === 'a' && content !== null));
    });
  }

  it('is torn: git is asked', async () => {
    const lab = make(files);
    const checkpoints = await lab.open();
    lab.write('a/d.txt', 'one\n');
    value(await checkpoints.create({ kind: 'tool', label: 'x' }));
    writeFileSync(fileOf(lab), readFileSync(fileOf(lab)).subarray(0, 40));
    lab.write('a/d.txt', 'two\n');
    assert.equal(value(await checkpoints.create({ kind: 'tool', label: 'x' })).tree, lab.treeOfAddAll());
  });

  it('is none of a commit that another one stands in for', async () => {
    const lab = make(files);
    const [head, tree] = lab.git('rev-parse', 'HEAD', 'HEAD:a').split('\n');
    const other = lab.git('commit-tree', tree ?? '', '-m', 'other').trim();
    lab.git('replace', head ?? '', other);
    lab.write('a/d.txt', 'one\n');
    const made = await lab.create();
    assert.equal(made.tree, lab.treeOfAddAll());
    assert.equal(lab.exists('.git/soft-landing/folders.json'), false);
  });
});
