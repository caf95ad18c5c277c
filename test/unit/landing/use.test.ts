import assert from 'node:assert/strict';
import { folded, movedBy, sumOf, withUse, type Use } from '../../../src/landing/use.ts';
import { noTokens } from '../../../src/protocol/usage.ts';

const minute = 60_000;
const use = (id: string, at: number, output: number, model: string | null = 'm'): Use => ({
  id,
  at,
  model,
  responses: 1,
  tokens: { ...noTokens, output },
});

describe('uses', () => {
  it('count a response that several rows tell of once, as the fullest of them', () => {
    const uses = [use('a', 0, 1), use('a', 0, 20), use('b', 0, 3), use('a', 0, 7)].reduce<readonly Use[]>(withUse, []);
    assert.equal(sumOf(uses).output, 23);
  });

  it('fold into one per minute and model once they are old, and lose no token', () => {
    const now = 100 * minute;
    const old = Array.from({ length: 300 }, (_, n) => use(`r${n}`, 50 * minute + n * 1000, 10, n % 2 ? 'a' : 'b'));
    const uses = [...old, use('fresh', now - 1000, 5)];
    const short = folded(uses, now);
    assert.equal(short.length, 11);
    assert.deepEqual(sumOf(short), sumOf(uses));
    assert.equal(
      short.reduce((sum, { responses }) => sum + responses, 0),
      301,
    );
    assert.deepEqual(folded(short, now), short);
    const drift = { a: { input: 0, output: 1, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, response: 0.001 } };
    assert.ok(Math.abs(movedBy(drift, short) - movedBy(drift, uses)) < 1e-12);
  });
});
