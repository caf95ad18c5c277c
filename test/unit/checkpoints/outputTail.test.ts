import assert from 'node:assert/strict';
import { lastLines, OutputTail, plainText } from '../../../src/checkpoints/verify/outputTail.ts';

describe('the output of a verify command', () => {
  it('is kept whole while it is short, across pieces that cut characters in two', () => {
    const tail = new OutputTail(100);
    const bytes = Buffer.from('größer\nals\n');
    for (const byte of bytes) tail.add(Buffer.from([byte]));
    assert.equal(tail.text(), 'größer\nals\n');
  });

  it('is its last whole lines when it is long', () => {
    const tail = new OutputTail(1000);
    for (let line = 0; line < 50_000; line++) tail.add(Buffer.from(`line ${line}\n`));
    const lines = tail.text().trimEnd().split('\n');
    assert.equal(lines.at(-1), 'line 49999');
    assert.ok(lines.every((line, at) => line === `line ${50_000 - lines.length + at}`));
    assert.ok(tail.text().length <= 1000 && lines.length > 80, String(lines.length));
  });

  it('has no colours, links or lines drawn over', () => {
    assert.equal(plainText('\u001B[31mred\u001B[0m \u001B]8;;file:///x\u0007link\u001B]8;;\u0007\r\n'), 'red link\n');
    assert.equal(plainText('10 %\r50 %\r100 %\ndone\r\n'), '100 %\ndone\n');
    assert.equal(plainText('unfinished \u001B]8;;'), 'unfinished \u001B]8;;');
    const failures = 'FAILED the test\n'.repeat(40);
    assert.ok(plainText(`unfinished \u001B]8;;\n${failures}\u0007`).includes(failures));
    assert.equal(plainText('\u001B]0;a title\u0007rest'), 'rest');
  });

  it('is told in a few lines', () => {
    assert.equal(lastLines('a\nb\n\nc\n\n\n', 2), 'c');
    assert.equal(lastLines('a\nb\nc', 2), 'b\nc');
    assert.equal(lastLines('x'.repeat(400), 1, 10), `${'x'.repeat(9)}…`);
    assert.equal(lastLines('', 3), '');
  });
});
