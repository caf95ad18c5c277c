import assert from 'node:assert/strict';
import fc from 'fast-check';
import { namedFiles, promptFeatures, withPlanMode } from '../../../src/agents/promptFeatures.ts';
import type { Trait } from '../../../src/protocol/turn.ts';

describe('features of a prompt', () => {
  const cases: readonly (readonly [string, number, number, readonly Trait[]])[] = [
    ['Fix the add function in app.js and add a NOTES.md', 10, 2, ['fix', 'feature']],
    ['Refactor all modules to use the new logger', 8, 0, ['everything', 'refactor']],
    ['Rename every usage of foo across the repo', 8, 0, ['everything', 'refactor']],
    ['How does src/usage/scan.ts work?', 4, 1, ['question']],
    ['Can you implement OAuth login in src/auth.ts?', 7, 1, ['feature', 'complex']],
    ['Hotfix: production is down, login crashes', 6, 0, ['fix', 'production']],
    ['Update the README and the docs', 6, 0, ['docs']],
    ['Write unit tests for @src/parser.py:12 with subagents', 7, 1, ['tests', 'complex', 'subagents']],
    ['continue', 1, 0, ['go-on']],
    ['Yes, go ahead!', 3, 0, ['go-on']],
    ['/review src/a.ts', 2, 1, ['command']],
    ['', 0, 0, []],
  ];
  for (const [prompt, words, files, traits] of cases) {
    it(JSON.stringify(prompt), () => {
      const features = promptFeatures(prompt);
      assert.equal(features.words, words);
      assert.equal(features.files, files);
      assert.deepEqual([...features.traits].sort(), [...traits].sort());
    });
  }

  it('name files once, and no web addresses, numbers or product names', () => {
    assert.deepEqual(
      namedFiles(
        'see https://x.io/a.js, www.b.ts, e.g. v1.2.3 Node.js `src/a.ts`, src/a.ts:10:2 ("Makefile"). lib\\b.cs',
      ),
      ['src/a.ts', 'Makefile', 'lib\\b.cs'],
    );
  });

  it('count scripts without blanks by their characters', () => {
    assert.equal(promptFeatures('関数を修正してください').words, 7);
  });

  it('take plan mode from outside, once', () => {
    assert.deepEqual(withPlanMode({ words: 1, files: 0, traits: [] }, true).traits, ['plan']);
    assert.deepEqual(withPlanMode({ words: 1, files: 0, traits: ['plan'] }, true).traits, ['plan']);
    assert.deepEqual(withPlanMode({ words: 1, files: 0, traits: [] }, false).traits, []);
  });

  it('are found in linear time, whatever the prompt', () => {
    for (const one of ['a', ' ', '=', '.', 'a.', '/', 'all the ', '"', '関', 'x.ts ']) {
      const prompt = one.repeat(Math.ceil(2_000_000 / one.length));
      const start = process.cpuUsage();
      promptFeatures(prompt);
      const { user } = process.cpuUsage(start);
      assert.ok(user < 2_000_000, `${JSON.stringify(one)}: ${user / 1000} ms`);
    }
  });

  // Tried in every way of taking them apart, it would take days.
  it('do not take digits apart to see whether the agent is told to go on', () => {
    for (const tail of ['', 'x', ' 1x', '!']) assert.deepEqual(promptFeatures('1'.repeat(55) + tail).traits, []);
    assert.deepEqual(promptFeatures('12. 3)').traits, ['go-on']);
  });

  it('are plain numbers for anything', () => {
    const anything = fc.uint16Array({ maxLength: 400 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(
      fc.property(anything, (prompt) => {
        const { words, files, traits } = promptFeatures(prompt);
        assert.ok(Number.isSafeInteger(words) && words >= 0 && Number.isSafeInteger(files));
        assert.equal(new Set(traits).size, traits.length);
      }),
    );
  });
});
