import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTreeVerdict, writeTreeVerdict } from '../../../src/store/verdictFile.ts';

describe('what was verified last in a working tree', () => {
  let outer = '';
  let state = '';
  let tree = '';
  beforeEach(() => {
    outer = mkdtempSync(path.join(tmpdir(), 'soft-landing-verdict-'));
    [state, tree] = [path.join(outer, 'state'), path.join(outer, 'tree')];
    mkdirSync(path.join(tree, '.git'), { recursive: true });
    mkdirSync(path.join(tree, 'src', 'deep'), { recursive: true });
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));
  const read = (...names: string[]) => readTreeVerdict(state, path.join(tree, ...names));

  it('is nothing before, is known in every folder of it, and is forgotten', async () => {
    assert.equal(read(), null);
    await writeTreeVerdict(state, tree, null);
    await writeTreeVerdict(state, tree, 'red');
    assert.deepEqual([read(), read('src', 'deep'), read('not', 'made', 'yet')], ['red', 'red', 'red']);
    await writeTreeVerdict(state, tree, 'green');
    assert.equal(read('src'), 'green');
    await writeTreeVerdict(state, tree, null);
    assert.equal(read('src'), null);
  });

  it('says nothing of the repositories and working trees inside', async () => {
    await writeTreeVerdict(state, tree, 'red');
    mkdirSync(path.join(tree, 'nested', '.git'), { recursive: true });
    mkdirSync(path.join(tree, 'linked'));
    writeFileSync(path.join(tree, 'linked', '.git'), 'gitdir: elsewhere\n');
    assert.deepEqual([read('nested'), read('linked')], [null, null]);
    await writeTreeVerdict(state, path.join(tree, 'linked'), 'green');
    assert.deepEqual([read('linked'), read()], ['green', 'red']);
  });

  it('is found through a link too', async () => {
    symlinkSync(tree, path.join(outer, 'link'));
    await writeTreeVerdict(state, path.join(outer, 'link'), 'red');
    assert.equal(read(), 'red');
    assert.equal(readTreeVerdict(state, path.join(outer, 'link', 'src')), 'red');
  });

  it('is nothing where the file is torn, or of another version', async () => {
    await writeTreeVerdict(state, tree, 'red');
    const folder = path.join(state, 'verdicts');
    const file = path.join(folder, readdirSync(folder)[0] ?? '');
    for (const text of [
      '',
      '{"v":1,"top":',
      '{"v":2,"top":"x","verified":"red"}',
      '{"v":1,"top":"x","verified":"blue"}',
    ]) {
      writeFileSync(file, text);
      assert.equal(read(), null, text);
    }
  });

  it('keeps a few hundred at most', async () => {
    for (let at = 0; at < 305; at++) await writeTreeVerdict(state, path.join(outer, `tree${at}`), 'red');
    assert.equal(readdirSync(path.join(state, 'verdicts')).length, 300);
    assert.equal(readTreeVerdict(state, path.join(outer, 'tree304')), 'red');
  });
});
