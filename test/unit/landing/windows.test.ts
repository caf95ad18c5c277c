import assert from 'node:assert/strict';
import { landingWindows, type WindowsInput } from '../../../src/landing/windows.ts';
import type { LimitWindow } from '../../../src/protocol/limits.ts';
import { noTokens, type Reading, type TokenCounts } from '../../../src/protocol/usage.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const minute = 60_000;
const account = '/home/.claude';
const rates = { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 };

function limit(changes: Partial<LimitWindow> = {}): LimitWindow {
  return {
    agent: 'claude',
    account,
    window: 'five_hour',
    label: '5-hour window',
    session: null,
    used: 0.5,
    resetsAt: now + 60 * minute,
    capturedAt: now - 10 * minute,
    source: 'statusline',
    confidence: 'official',
    error: null,
    drift: { '': rates },
    ...changes,
  };
}

function reading(changes: Partial<Reading> = {}): Reading {
  return {
    agent: 'claude',
    account,
    window: 'five_hour',
    used: 0.6,
    resetsAt: now + 60 * minute,
    capturedAt: now - 5 * minute,
    source: 'statusline',
    confidence: 'official',
    ...changes,
  };
}

const use = (at: number, tokens: Partial<TokenCounts>, model: string | null = 'm') => ({
  id: String(at),
  at,
  model,
  responses: 1,
  tokens: { ...noTokens, ...tokens },
});

const look = (input: Partial<WindowsInput>) =>
  landingWindows({
    agent: 'claude',
    sessionId: 's1',
    account,
    limits: [],
    readings: [],
    uses: [],
    isWhole: true,
    otherUses: [],
    learned: new Map(),
    reserveOf: () => 20,
    budgets: {},
    now,
    ...input,
  }).map((window) => ({ ...window, used: Math.round(window.used * 1e6) / 1e6 }));
const usedOf = (input: Partial<WindowsInput>) => look(input).map(({ used }) => used);

describe('windows of a session', () => {
  it('move on with what was used since they were captured', () => {
    const uses = [
      use(now - 11 * minute, { output: 900_000 }),
      use(now - 9 * minute, {
        input: 10_000,
        output: 10_000,
        cacheWrite5m: 8000,
        cacheWrite1h: 5000,
        cacheRead: 100_000,
      }),
    ];
    const [window] = look({ limits: [limit()], uses });
    assert.equal(window?.used, 0.59);
    assert.equal(window.isReckoned, true);
    assert.equal(look({ limits: [limit()] })[0]?.isReckoned, false);
  });

  it('move by the rates of the model, and of each response; a model that nothing is known of moves nothing', () => {
    const drift = { big: { ...rates, output: 50, response: 0.02 } };
    const uses = [use(now - minute, { output: 1000 }, 'big'), use(now - minute, { output: 1_000_000 }, 'other')];
    assert.deepEqual(usedOf({ limits: [limit({ drift })], uses }), [0.57]);
  });

  it('count what other sessions of the account used as well, but not for a budget of this session', () => {
    const budget = limit({ agent: 'claude', window: 'tokensPerSession', session: 's1', resetsAt: null });
    const otherUses = [use(now - minute, { output: 20_000 })];
    assert.deepEqual(usedOf({ limits: [limit(), budget], otherUses }), [0.6, 0.5]);
  });

  it('are never reckoned to be used up: only the vendor says that', () => {
    assert.deepEqual(usedOf({ limits: [limit()], uses: [use(now - minute, { output: 900_000 })] }), [0.999]);
    assert.deepEqual(usedOf({ limits: [limit({ used: 1 })] }), [1]);
  });

  it('stand still where it is not known how use moves them', () => {
    assert.deepEqual(
      usedOf({ limits: [limit({ drift: null })], uses: [use(now - minute, { output: 900_000 })] }),
      [0.5],
    );
  });

  it('are silent when they are stale, or from a clock that was set back', () => {
    assert.deepEqual(look({ limits: [limit({ resetsAt: now - 1 })] }), []);
    assert.deepEqual(look({ limits: [limit({ resetsAt: null, capturedAt: now - 6 * 60 * minute })] }), []);
    assert.deepEqual(look({ limits: [limit({ capturedAt: now + 10 * minute })] }), []);
    assert.deepEqual(look({ readings: [reading({ capturedAt: now + 10 * minute })] }), []);
    assert.deepEqual(look({ limits: [limit({ used: NaN })] }), []);
  });

  it('are those of the agent and account alone', () => {
    assert.deepEqual(look({ limits: [limit({ account: '/other' }), limit({ agent: 'codex' })] }), []);
    assert.deepEqual(look({ limits: [limit()], account: null }), []);
    assert.deepEqual(look({ limits: [limit({ session: 's2', window: 'tokensPerSession' })] }), []);
  });

  it('go on from a newer reading, with the published rates', () => {
    const uses = [use(now - 7 * minute, { output: 100_000 }), use(now - minute, { output: 10_000 })];
    assert.deepEqual(usedOf({ limits: [limit({ used: 0.2 })], readings: [reading()], uses }), [0.65]);
    assert.deepEqual(usedOf({ readings: [reading()] }), [0.6]);
  });

  it('take budgets of all agents, as long as they hold', () => {
    const daily = limit({ agent: 'all', account: 'all', window: 'tokensPerDay', source: 'your budget' });
    assert.deepEqual(usedOf({ limits: [daily], account: null }), [0.5]);
    assert.deepEqual(usedOf({ limits: [{ ...daily, resetsAt: now - 1 }] }), []);
  });

  it("reckon a session's budget themselves while nobody has published it, if all of the session was read", () => {
    const uses = [use(now - 60 * minute, { input: 50_000, cacheRead: 900_000 }), use(now - minute, { output: 35_000 })];
    const budgets = { tokensPerSession: 100_000 };
    assert.deepEqual(usedOf({ uses, budgets }), [0.85]);
    assert.deepEqual(look({ uses, budgets, isWhole: false }), []);
    assert.deepEqual(look({ budgets }), []);
    const published = limit({
      window: 'tokensPerSession',
      session: 's1',
      resetsAt: null,
      used: 0.9,
      source: 'your budget',
    });
    assert.deepEqual(usedOf({ uses: [], budgets, limits: [published] }), [0.9]);
  });
});
