import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTail } from '../../../src/landing/transcriptTail.ts';

describe('the tail of a transcript', () => {
  let folder: string;
  let file: string;
  const markers = [Buffer.from('usage"')];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'soft-landing-tail-'));
    file = path.join(folder, 't.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read on from where it was left, whole lines only', () => {
    writeFileSync(file, '{"usage":1}\nother\n{"usage":2');
    const first = readTail(file, 0, markers);
    assert.deepEqual(first, { lines: ['{"usage":1}'], offset: 18, hasGap: false });
    appendFileSync(file, '}\n{"usage":3}\n');
    assert.deepEqual(readTail(file, first.offset, markers)?.lines, ['{"usage":2}', '{"usage":3}']);
  });

  it('begins anew where the file is another one', () => {
    writeFileSync(file, '{"usage":1}\n');
    assert.deepEqual(readTail(file, 5000, markers)?.lines, ['{"usage":1}']);
  });

  it('passes over the middle of what is too much, and says so', () => {
    const row = `{"usage":0,"x":"${'x'.repeat(1000)}"}\n`;
    writeFileSync(file, row.repeat(3000) + '{"usage":1}\n');
    const tail = readTail(file, 0, markers);
    assert.equal(tail?.hasGap, true);
    assert.equal(tail.lines.at(-1), '{"usage":1}');
    assert.ok(tail.lines.length < 300 && tail.lines.every((line) => line.startsWith('{"usage"')));
  });

  it('is none of what is no file', () => {
    assert.equal(readTail(path.join(folder, 'gone'), 0, markers), null);
    mkdirSync(path.join(folder, 'd'));
    assert.equal(readTail(path.join(folder, 'd'), 0, markers), null);
    writeFileSync(file, '');
    assert.deepEqual(readTail(file, 0, markers), { lines: [], offset: 0, hasGap: false });
  });
});
