import assert from 'node:assert/strict';
import { lineText, markerPicker } from '../../../src/usage/markedLines.ts';

const pick = markerPicker(['one', 'two']);

function linesOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  pick(bytes, (start, end) => lines.push(lineText(bytes, start, end)));
  return lines;
}

describe('lines with a marker', () => {
  const cases: [string, string, string[]][] = [
    ['nothing', '', []],
    ['no marker', 'a\nb\n', []],
    ['each line once, in order', 'two b\nx\na one two one\none\n', ['two b', 'a one two one', 'one']],
    ['first and last line, without a line break at the end', 'one\nx\ntwo', ['one', 'two']],
    ['empty lines between', '\n\none\n\n', ['one']],
    ['a marker is not pieced together across lines', 'on\ne\n', []],
    ['letters of several bytes', 'größe one 使用量\n', ['größe one 使用量']],
    ['a byte order mark', '\ufeffone\n', ['one']],
  ];
  for (const [name, text, wanted] of cases) it(name, () => assert.deepEqual(linesOf(text), wanted));
});
