import assert from 'node:assert/strict';
import type { Change } from '../../../src/checkpoints/git/changes.ts';
import { parseLfsPointer } from '../../../src/checkpoints/restore/lfs.ts';
import { planOverlays } from '../../../src/checkpoints/restore/overlay.ts';
import { withinLimit } from '../../../src/checkpoints/capture/rawBytes.ts';

describe('bytes kept beside blobs', () => {
  it('are kept as far as they fit, small files first', () => {
    const files = [{ bytes: 60 }, { bytes: 10 }, { bytes: 50 }];
    assert.deepEqual(withinLimit(files, 120), { kept: [{ bytes: 10 }, { bytes: 50 }, { bytes: 60 }], leftOut: [] });
    assert.deepEqual(withinLimit(files, 119), { kept: [{ bytes: 10 }, { bytes: 50 }], leftOut: [{ bytes: 60 }] });
    assert.deepEqual(withinLimit(files, 9).kept, []);
    assert.deepEqual(withinLimit([], 0), { kept: [], leftOut: [] });
  });

  it('are laid over what git writes, and over files that differ in their bytes alone', () => {
    const change = (path: string, more: Partial<Change> = {}): Change => ({
      path,
      kind: 'modified',
      fromMode: '100644',
      toMode: '100644',
      fromOid: 'f',
      toOid: 't',
      ...more,
    });
    const overlays = planOverlays(
      [
        change('written'),
        change('written, and git gives it back'),
        change('deleted', { kind: 'deleted', toMode: '000000' }),
        change('a link now', { toMode: '120000' }),
        change('bytes', { fromOid: 't' }),
        change('bytes as git writes them', { fromOid: 't' }),
        change('mode', { fromOid: 't', toMode: '100755' }),
      ],
      new Map([
        ['written', 'raw 1'],
        ['deleted', 'raw 2'],
        ['a link now', 'raw 3'],
        ['bytes', 'raw 4'],
      ]),
      new Map([
        ['bytes', 'now 4'],
        ['bytes as git writes them', 'now 5'],
      ]),
    );
    assert.deepEqual(overlays, [
      { path: 'written', oid: 'raw 1', isRaw: true, replaces: null },
      { path: 'bytes', oid: 'raw 4', isRaw: true, replaces: 'now 4' },
      { path: 'bytes as git writes them', oid: 't', isRaw: false, replaces: 'now 5' },
    ]);
  });
});

describe('a pointer of Git LFS', () => {
  const oid = '0123456789abcdef'.repeat(4);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;

  it('is read, extensions and all', () => {
    assert.deepEqual(parseLfsPointer(Buffer.from(pointer)), { oid, bytes: 12345 });
    const extended = pointer.replace('oid', `ext-0-case sha256:${oid}\noid`);
    assert.deepEqual(parseLfsPointer(Buffer.from(extended)), { oid, bytes: 12345 });
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'version 1\n',
      pointer.replace(/size.*\n/, ''),
      pointer.replace(oid, 'short'),
      `x${pointer}`,
    ]) {
      assert.equal(parseLfsPointer(Buffer.from(text)), null, text);
    }
    assert.equal(parseLfsPointer(Buffer.from(pointer + ' '.repeat(1024))), null);
  });
});
