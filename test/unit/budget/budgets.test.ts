import assert from 'node:assert/strict';
import { budgetUses, type BudgetInput } from '../../../src/budget/budgets.ts';
import { checkedBudgets } from '../../../src/protocol/budgets.ts';
import { noTokens, type SessionUsage, type UseSlice } from '../../../src/protocol/usage.ts';

const hour = 3_600_000;
// A Thursday.
const now = Date.parse('2026-11-26T12:00:00Z');

const slice = (from: number, changes: Partial<UseSlice> = {}): UseSlice => ({
  agent: 'claude',
  account: 'a',
  model: 'm',
  from,
  responses: 1,
  tokens: { ...noTokens, output: 100, cacheRead: 5000 },
  costUsd: 1,
  costUnknownTokens: 0,
  ...changes,
});
const session: SessionUsage = {
  agent: 'claude',
  account: 'a',
  sessionId: 's1',
  cwd: '/code',
  model: 'm',
  firstAt: now - hour,
  lastAt: now - 60_000,
  responses: 2,
  tokens: { ...noTokens, output: 200 },
  costUsd: 2,
  contextTokens: null,
  contextLimit: null,
};
const uses = (budgets: BudgetInput['budgets'], timeline: readonly UseSlice[], changes: Partial<BudgetInput> = {}) =>
  budgetUses({ budgets, timeline, session: null, now, timeZone: 'UTC', ...changes });
const one = (...input: Parameters<typeof uses>) => {
  const [use] = uses(...input);
  assert.ok(use);
  return use;
};

describe('budgets', () => {
  it('count new tokens of all agents since midnight, without cache reads', () => {
    const timeline = [slice(now - 13 * hour), slice(now - 12 * hour), slice(now, { agent: 'codex' })];
    const { used, resetsAt, agent } = one({ tokensPerDay: 1000 }, timeline);
    assert.deepEqual([used, resetsAt, agent], [0.2, now + 12 * hour, 'all']);
  });
  it('count the week from Monday', () => {
    const timeline = [slice(now - 85 * hour), slice(now - 84 * hour), slice(now)];
    assert.deepEqual([one({ tokensPerWeek: 1000 }, timeline).used], [0.2]);
  });
  it('count a day of 25 hours to its end', () => {
    const late = Date.parse('2026-10-25T22:30:00Z');
    const timeline = [slice(Date.parse('2026-10-24T22:00:00Z')), slice(late)];
    assert.equal(one({ tokensPerDay: 1000 }, timeline, { now: late, timeZone: 'Europe/Berlin' }).used, 0.2);
  });

  it('begin five hours with the first use after the last five ended', () => {
    const timeline = [now - 9 * hour, now - 5 * hour, now - 3 * hour, now - hour].map((from) => slice(from));
    const { used, resetsAt } = one({ tokensPerFiveHours: 1000 }, timeline);
    assert.deepEqual([used, resetsAt], [0.2, now + 2 * hour]);
  });
  it('have no five hours open when the last ones ended', () => {
    const { used, resetsAt } = one({ tokensPerFiveHours: 1000 }, [slice(now - 5 * hour)]);
    assert.deepEqual([used, resetsAt], [0, null]);
  });
  it('are at nothing without use', () => {
    const all = { tokensPerDay: 1, tokensPerFiveHours: 1, tokensPerWeek: 1, usdPerDay: 1 };
    assert.deepEqual(
      uses(all, []).map(({ used, atLeast }) => [used, atLeast]),
      [0, 1, 2, 3].map(() => [0, false]),
    );
  });
  it('count what a clock set back left in the future', () => {
    const timeline = [slice(now + 3 * hour)];
    for (const name of ['tokensPerDay', 'tokensPerFiveHours', 'tokensPerWeek'])
      assert.equal(one({ [name]: 1000 }, timeline).used, 0.1, name);
  });

  it('in dollars are the least it can be when a price is unknown', () => {
    const unpriced = slice(now, { costUsd: null, costUnknownTokens: 5100 });
    const of = (timeline: readonly UseSlice[]) => {
      const { used, atLeast } = one({ usdPerDay: 4 }, timeline);
      return [used, atLeast];
    };
    assert.deepEqual(of([slice(now)]), [0.25, false]);
    assert.deepEqual(of([slice(now), unpriced]), [0.25, true]);
    assert.deepEqual(of([unpriced]), [0, true]);
    assert.equal(one({ tokensPerDay: 1000 }, [unpriced]).atLeast, false);
  });
  it('of a session need one, and know the account’s unpriced use of its time', () => {
    assert.deepEqual(uses({ tokensPerSession: 400, usdPerSession: 4 }, []), []);
    const of = (timeline: readonly UseSlice[], changes: Partial<SessionUsage> = {}) =>
      uses({ tokensPerSession: 400, usdPerSession: 4 }, timeline, { session: { ...session, ...changes } }).map(
        ({ used, atLeast }) => [used, atLeast],
      );
    const unpriced = slice(now - hour, { costUnknownTokens: 1 });
    assert.deepEqual(of([slice(now)]), [
      [0.5, false],
      [0.5, false],
    ]);
    assert.deepEqual(of([unpriced]), [
      [0.5, false],
      [0.5, true],
    ]);
    assert.deepEqual(of([{ ...unpriced, account: 'b' }]), [
      [0.5, false],
      [0.5, false],
    ]);
    assert.deepEqual(of([], { costUsd: null }), [
      [0.5, false],
      [0, true],
    ]);
  });
});

describe('checked budgets', () => {
  it('leave out what is wrong, one value at a time', () => {
    const { budgets, ignored } = checkedBudgets({
      tokensPerDay: 0,
      tokensPerWeek: 7.5,
      usdPerDay: 2.5,
      usdPerWeek: null,
      x: 1,
    });
    assert.deepEqual(budgets, { usdPerDay: 2.5 });
    assert.equal(ignored.length, 3);
  });
  for (const value of [undefined, null, 7, 'x', []])
    it(`are none for ${JSON.stringify(value)}`, () => assert.deepEqual(checkedBudgets(value).budgets, {}));
});
