import assert from 'node:assert/strict';
import { noTokens, type Reading } from '../../../src/protocol/usage.ts';
import { Ledger } from '../../../src/usage/ledger.ts';
import { Prices } from '../../../src/usage/prices.ts';
import type { Progress } from '../../../src/usage/progress.ts';
import { usageReport } from '../../../src/usage/report.ts';
import { blockLength, encodeBlock } from '../../../src/usage/store/block.ts';
import { checksumOf } from '../../../src/usage/store/hash.ts';
import { readBlocks } from '../../../src/usage/store/storeFile.ts';
import { Chance } from '../../support/corpusTools.ts';

const cases = 100_000;
const prices = new Prices();
const reading: Reading = {
  agent: 'codex',
  account: '/c',
  window: 'five_hour',
  used: 0.5,
  resetsAt: 9,
  capturedAt: 3,
  source: 's',
  confidence: 'official',
};

/** Two blocks with something of everything: rows, further links, progress of every kind with its state, a reading. */
function wholeBlocks(): Uint8Array {
  const ledger = new Ledger();
  for (let index = 0; index < 4; index += 1) {
    const row = {
      agent: index % 2 === 0 ? 'claude' : 'codex',
      sessionId: `s${index}`,
      id: `id${index}`,
      marks: ['a', 'b', 'c', 'd'].slice(0, 1 + index),
      at: Date.parse('2026-11-26T12:00:00Z') + index * 3_600_000,
      model: index === 0 ? null : 'claude-opus-4-5',
      cwd: '/repo',
      isSidechain: false,
      isCopy: false,
      isFast: false,
      tokens: { ...noTokens, input: index, output: 70 },
      costUsd: index === 3 ? 0.25 : null,
    };
    ledger.add(row, '/a', index);
  }
  const counts = { size: 5, mtimeMs: 1.25, inode: 7, rows: 3, pendingRows: 1, bad: 2 };
  const progress: readonly (readonly [number, Progress])[] = [
    [11, { kind: 'lines', ...counts, offset: 4, print: 7, insideLongLine: true, state: { thread: 'ü' } }],
    [13, { kind: 'document', ...counts }],
    [14, { kind: 'database', ...counts, row: 6, changed: 9.5 }],
  ];
  const block = (rows: readonly number[], isBase: boolean) =>
    encodeBlock({ table: ledger.table, rows, progress, readings: [reading], isBase });
  return Buffer.concat([block([0, 1, 2], true), block([3], false)]);
}

/** As a program with a defect would have written it: damaged, and vouched for. */
function vouchFor(bytes: Uint8Array): void {
  const buffer = bytes.buffer as ArrayBuffer;
  for (let at = 0; at + 16 <= bytes.length;) {
    const length = blockLength(buffer, at);
    if (length === null || at + length > bytes.length) return;
    const sum = checksumOf(new Uint32Array(buffer, at + 16, (length - 16) / 4));
    new Uint32Array(buffer, at + 8, 2).set(sum);
    at += length;
  }
}

describe('the loader of the store', function () {
  this.timeout(60_000);
  const whole = wholeBlocks();

  it(`stands ${cases.toLocaleString('en-US')} damaged stores, and believes nothing impossible of them`, () => {
    const chance = new Chance(20_261_126);
    const seen = { blocks: 0, none: 0, damaged: 0 };
    for (let index = 0; index < cases; index += 1) {
      let bytes = Uint8Array.from(whole);
      for (let count = chance.between(1, 4); count > 0; count -= 1) bytes = damaged(bytes, chance);
      // The reader's numbers stand at multiples of eight.
      bytes = Uint8Array.from(bytes);
      if (index % 2 === 0) vouchFor(bytes);
      const found = readBlocks(bytes.buffer);
      seen[found.blocks.length > 0 ? 'blocks' : 'none'] += 1;
      seen.damaged += found.damaged;
      assert.ok(found.end >= 0 && found.end <= bytes.length && found.baseEnd <= found.end);
      if (index % 2 === 0 || found.blocks.length < 2) believable(found.blocks, index);
    }
    // Otherwise this would test nothing.
    assert.ok(seen.blocks > cases / 4 && seen.none > cases / 20 && seen.damaged > cases / 4, JSON.stringify(seen));
  });

  it('reads what is whole', () => {
    const { blocks, end, damaged: broken } = readBlocks(Uint8Array.from(whole).buffer);
    assert.deepEqual([blocks.length, end, broken], [2, whole.length, 0]);
  });
});

function damaged(bytes: Uint8Array<ArrayBuffer>, chance: Chance): Uint8Array<ArrayBuffer> {
  const at = chance.between(0, Math.max(0, bytes.length - 1));
  switch (chance.of('flip', 'byte', 'number', 'cut', 'insert', 'copy')) {
    case 'flip':
      bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.between(0, 7));
      return bytes;
    case 'byte':
      bytes[at] = chance.of(0, 0x7f, 0x80, 0xff, chance.between(0, 255));
      return bytes;
    case 'number': {
      // A whole number of the kinds that stand there: NaN, infinite, far too large, negative.
      if (bytes.length < 8) return bytes;
      const place = Math.min(at - (at % 8), bytes.length - 8);
      new DataView(bytes.buffer).setFloat64(place, chance.of(NaN, Infinity, -1, 1e300, 2 ** 53), true);
      return bytes;
    }
    case 'cut':
      return bytes.slice(0, at);
    case 'insert':
      return concat(
        bytes.subarray(0, at),
        new Uint8Array(chance.between(1, 24)).fill(chance.between(0, 255)),
        bytes.subarray(at),
      );
    case 'copy':
      return concat(bytes.subarray(0, at), bytes.subarray(chance.between(0, at)));
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Nothing throws on the way to a report, and no response has less than nothing, no time, or more than there can be. */
function believable(blocks: ReturnType<typeof readBlocks>['blocks'], index: number): void {
  const ledger = new Ledger();
  for (const { table, isBase, progress } of blocks) {
    ledger.merge(table, { areDistinct: isBase, areOld: false });
    for (const [, each] of progress) assert.ok(['lines', 'document', 'database'].includes(each.kind));
  }
  for (const { at, tokens, costUsd, agent } of ledger.passing()) {
    assert.ok(Number.isFinite(at) && Math.abs(at) <= 8.64e15, `case ${index}: a time of ${at}`);
    assert.ok(tokens.input >= 0 && tokens.input < 2 ** 32, `case ${index}`);
    assert.ok(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0), `case ${index}: a cost of ${costUsd}`);
    assert.equal(typeof agent, 'string');
  }
  // Naming days takes a tenth of a millisecond to set up.
  if (index % 50 !== 0) return;
  const query = { by: 'day', since: null, until: null, agent: null, timeZone: 'UTC' } as const;
  const { totals } = usageReport(ledger.passing(), query, prices);
  assert.ok(totals.responses <= 40, `case ${index}`);
}
