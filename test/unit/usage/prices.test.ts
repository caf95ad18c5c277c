import assert from 'node:assert/strict';
import { noTokens, type TokenCounts } from '../../../src/protocol/usage.ts';
import { Prices, pricesDate } from '../../../src/usage/prices.ts';

const million = 1e6;
const cost = (model: string | null, tokens: Partial<TokenCounts>, changes: object = {}, prices = new Prices()) => {
  const usd = prices.costOf({ model, tokens: { ...noTokens, ...tokens }, isFast: false, costUsd: null, ...changes });
  return usd === null ? null : Number(usd.toFixed(9));
};

describe('prices', () => {
  // Anthropic's and OpenAI's price lists.
  const cases: [string, string, Partial<TokenCounts>, number][] = [
    ['input', 'claude-sonnet-4-5', { input: 100_000 }, 0.3],
    ['output', 'claude-sonnet-4-5', { output: million }, 15],
    ['cache reads', 'claude-sonnet-4-5', { cacheRead: 100_000 }, 0.03],
    ['five-minute cache writes', 'claude-sonnet-4-5', { cacheWrite5m: 100_000 }, 0.375],
    ['one-hour cache writes', 'claude-sonnet-4-5', { cacheWrite1h: 100_000 }, 0.6],
    ['another vendor', 'gpt-5.5', { input: 1000, output: 1000, cacheRead: 1000 }, 0.0355],
    ['a prompt at the limit', 'claude-sonnet-4-5', { input: 200_000 }, 0.6],
    // The whole prompt decides for all classes; taken class by class it would be 0.129.
    ['a long prompt', 'claude-sonnet-4-5', { input: 10_000, cacheRead: 240_000, output: 1000 }, 0.2265],
    ['a long prompt of cache writes', 'claude-sonnet-4-5', { cacheWrite5m: 100_000, cacheWrite1h: 150_000 }, 2.55],
    ['a long prompt of a model without a premium', 'claude-opus-4-7', { input: 250_000 }, 1.25],
    ['another limit', 'gpt-5.5', { input: 272_001 }, 2.72001],
    // What Claude Code 2.1.330 reckoned for the same tokens in its cost-state row.
    [
      'a model measured',
      'claude-opus-5-5',
      { input: 30, output: 483, cacheWrite5m: 12_940, cacheWrite1h: 50, cacheRead: 49_690 },
      0.084818,
    ],
  ];
  for (const [name, model, tokens, wanted] of cases) it(name, () => assert.equal(cost(model, tokens), wanted));

  it('are found by name, then without date and provider, and never by likeness', () => {
    const tokens = { output: million };
    for (const model of [
      'claude-sonnet-4-5-20250929',
      'anthropic/claude-sonnet-4-5',
      'openrouter/anthropic/claude-sonnet-4-5',
    ])
      assert.equal(cost(model, tokens), 15, model);
    for (const model of [
      'claude-sonnet-4-5-next',
      'claude-sonnet',
      'sonnet',
      'claude-sonnet-4-99',
      'constructor',
      '',
      null,
    ])
      assert.equal(cost(model, tokens), null, String(model));
  });

  it('of the user count before ours', () => {
    const rates = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };
    const prices = new Prices({ local: rates, 'claude-sonnet-4-5': rates });
    assert.equal(cost('local', { output: million }, {}, prices), 2);
    assert.equal(cost('claude-sonnet-4-5', { output: million }, {}, prices), 2);
    assert.equal(cost('claude-opus-4-7', { output: million }, {}, prices), 25);
  });

  it('know the fast mode, or do not know', () => {
    assert.equal(cost('claude-opus-4-7', { output: million }, { isFast: true }), 150);
    assert.equal(cost('claude-sonnet-4-5', { output: million }, { isFast: true }), null);
  });

  it('do not replace what the agent itself says', () =>
    assert.equal(cost('claude-opus-4-7', { output: million }, { costUsd: 1.5 }), 1.5));

  it('know what a context window holds, where anything says so', () => {
    const rates = { input: 1, output: 2, cacheRead: 3, cacheWrite5m: 4, cacheWrite1h: 5 };
    const prices = new Prices({ local: { ...rates, context: 32_000 } });
    const limits = ['claude-opus-4-7', 'anthropic/claude-sonnet-4-5[1m]', 'local', 'unheard-of', null];
    assert.deepEqual(
      limits.map((model) => prices.contextLimitOf(model)),
      [null, 1_000_000, 32_000, null, null],
    );
  });

  it('say of which day they are', () => assert.match(pricesDate, /^20\d\d-\d\d-\d\d$/));
});
