import assert from 'node:assert/strict';
import { nextResponse, ratesBetween } from '../../../src/landing/lookAhead.ts';
import { movedBy, type Use } from '../../../src/landing/use.ts';
import { noTokens, type Reading, type TokenCounts } from '../../../src/protocol/usage.ts';

const reading = (used: number, capturedAt: number): Reading => ({
  agent: 'codex',
  account: 'a',
  window: 'five_hour',
  used,
  resetsAt: 1e9,
  capturedAt,
  source: 'rollout',
  confidence: 'official',
});
const use = (at: number, tokens: Partial<TokenCounts>, responses = 1): Use => ({
  id: String(at),
  at,
  model: 'm',
  responses,
  tokens: { ...noTokens, ...tokens },
});

describe('what use does to a window that nothing is published of', () => {
  it('is learned from what it rose between two readings', () => {
    const uses = [use(10, { output: 1000 }), use(20, { input: 5000 }), use(30, { output: 700 })];
    // Each reading stands before its response: the first two were used between them.
    const rates = ratesBetween(reading(0.5, 9), reading(0.6, 29), uses);
    assert.ok(rates !== null);
    assert.equal(movedBy(rates, uses.slice(0, 2)).toFixed(6), '0.100000');
    assert.equal(movedBy(rates, uses.slice(2)).toFixed(6), '0.035000');
  });

  it('is not told by a rise that may be rounding, nor by one that nothing here was used for', () => {
    assert.equal(ratesBetween(reading(0.5, 9), reading(0.51, 29), [use(10, { output: 1000 })]), null);
    assert.equal(ratesBetween(reading(0.5, 9), reading(0.5, 9), [use(10, { output: 1000 })]), null);
    assert.equal(ratesBetween(reading(0.5, 9), reading(0.7, 29), [use(40, { output: 1000 })]), null);
    assert.equal(ratesBetween(reading(0.7, 9), reading(0.5, 29), [use(10, { output: 1000 })]), null);
  });
});

describe('what the next response may use', () => {
  const drift = { '': { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 } };
  const next = (...uses: readonly Use[]): string => nextResponse(drift, uses).toFixed(6);

  it('is not known before the second', () => {
    assert.equal(next(), '0.000000');
    assert.equal(next(use(1, { cacheWrite5m: 100_000, output: 2000 })), '0.000000');
    assert.equal(next(use(1, { cacheWrite5m: 100_000, output: 2000 }), use(2, { output: 2000 })), '0.010000');
  });

  it('is the last, or the larger of the recent ones, the first left out', () => {
    const first = use(0, { cacheWrite5m: 500_000 });
    const sized = (...thousands: readonly number[]) => thousands.map((each, n) => use(n + 1, { output: each * 1000 }));
    assert.equal(next(first, ...sized(1, 2, 9)), '0.045000');
    assert.equal(next(first, ...sized(9, 1, 2, 3, 3, 1)), '0.015000');
    assert.equal(next(first, ...sized(80, 80, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), '0.005000');
  });

  it('counts each of several that were folded into one', () => {
    assert.equal(next(use(0, { output: 1 }), use(1, { output: 10_000 }, 10)), '0.005000');
  });
});
