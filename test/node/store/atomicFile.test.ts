import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder } from '../../../src/store/atomicFile.ts';

describe('private folders', () => {
  let outer = '';
  beforeEach(() => {
    outer = mkdtempSync(join(tmpdir(), 'soft-landing-folders-'));
  });
  afterEach(() => rmSync(outer, { recursive: true, force: true }));

  it('are made with their parents, by several at once, for their owner alone', async () => {
    // A parent that comes into being between two looks is met in one of some hundred rounds.
    for (let round = 0; round < 300; round++) {
      const folder = join(outer, `${round}`, 'a', 'b', 'c');
      await Promise.all(Array.from({ length: 8 }, () => makePrivateFolder(folder)));
      await makePrivateFolder(folder);
    }
    if (process.platform !== 'win32')
      for (const each of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(outer, '0', each)).mode & 0o777, 0o700);
  });

  it('are not made where a file stands, and it stays', async () => {
    const file = join(outer, 'file');
    writeFileSync(file, 'x');
    await assert.rejects(makePrivateFolder(file), { code: 'EEXIST' });
    await assert.rejects(makePrivateFolder(join(file, 'below')), { code: 'ENOTDIR' });
    assert.equal(statSync(file).size, 1);
  });

  if (process.platform === 'linux')
    it('end in an error where the file system denies what is there', () =>
      assert.rejects(makePrivateFolder('/proc/nothing/below'), { code: 'ENOENT' }));
});
