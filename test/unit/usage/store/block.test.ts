import assert from 'node:assert/strict';
import { noTokens } from '../../../../src/protocol/usage.ts';
import { Ledger } from '../../../../src/usage/ledger.ts';
import type { Progress } from '../../../../src/usage/progress.ts';
import { blockLength, decodeBlock, encodeBlock } from '../../../../src/usage/store/block.ts';
import { checksumOf, hashesAfter, hashOf } from '../../../../src/usage/store/hash.ts';

const counts = { size: 5, mtimeMs: 1.25, inode: 2 ** 50, rows: 3, pendingRows: 1, bad: 2 };
const progress: readonly (readonly [number, Progress])[] = [
  [11, { kind: 'lines', ...counts, offset: 4, print: 7, insideLongLine: true, state: { thread: 'ü', n: null } }],
  [12, { kind: 'lines', ...counts, offset: 4, print: 7, insideLongLine: false, state: null }],
  [13, { kind: 'document', ...counts }],
  [14, { kind: 'database', ...counts, row: 2 ** 40, changed: 9.5 }],
];
const reading = {
  agent: 'codex',
  account: '/c',
  window: 'five_hour',
  used: 0.5,
  resetsAt: null,
  capturedAt: 3,
  source: 's',
  confidence: 'official',
} as const;

function ledgerOf(...ids: string[]): Ledger {
  const ledger = new Ledger();
  for (const [index, id] of ids.entries()) {
    const row = {
      agent: index % 2 === 0 ? 'claude' : 'codex',
      sessionId: `session ${index}`,
      id,
      marks: ['a', 'b', 'c', 'd'].slice(0, 1 + (index % 4)),
      at: 1000.5 + index,
      model: index % 3 === 0 ? null : 'modèle',
      cwd: index % 2 === 0 ? null : '/repo',
      isSidechain: index % 2 === 0,
      isCopy: index % 3 === 0,
      isFast: index % 5 === 0,
      tokens: { ...noTokens, input: index, cacheRead: 2 ** 31 + index },
      costUsd: index % 2 === 0 ? null : 0.25,
      contextLimit: index % 2 === 0 ? null : 200_000,
    };
    ledger.add(row, `/account ${index % 3}`, hashOf(`file ${index}`));
  }
  return ledger;
}

function encoded(ledger: Ledger, rows = ledger.rows()): Uint8Array {
  return encodeBlock({ table: ledger.table, rows, progress, readings: [reading], isBase: false });
}

describe('a block of the store', () => {
  const ledger = ledgerOf('1', '2', '3', '4', '5', '6', '7');

  it('gives back what was put in', () => {
    const bytes = encoded(ledger);
    const buffer = Uint8Array.from(bytes).buffer;
    assert.equal(blockLength(buffer, 0), bytes.length);
    assert.equal(bytes.length % 8, 0);
    const block = decodeBlock(buffer, 0, bytes.length) ?? assert.fail();
    assert.deepEqual(block.progress, progress);
    assert.deepEqual(block.readings, [reading]);
    const other = new Ledger();
    other.merge(block.table, { areDistinct: false, areOld: false });
    assert.deepEqual([...other.responses()], [...ledger.responses()]);
    // The links came along: what is told again meets itself.
    other.merge(block.table, { areDistinct: false, areOld: false });
    assert.equal(other.size, ledger.size);
    assert.deepEqual(
      other.rows().map((row) => other.table.linksOf(row)),
      ledger.rows().map((row) => ledger.table.linksOf(row)),
    );
  });

  it('holds only the words its rows use', () => {
    const buffer = Uint8Array.from(encoded(ledger, [1])).buffer;
    const block = decodeBlock(buffer, 0, buffer.byteLength) ?? assert.fail();
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => block.table.words.text(number)),
      ['session 1', '/repo', 'modèle', null],
    );
  });

  it('is refused with any single bit changed', () => {
    const bytes = encoded(ledgerOf('1'));
    for (let bit = 64; bit < bytes.length * 8; bit += 1) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(decodeBlock(changed.buffer, 0, changed.length), null, `bit ${bit}`);
    }
  });

  it('is refused when its own counts do not fit, though its checksum does', () => {
    for (const word of [6, 7, 8, 9]) {
      for (const value of [1, 99, 2 ** 31, 2 ** 32 - 1]) {
        const bytes = Uint8Array.from(encoded(ledgerOf('1', '2')));
        const words = new Uint32Array(bytes.buffer);
        if (words[word] === value) continue;
        words[word] = value;
        words.set(checksumOf(words.subarray(4)), 2);
        assert.equal(decodeBlock(bytes.buffer, 0, bytes.length), null, `word ${word} = ${value}`);
      }
    }
  });
});

describe('hashes', () => {
  it('keep texts apart, and their borders', () => {
    const all = ['', 'a', 'b', 'ab', 'ba', '\0', 'a\0'].map((text) => hashOf(text));
    for (const text of ['', 'a', 'ab', 'abc']) assert.equal(hashesAfter(text.slice(0, 1))(text.slice(1)), hashOf(text));
    assert.equal(new Set([...all, hashOf('ab', 'c'), hashOf('a', 'bc'), hashOf('abc')]).size, all.length + 3);
    for (const hash of all) assert.ok(Number.isSafeInteger(hash) && hash > 0);
  });

  it('rarely meet', () => {
    const seen = new Set<number>();
    for (let index = 0; index < 200_000; index += 1) seen.add(hashOf('claude', `msg_${index}`, `${index % 7}`));
    assert.equal(seen.size, 200_000);
  });
});
