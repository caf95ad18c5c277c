import assert from 'node:assert/strict';
import { mayConvert, parseAttributes } from '../../../src/checkpoints/capture/conversion.ts';

describe('whether git may convert a file', () => {
  const cases: readonly (readonly [
    attributes: Readonly<Record<string, string>>,
    autocrlf: string,
    expected: boolean,
  ])[] = [
    [{}, '', false],
    [{}, 'false', false],
    [{}, 'Off', false],
    [{}, 'true', true],
    [{}, 'input', true],
    [{ text: 'unset' }, 'true', false],
    [{ text: 'unset', eol: 'crlf' }, 'true', false],
    [{ text: 'set' }, '', true],
    [{ text: 'auto' }, '', true],
    [{ eol: 'crlf' }, '', true],
    [{ crlf: 'input' }, '', true],
    [{ crlf: 'unset' }, 'true', false],
    [{ crlf: 'unset', text: 'auto' }, '', true],
    [{ ident: 'set' }, '', true],
    [{ ident: 'set', text: 'unset' }, '', true],
    [{ ident: 'unset' }, '', false],
    [{ 'working-tree-encoding': 'UTF-16' }, '', true],
    [{ filter: 'strip', text: 'unset' }, '', true],
    [{ filter: 'unset' }, '', false],
    [{ filter: 'lfs', text: 'unset' }, 'true', false],
    [{ filter: 'lfs' }, 'true', false],
  ];
  for (const [attributes, autocrlf, expected] of cases) {
    it(`${JSON.stringify(attributes)} with autocrlf=${autocrlf}: ${expected ? 'yes' : 'no'}`, () => {
      assert.equal(mayConvert(new Map(Object.entries(attributes)), autocrlf), expected);
    });
  }

  it('reads what check-attr prints, whatever the paths are called', () => {
    const parsed = parseAttributes('a\nb\0text\0auto\0a\nb\0eol\0\0c: text\0text\0unset\0');
    assert.deepEqual(
      [...parsed].map(([path, found]) => [path, [...found]]),
      [
        [
          'a\nb',
          [
            ['text', 'auto'],
            ['eol', ''],
          ],
        ],
        ['c: text', [['text', 'unset']]],
      ],
    );
    assert.equal(parseAttributes('').size, 0);
  });
});
