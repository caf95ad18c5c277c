import assert from 'node:assert/strict';
import { currentSession, gaugeState, type GaugeInput } from '../../../src/budget/gauge.ts';
import { noTokens, type Reading, type SessionUsage } from '../../../src/protocol/usage.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-23T12:00:00Z');

const session = (changes: Partial<SessionUsage> = {}): SessionUsage => ({
  agent: 'claude',
  account: '/home/ada/.claude',
  sessionId: 's1',
  cwd: '/code/app',
  model: 'opus',
  firstAt: now - hour,
  lastAt: now - 60_000,
  responses: 3,
  tokens: { input: 100, output: 200, cacheWrite5m: 300, cacheWrite1h: 400, cacheRead: 90_000 },
  costUsd: null,
  contextTokens: null,
  contextLimit: null,
  ...changes,
});
const reading = (used: number, changes: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: '/home/ada/.claude',
  window: 'five_hour',
  used,
  resetsAt: now + 2 * hour,
  capturedAt: now - 60_000,
  source: 'statusline',
  confidence: 'official',
  ...changes,
});
const scanned = { files: 0, bytes: 0, rows: 0, skipped: 0 };
const gauge = (
  readings: readonly Reading[],
  changes: Partial<GaugeInput> = {},
  sessions: readonly SessionUsage[] = [],
) =>
  gaugeState({
    usage: { sessions, readings, timeline: [], progress: null, scanned },
    folders: ['/code/app'],
    now,
    reservePercent: 20,
    budgets: {},
    timeZone: 'UTC',
    ...changes,
  });
const used = (readings: readonly Reading[]) => gauge(readings).windows.map(({ id, usedPercent }) => [id, usedPercent]);

describe('the gauge', () => {
  it('knows nothing and says so', () => {
    assert.deepEqual(gauge([]), { level: 'unknown', windows: [], session: null, progress: null });
  });

  const levels: [number, string, number][] = [
    [0, 'ok', 80],
    [0.699, 'ok', 10.1],
    [0.7, 'caution', 10],
    [0.799, 'caution', 0.1],
    [0.8, 'landing', 0],
    [0.9999, 'landing', 0],
    [1, 'exhausted', 0],
    [1.3, 'exhausted', 0],
  ];
  for (const [fraction, level, headroom] of levels) {
    it(`is ${level} at ${fraction}`, () => {
      const state = gauge([reading(fraction)]);
      assert.equal(state.level, level);
      assert.equal(state.windows[0]?.headroomPercent, headroom);
    });
  }

  it('holds each window against its learned reserve, where one is known', () => {
    const learnedReserve: GaugeInput['learnedReserve'] = ({ id }) => (id === 'five_hour' ? 6 : null);
    const { level, windows } = gauge([reading(0.85), reading(0.7, { window: 'seven_day' })], { learnedReserve });
    assert.equal(level, 'caution');
    assert.deepEqual(
      windows.map(({ id, reservePercent, reserveLearned, headroomPercent }) => [
        id,
        reservePercent,
        reserveLearned,
        headroomPercent,
      ]),
      [
        ['five_hour', 6, true, 9],
        ['seven_day', 20, undefined, 10],
      ],
    );
    assert.equal(gauge([reading(0.94)], { learnedReserve }).level, 'landing');
  });

  it('can do without a reserve, or keep everything back', () => {
    assert.equal(gauge([reading(0.95)], { reservePercent: 0 }).level, 'caution');
    assert.equal(gauge([reading(0)], { reservePercent: 250 }).level, 'landing');
  });

  it('puts the tightest window first, of equals the one that resets later', () => {
    const week = { window: 'seven_day', resetsAt: now + 90 * hour };
    assert.deepEqual(used([reading(0.2), reading(0.6, week)]), [
      ['seven_day', 60],
      ['five_hour', 20],
    ]);
    assert.deepEqual(used([reading(1), reading(1, week)]), [
      ['seven_day', 100],
      ['five_hour', 100],
    ]);
  });
});

describe('readings', () => {
  it('hold until their reset and not a moment longer', () => {
    assert.deepEqual(used([reading(0.9, { resetsAt: now + 1 })]), [['five_hour', 90]]);
    assert.deepEqual(used([reading(0.9, { resetsAt: now })]), []);
  });
  it('give way to a later reset, even a lower number', () =>
    assert.deepEqual(used([reading(0.9, { resetsAt: now + hour }), reading(0.1, { resetsAt: now + 5 * hour })]), [
      ['five_hour', 10],
    ]));
  it('count by the highest of one window: idle sessions report old numbers', () =>
    assert.deepEqual(used([reading(0.5), reading(0.4, { capturedAt: now })]), [['five_hour', 50]]));
  it('are of one window although sources round its reset differently', () =>
    assert.deepEqual(used([reading(0.5), reading(0.4, { resetsAt: now + 2 * hour + 999 })]), [['five_hour', 50]]));
  it('are kept apart per window and agent', () => {
    const readings = [reading(0.5), reading(0.4, { agent: 'codex' }), reading(0.3, { window: 'seven_day' })];
    assert.equal(used(readings).length, 3);
  });
  it('without a reset time are worth five hours', () => {
    assert.deepEqual(used([reading(1, { resetsAt: null, capturedAt: now - 4 * hour })]), [['five_hour', 100]]);
    assert.deepEqual(used([reading(1, { resetsAt: null, capturedAt: now - 5 * hour })]), []);
  });
  it('that know nothing are no windows', () =>
    assert.deepEqual(used([reading(0.5, { confidence: 'unknown' }), reading(Number.NaN, { window: 'x' })]), []));
});

describe('the session budget', () => {
  it('counts new tokens, not cache reads', () => {
    const [window] = gauge([], { budgets: { tokensPerSession: 4000 } }, [session()]).windows;
    assert.deepEqual(window, {
      id: 'tokensPerSession',
      agent: 'claude',
      account: '/home/ada/.claude',
      label: 'Session budget',
      usedPercent: 25,
      reservePercent: 20,
      headroomPercent: 55,
      resetsAt: null,
      capturedAt: now - 60_000,
      source: 'your budget',
      confidence: 'official',
      errorPercent: null,
      pace: null,
    });
  });
  it('stands beside readings', () => {
    const state = gauge([reading(0.1)], { budgets: { tokensPerSession: 1000 } }, [session()]);
    assert.deepEqual(
      [state.level, state.windows.map(({ id }) => id)],
      ['exhausted', ['tokensPerSession', 'five_hour']],
    );
  });
  it('is nothing without a session or without a limit', () => {
    assert.equal(gauge([], { budgets: { tokensPerSession: 4000 } }).level, 'unknown');
    assert.equal(gauge([], {}, [session()]).level, 'unknown');
    assert.equal(
      gauge([], { budgets: { tokensPerSession: 4000 } }, [session({ tokens: noTokens })]).windows[0]?.usedPercent,
      0,
    );
  });
});

describe('the context window', () => {
  const at = (contextTokens: number | null, contextLimit: number | null) =>
    gauge([], {}, [session({ contextTokens, contextLimit })]);

  it('is how full the newest prompt makes it, and never used up', () => {
    assert.deepEqual(
      [at(100_000, 200_000), at(160_000, 200_000), at(200_000, 200_000)].map(({ level, windows }) => [
        level,
        windows[0]?.id,
        windows[0]?.usedPercent,
      ]),
      [
        // Room in it says nothing of what the account has left.
        ['unknown', 'context', 50],
        ['landing', 'context', 80],
        ['landing', 'context', 100],
      ],
    );
  });
  it('is not known without a size, or with one that the prompt exceeds', () => {
    for (const [tokens, limit] of [
      [null, 200_000],
      [1000, null],
      [200_001, 200_000],
      [1000, 0],
    ] as const)
      assert.deepEqual(at(tokens, limit).windows, []);
  });
  it('never stands before a window that is used up', () => {
    const state = gauge([reading(1)], {}, [session({ contextTokens: 200_000, contextLimit: 200_000 })]);
    assert.deepEqual([state.level, state.windows[0]?.id], ['exhausted', 'five_hour']);
  });
});

describe('windows of several owners', () => {
  const labels = (readings: readonly Reading[]) => gauge(readings).windows.map(({ label }) => label);
  it('name the agent where there are several', () => {
    assert.deepEqual(labels([reading(0.5)]), ['5-hour window']);
    const both = [reading(0.5), reading(0.4, { agent: 'codex' })];
    assert.deepEqual(labels(both), ['Claude Code: 5-hour window', 'Codex: 5-hour window']);
  });
  it('name the account where one agent has several', () => {
    const both = [reading(0.5), reading(0.4, { account: '/home/ada/work/' })];
    assert.deepEqual(labels(both), ['Claude Code (.claude): 5-hour window', 'Claude Code (work): 5-hour window']);
  });
  it('put the agent at work first among equals', () => {
    const both = [reading(0.5, { agent: 'codex' }), reading(0.5)];
    assert.deepEqual(
      gauge(both, {}, [session()]).windows.map(({ agent }) => agent),
      ['claude', 'codex'],
    );
  });
});

describe('pace', () => {
  const steps = [0.3, 0.4, 0.5].map((used, index) => reading(used, { capturedAt: now - (40 - 20 * index) * 60_000 }));
  it('is told where readings rise, and not of a single one', () => {
    assert.equal(gauge([reading(0.5)]).windows[0]?.pace, null);
    const pace = gauge(steps).windows[0]?.pace;
    assert.ok(pace);
    // Three of five hours are over.
    assert.equal(pace.evenPercent, 60);
    assert.ok((pace.reserveAt?.earliest ?? 0) > now);
  });
});

describe('the current session', () => {
  const find = (sessions: readonly SessionUsage[], folders = ['/code/app']) =>
    currentSession(sessions, folders, now)?.sessionId ?? null;
  const cases: [string, string | null, string[], boolean][] = [
    ['in the folder', '/code/app', ['/code/app'], true],
    ['below the folder', '/code/app/packages/x', ['/code/app/'], true],
    ['in the second folder', '/code/b', ['/code/a', '/code/b'], true],
    ['anywhere, the folder being the root', '/code/app', ['/'], true],
    ['on Windows, in any case and with any slash', 'c:\\Code\\App\\src', ['C:/code/app'], true],
    ['above the folder', '/code', ['/code/app'], false],
    ['beside the folder', '/code/app2', ['/code/app'], false],
    ['elsewhere by case', '/code/App', ['/code/app'], false],
    ['nowhere', null, ['/code/app'], false],
    ['in an empty window', '/code/app', [], false],
  ];
  for (const [name, cwd, folders, found] of cases) {
    it(`${found ? 'is' : 'is not'} one that began ${name}`, () => {
      assert.equal(find([session({ cwd })], folders), found ? 's1' : null);
    });
  }
  it('is the one with the newest response', () => {
    const sessions = [
      session({ lastAt: now - hour }),
      session({ sessionId: 's2' }),
      session({ sessionId: 's3', lastAt: now - 2 * hour }),
    ];
    assert.equal(find(sessions), 's2');
  });
  it('was alive in the last 24 hours', () => {
    assert.equal(find([session({ lastAt: now - 24 * hour })]), 's1');
    assert.equal(find([session({ lastAt: now - 24 * hour - 1 })]), null);
  });
  it('survives a clock set back', () => assert.equal(find([session({ lastAt: now + hour })]), 's1'));
});

describe('the pace of a budget', () => {
  /** As much every quarter of an hour, until now. */
  const timeline = (since: number) =>
    Array.from({ length: Math.floor((now - since) / (hour / 4)) }, (_, index) => ({
      agent: 'claude',
      account: 'a',
      model: 'm',
      from: since + index * (hour / 4),
      responses: 1,
      tokens: { ...noTokens, output: 250 },
      costUsd: 0.25,
      costUnknownTokens: 0,
    }));
  const paceOf = (budgets: GaugeInput['budgets'], since: number) =>
    gauge([], { budgets, usage: { sessions: [], readings: [], timeline: timeline(since), progress: null, scanned } })
      .windows[0]?.pace;

  it('is what was used in the last hours, and says when it is all', () => {
    // A thousand an hour for three hours, of sixteen thousand: 4.8 thousand until the reserve, ten hours on.
    for (const budgets of [{ tokensPerDay: 16_000 }, { usdPerDay: 16 }]) {
      const pace = paceOf(budgets, now - 3 * hour) ?? assert.fail('no pace');
      const { low, high } = pace.percentPerHour;
      assert.ok(low > 5 && low <= high && high < 7, `${low} to ${high}`);
      assert.equal(pace.evenPercent, 50);
      const hours = ((pace.reserveAt?.earliest ?? NaN) - now) / hour;
      assert.ok(hours > 8 && hours < 13, String(hours));
    }
  });
  it('is silent where a day has hardly begun to be used', () => {
    assert.equal(paceOf({ tokensPerDay: 16_000 }, now - hour / 4), null);
  });
});
