import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gitEnvironment } from '../../support/repository.ts';
import { useLabs, value } from './lab.ts';

/** The commands that ARCHITECTURE.md gives to people who have no Soft Landing. */
function documented(): [string, string, string] {
  const text = readFileSync(new URL('../../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const block = /With plain git[^]*?```sh\n([^]*?)```/.exec(text)?.[1] ?? '';
  const [list = '', compare = '', restore = '', ...more] = block.trim().split('\n');
  assert.deepEqual(more, []);
  return [list, compare, restore];
}

describe('a checkpoint by plain git', () => {
  const make = useLabs();

  it('is listed, compared and brought back by the three documented commands', async () => {
    const lab = make({ 'a.txt': 'committed\n', 'gone.txt': 'soon gone\n', 'folder/b.txt': 'b\n' });
    lab.write('a.txt', 'staged\n');
    lab.git('add', 'a.txt');
    lab.write('a.txt', 'edited\n');
    lab.write('new file.txt', 'untracked\n');
    const before = lab.files();
    const made = value(await (await lab.open()).create({ kind: 'manual', label: 'Before the refactoring' }));

    lab.write('a.txt', 'broken by an agent\n');
    lab.delete('gone.txt');
    lab.delete('new file.txt');
    const [list, compare, restore] = documented();
    const sh = (command: string): string =>
      execFileSync('sh', ['-c', command], {
        cwd: lab.dir,
        env: { ...gitEnvironment(), REF: made.ref },
        encoding: 'utf8',
      });
    const lines = sh(list).trim().split('\n');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^refs\/soft-landing\/main\/\S+\/w \d{4}-.* Before the refactoring$/);
    assert.equal(lines[0]?.split(' ')[0], made.ref);
    const patch = sh(compare);
    assert.match(patch, /-edited\n\+broken by an agent/);
    assert.match(patch, /deleted file mode 100644\n.*\n--- a\/gone\.txt/);
    sh(restore);
    assert.deepEqual(lab.files(), before);
    sh('git read-tree "${REF%w}i"');
    assert.equal(lab.git('show', ':a.txt'), 'staged\n');
  });
});
