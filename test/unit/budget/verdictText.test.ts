import assert from 'node:assert/strict';
import { decide } from '../../../src/budget/decision.ts';
import { estimateTask } from '../../../src/budget/estimate/estimate.ts';
import { english, type Language } from '../../../src/budget/language.ts';
import { basisText, rangeText, tokenCount, verdictText } from '../../../src/budget/verdictText.ts';
import type { WindowNeed } from '../../../src/budget/windowNeed.ts';
import type { Trait } from '../../../src/protocol/turn.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T13:50:00Z');
/** Marks what was said by it, so that what was not is seen. */
const marking: Language = { ...english, t: (text, ...values) => `<${english.t(text, ...values)}>` };

function unmarked(text: string): string {
  let rest = text;
  for (let before = ''; before !== rest;) [before, rest] = [rest, rest.replace(/<[^<>]*>/g, '')];
  return rest.trim();
}

const need = (likely: number, high: number, used: number): WindowNeed => ({
  window: windowOf({ used: used / 100 }),
  used,
  need: { low: likely / 2, likely, high },
  reserve: 20,
  room: 80 - used,
});

describe('the words of a decision', () => {
  const all: readonly Trait[] = ['fix', 'production', 'everything', 'complex', 'feature'];
  const cases: readonly (readonly [string, readonly WindowNeed[], readonly Trait[], string])[] = [
    ['proceed', [need(1, 2, 10)], [], 'There is room for this task. Likely '],
    ['a small task', [need(1, 2, 10)], ['docs'], 'A small task of tests or docs.'],
    [
      'tight',
      [need(10, 31, 50)],
      [],
      'It may take up to 31 % of the 5-hour window; 30 % are left above the reserve. It resets in 10 min.',
    ],
    [
      'split',
      [need(9, 20, 72)],
      all,
      'It likely takes 9 % of the 5-hour window; 8 % are left above the reserve. It is about the whole code base. It is a fix on a tree whose last verify failed. The 5-hour window is near its end and 72 % are used. It is a complex feature. It resets in 10 min. About ',
    ],
    [
      'inside the reserve',
      [need(1, 2, 85)],
      [],
      'The reserve of 20 % of the 5-hour window is reached: 85 % are used. The 5-hour window is near its end and 85 % are used. It resets in 10 min. Nothing above the reserve is left before the reset.',
    ],
    ['a part of a percent, as the gauge says it', [need(1, 2, 83.9)], [], 'is reached: 83 % are used.'],
    ['unknown', [], [], 'Whether this task fits is not known. Likely '],
  ];
  for (const [name, needs, traits, words] of cases)
    it(`${name}: in English by default, and wholly in another language`, () => {
      const task = turnOf({ traits: [...traits] });
      const estimate = estimateTask({ task, turns: [] });
      const verdict = decide({ task, estimate, needs, isRed: true, now });
      const text = verdictText(verdict, estimate, now);
      assert.ok(text.includes(words), text);
      assert.equal(unmarked(verdictText(verdict, estimate, now, marking)), '');
      assert.equal(verdictText(verdict, estimate, now, marking).replace(/[<>](?! 0)/g, ''), text);
    });

  it('its numbers are written as the language does it', () => {
    const german: Language = { ...english, locale: 'de' };
    const estimate = {
      ...estimateTask({ task: turnOf(), turns: [] }),
      tokens: { low: 850, likely: 45_300, high: 1_234_000 },
    };
    assert.equal(rangeText(estimate), '45K tokens (850 to 1.2M)');
    assert.equal(rangeText(estimate, german), '45K tokens (850 to 1,2M)');
    assert.deepEqual(
      [0, 999, 1500].map((tokens) => tokenCount(tokens, german)),
      ['0', '1K', '1,5K'],
    );
    const needs = [need(1.2, 3.4, 10)];
    const verdict = decide({ task: turnOf(), estimate, needs, isRed: null, now });
    assert.match(verdictText(verdict, estimate, now), /Up to 3\.4 % of the 5-hour window/);
    assert.match(verdictText(verdict, estimate, now, german), /Up to 3,4 % of the 5-hour window/);
    const small = decide({ task: turnOf(), estimate, needs: [need(0.01, 0.02, 10)], isRed: null, now });
    assert.match(verdictText(small, estimate, now, german), /Up to < 0,1 %/);
  });

  it('what it rests on too', () => {
    const task = turnOf();
    for (const count of [0, 1, 3, 60]) {
      const estimate = estimateTask({ task, turns: Array.from({ length: count }, (_, at) => turnOf({ at })) });
      assert.equal(unmarked(basisText(estimate, marking)), '');
    }
  });
});
