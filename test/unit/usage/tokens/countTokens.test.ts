import assert from 'node:assert/strict';
import fc from 'fast-check';
import { countTokens } from '../../../../src/usage/tokens/countTokens.ts';
import { textPieces } from '../../../../src/usage/tokens/textPieces.ts';

const byFour = { encode: (text: string) => ({ length: Math.ceil(text.length / 4) }) };
const never = () => false;

describe('pieces of a text', () => {
  it('are the text, however it is cut', () => {
    const parts = fc.oneof(
      fc.string(),
      fc.constantFrom('a', ' ', '=', '\n', '7', '関').map((one) => one.repeat(3000)),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (texts) => {
        const text = texts.join('');
        assert.equal([...textPieces(text)].map((piece) => piece.text).join(''), text);
      }),
    );
  });
  it('hold no long run of one kind, and say where one was cut', () => {
    for (const one of ['a', 'ab', ' ', '=', '-+', '0', 'é']) {
      const pieces = [...textPieces(one.repeat(5000))];
      assert.ok(pieces.every(({ text }) => text.length <= 65));
      assert.ok(pieces.some(({ isCut }) => isCut));
    }
    const prose = [...textPieces('words that people write, and lines.\n'.repeat(1000))];
    assert.ok(prose.every(({ text, isCut }) => !isCut && text.length <= 4001));
  });
});

describe('counting tokens', () => {
  it('is exact for what is counted whole', () => {
    assert.deepEqual(countTokens('abcd efgh ijkl', byFour, never), { tokens: 4, isApproximate: false });
    assert.deepEqual(countTokens('', byFour, never), { tokens: 0, isApproximate: false });
  });
  it('looks at a large text in places', () => {
    let characters = 0;
    const counter = {
      encode(text: string) {
        characters += text.length;
        return byFour.encode(text);
      },
    };
    const { tokens, isApproximate } = countTokens('const a = 1;\n'.repeat(1_500_000), counter, never);
    assert.ok(isApproximate && Math.abs(tokens / (19_500_000 / 4) - 1) < 0.01, `${tokens}`);
    assert.ok(characters <= 150_000);
  });
  it('reckons the rest when it is late', () => {
    let asked = 0;
    const { tokens, isApproximate } = countTokens('ab cd\n'.repeat(30_000), byFour, () => ++asked > 3);
    assert.ok(isApproximate && Math.abs(tokens / 45_000 - 1) < 0.05, `${tokens}`);
    assert.deepEqual(
      countTokens('x'.repeat(36), byFour, () => true),
      { tokens: 10, isApproximate: true },
    );
  });
});
