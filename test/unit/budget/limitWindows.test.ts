import assert from 'node:assert/strict';
import { limitWindows, type LimitInput } from '../../../src/budget/limitWindows.ts';
import type { DriftRates } from '../../../src/protocol/limits.ts';
import {
  noTokens,
  type Reading,
  type SessionUsage,
  type TokenCounts,
  type UseSlice,
} from '../../../src/protocol/usage.ts';
import { Prices } from '../../../src/usage/prices.ts';

const hour = 3_600_000;
// A Thursday.
const now = Date.parse('2026-11-26T12:00:00Z');
const price = { input: 2, output: 10, cacheRead: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4 };
const prices = new Prices({ priced: price });

const reading = (changes: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: 'a',
  window: 'five_hour',
  used: 0.42,
  resetsAt: now + hour,
  capturedAt: now - 60_000,
  source: 'statusline',
  confidence: 'official',
  ...changes,
});
const session = (sessionId: string, changes: Partial<SessionUsage> = {}): SessionUsage => ({
  agent: 'claude',
  account: 'a',
  sessionId,
  cwd: '/code',
  model: 'priced',
  firstAt: now - hour,
  lastAt: now - 5000,
  responses: 2,
  tokens: { ...noTokens, input: 100, output: 200, cacheRead: 9000 },
  costUsd: 0.5,
  contextTokens: 9000,
  contextLimit: 10_000,
  ...changes,
});
const slice = (changes: Partial<UseSlice> = {}): UseSlice => ({
  agent: 'claude',
  account: 'a',
  model: 'priced',
  from: now - hour,
  responses: 1,
  tokens: { ...noTokens, output: 300 },
  costUsd: 0.5,
  costUnknownTokens: 0,
  ...changes,
});
const windows = (changes: Partial<LimitInput>) =>
  limitWindows({
    usage: { sessions: [], readings: [], timeline: [] },
    drifts: [],
    budgets: {},
    prices,
    now,
    timeZone: 'UTC',
    ...changes,
  });
/** What a reader of limits.json makes of tokens used since. */
const moved = (rates: DriftRates | undefined, tokens: TokenCounts): number => {
  assert.ok(rates);
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = tokens;
  return (
    (input * rates.input +
      output * rates.output +
      cacheWrite5m * rates.cacheWrite5m +
      cacheWrite1h * rates.cacheWrite1h +
      cacheRead * rates.cacheRead) /
    1e6
  );
};
const some: TokenCounts = { input: 1000, output: 2000, cacheWrite5m: 300, cacheWrite1h: 40, cacheRead: 50_000 };

describe('limit windows', () => {
  it('are the readings that hold, with the drift of those whose calibration is good', () => {
    const drift = { '': { ...some, cacheRead: 0 } };
    const [five, week, ...more] = windows({
      usage: {
        sessions: [],
        readings: [
          reading(),
          reading({ window: 'seven_day', resetsAt: now + 99 * hour }),
          reading({ resetsAt: now - 1 }),
        ],
        timeline: [],
      },
      drifts: [{ agent: 'claude', account: 'a', window: 'seven_day', drift }],
    });
    assert.equal(more.length, 0);
    assert.deepEqual(five, { ...reading(), label: '5-hour window', session: null, error: null, drift: null });
    assert.deepEqual([week?.window, week?.drift], ['seven_day', drift]);
  });

  it('tell the error of a derived reading', () => {
    const derived = reading({ confidence: 'derived', used: 0.5, capturedAt: now - 10, error: 0.03 });
    const [window] = windows({ usage: { sessions: [], readings: [reading(), derived], timeline: [] } });
    assert.deepEqual([window?.used, window?.confidence, window?.error], [0.5, 'derived', 0.03]);
  });

  it('name the account where there are two', () => {
    const readings = [reading(), reading({ account: '/home/dev/.claude-work' })];
    const labels = windows({ usage: { sessions: [], readings, timeline: [] } }).map(({ label }) => label);
    assert.deepEqual(labels, ['Claude Code (a): 5-hour window', 'Claude Code (.claude-work): 5-hour window']);
  });

  it('count a budget of tokens on exactly, without cache reads', () => {
    const [day] = windows({
      usage: { sessions: [session('s')], readings: [], timeline: [slice()] },
      budgets: { tokensPerDay: 10_000 },
    });
    assert.equal(day?.used, 0.03);
    assert.equal(day.agent, 'all');
    assert.equal(day.capturedAt, now - 5000, 'the newest use that is counted');
    assert.equal(moved(day.drift?.[''], some), 3340 / 10_000);
  });

  it('count a budget of dollars on by the prices of the models in use', () => {
    const [week] = windows({
      usage: {
        sessions: [session('s', { model: 'nobody knows' })],
        readings: [],
        timeline: [slice(), slice({ model: 'nobody knows' }), slice({ model: null })],
      },
      budgets: { usdPerWeek: 8 },
    });
    assert.deepEqual(Object.keys(week?.drift ?? {}), ['priced']);
    const cost = prices.costOf({ model: 'priced', tokens: some, isFast: false, costUsd: null }) ?? assert.fail();
    assert.ok(Math.abs(moved(week?.drift?.['priced'], some) - cost / 8) < 1e-12);
  });

  it('tell of a budget in dollars that it is a lower bound', () => {
    const timeline = [slice({ costUsd: null, costUnknownTokens: 500 })];
    const [day] = windows({ usage: { sessions: [], readings: [], timeline }, budgets: { usdPerDay: 8 } });
    assert.equal(day?.confidence, 'unknown');
  });

  it('are one per session of the last day for a budget per session', () => {
    const sessions = [
      session('new'),
      session('older', { lastAt: now - 20 * hour }),
      session('gone', { lastAt: now - 25 * hour }),
    ];
    const all = windows({
      usage: { sessions, readings: [], timeline: [] },
      budgets: { tokensPerSession: 1000, tokensPerDay: 1000 },
    });
    assert.deepEqual(
      all.map(({ window, session: id, used, capturedAt }) => [window, id, used, now - capturedAt]),
      [
        ['tokensPerDay', null, 0, 5000],
        ['tokensPerSession', 'new', 0.3, 5000],
        ['tokensPerSession', 'older', 0.3, 20 * hour],
      ],
    );
  });

  it('are of forty sessions at most', () => {
    const sessions = Array.from({ length: 100 }, (_, index) => session(`s${index}`));
    const all = windows({ usage: { sessions, readings: [], timeline: [] }, budgets: { tokensPerSession: 5 } });
    assert.deepEqual([all.length, all[0]?.session], [40, 's0']);
  });

  it('leave out the context, and are none where nothing is known', () => {
    assert.deepEqual(windows({ usage: { sessions: [session('s')], readings: [], timeline: [slice()] } }), []);
  });
});
