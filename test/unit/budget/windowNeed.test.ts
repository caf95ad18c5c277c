import assert from 'node:assert/strict';
import { estimateTask } from '../../../src/budget/estimate/estimate.ts';
import { pointsOf, reservePoints, windowNeeds, windowsFor } from '../../../src/budget/windowNeed.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T11:00:00Z');
const asking = { agent: 'claude', sessionId: 's', transcriptPath: '/home/dev/.claude/projects/p/s.jsonl' };
const turns = Array.from({ length: 30 }, (_, index) => turnOf({ at: index, end: index }));
const estimate = estimateTask({ task: turnOf(), turns });
const reserve = { percent: 20, mode: 'fixed' } as const;

describe('the windows a task is held against', () => {
  const kept = (...windows: Parameters<typeof windowOf>[0][]) =>
    windowsFor(
      windows.map((more) => windowOf(more)),
      asking,
      now,
    ).map(({ label }) => label);
  it('are those of its agent and account, of its session, and of all agents', () => {
    assert.deepEqual(
      kept(
        { label: 'own' },
        { label: 'other agent', agent: 'codex' },
        { label: 'other account', account: '/home/dev/.claude-work' },
        { label: 'all', agent: 'all', account: 'all' },
        { label: 'session', session: 's', agent: 'all' },
        { label: 'other session', session: 't' },
        { label: 'has reset', resetsAt: now },
      ),
      ['own', 'all', 'session'],
    );
  });
  it('are of every account where the own one is not among them', () => {
    assert.deepEqual(kept({ label: 'a', account: '/a' }, { label: 'b', account: '/b' }), ['a', 'b']);
  });
});

describe('what a task needs of a window', () => {
  const needIn = (more: Parameters<typeof windowOf>[0], model: string | null = 'claude-opus-5-5') =>
    windowNeeds([windowOf(more)], { estimate, turns, model, reserve })[0] ?? assert.fail();
  it('follows from its tokens, and from how these move it', () => {
    const { need, room, used } = needIn({});
    assert.ok(need !== null);
    // Thirty tasks of 20,000 new tokens in a window of 100,000.
    assert.ok(Math.abs(need.likely - 20) < 1, `${need.likely}`);
    assert.ok(need.low <= need.likely && need.likely <= need.high);
    assert.deepEqual([Math.round(used), Math.round(room)], [30, 50]);
  });
  it('is by the rates of its model, and unknown where these are', () => {
    const rates = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0.1, response: 0.001 };
    assert.ok(Math.abs((needIn({ drift: { 'claude-opus-5-5': rates } }).need?.likely ?? 0) - 3) < 0.4);
    assert.equal(needIn({ drift: { other: rates } }).need, null);
    assert.equal(needIn({ drift: null }).need, null);
  });
  it('is learned from how past tasks moved it, where rates are not known and enough tasks tell', () => {
    const moved = turns.map((turn, index) => ({ ...turn, moved: index % 2 === 0 ? { five_hour: 4 } : {} }));
    const own = estimateTask({ task: turnOf(), turns: moved });
    const [need] = windowNeeds([windowOf({ drift: null })], { estimate: own, turns: moved, model: null, reserve });
    assert.ok(Math.abs((need?.need?.likely ?? 0) - 4) < 0.5);
  });
});

describe('points of a window', () => {
  it('add up over token classes and responses', () => {
    const rates = { input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 5, response: 0.01 };
    assert.ok(Math.abs(pointsOf(rates, [10_000, 10_000, 10_000, 10_000, 10_000], 2) - 17) < 1e-9);
  });
});

describe('the reserve', () => {
  const learned = { percent: 20, mode: 'learned' } as const;
  it('is what the user set', () => assert.equal(reservePoints(windowOf(), turns, reserve), 20));
  it('is learned from what came after the last edit, nine times of ten', () => {
    const varied = turns.map((turn, index) => ({ ...turn, finish: [0, index < 27 ? 2000 : 9000, 0, 0, 0] as const }));
    const own = varied.map((turn) => ({
      ...turn,
      finish: [...turn.finish] as [number, number, number, number, number],
    }));
    const points = reservePoints(windowOf(), own, learned);
    assert.ok(points >= 2 && points <= 9, `${points}`);
    const dear = own.map((turn) => ({
      ...turn,
      finish: [0, 90_000, 0, 0, 0] as [number, number, number, number, number],
    }));
    assert.equal(reservePoints(windowOf(), dear, learned), 50, 'never more than half of it');
  });
  it('stays fixed while too little is known', () => {
    assert.equal(reservePoints(windowOf(), turns.slice(0, 9), learned), 20);
    assert.equal(reservePoints(windowOf({ drift: null }), turns, learned), 20);
  });
});
