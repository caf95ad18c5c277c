import assert from 'node:assert/strict';
import type { ResponseRow } from '../../../src/agents/agent.ts';
import { newTokens, noTokens, sliceMs } from '../../../src/protocol/usage.ts';
import { Ledger } from '../../../src/usage/ledger.ts';
import { Prices } from '../../../src/usage/prices.ts';
import { RecentUse } from '../../../src/usage/recentUse.ts';
import { plus, sessionsOf } from '../../../src/usage/sessions.ts';
import { Chance } from '../../support/corpusTools.ts';

const day = 24 * 60 * 60_000;
const now = Date.parse('2026-11-24T12:00:00.000Z');
const prices = new Prices({ opus: { input: 10, output: 50, cacheRead: 1, cacheWrite5m: 12.5, cacheWrite1h: 20 } });

function row(id: string, changes: Partial<ResponseRow> = {}): ResponseRow {
  return {
    agent: 'claude',
    sessionId: 's1',
    id,
    marks: ['m'],
    at: now - 1000,
    model: 'opus',
    cwd: '/repo',
    isSidechain: false,
    isCopy: false,
    isFast: false,
    tokens: { ...noTokens, input: 100, output: 10, cacheRead: 1000 },
    costUsd: null,
    ...changes,
  };
}

describe('recent use', () => {
  it('fills the context with the newest main prompt, not the largest', () => {
    const ledger = new Ledger();
    ledger.add(row('a', { at: now - 3000, tokens: { ...noTokens, input: 150_000 } }), '/a');
    ledger.add(row('b', { at: now - 2000, contextLimit: 258_400 }), '/a');
    ledger.add(row('c', { at: now - 1000, isSidechain: true, tokens: { ...noTokens, input: 90_000 } }), '/a');
    const [session] = new RecentUse(ledger, prices).at(now, null).sessions;
    assert.equal(session?.contextTokens, 1110);
    assert.equal(session.contextLimit, 258_400);
    assert.equal(session.costUsd?.toFixed(6), ((240_100 * 10 + 10 * 50 + 1000) / 1e6).toFixed(6));
  });

  it('keeps the timeline apart by account and model, for eight days', () => {
    const ledger = new Ledger();
    ledger.add(row('a'), '/a');
    ledger.add(row('b'), '/b');
    ledger.add(row('c', { model: 'other' }), '/a');
    ledger.add(row('d', { at: now - 1000 - sliceMs }), '/a');
    ledger.add(row('e', { at: now - 9 * day }), '/a');
    const recent = new RecentUse(ledger, prices);
    const slices = recent.at(now, null).timeline;
    assert.deepEqual(
      slices.map(({ account, model, from, responses }) => [account, model, (now - from) / sliceMs, responses]),
      [
        ['/a', 'opus', 2, 1],
        ['/a', 'opus', 1, 1],
        ['/b', 'opus', 1, 1],
        ['/a', 'other', 1, 1],
      ],
    );
    assert.deepEqual([slices[3]?.costUsd, slices[3]?.costUnknownTokens], [null, 1110]);
    assert.deepEqual(recent.at(now + 9 * day, null).timeline, []);
  });

  it('moves a response when a nearer row says where it was', () => {
    const ledger = new Ledger();
    const recent = new RecentUse(ledger, prices);
    ledger.add(row('a', { sessionId: 'side', isSidechain: true }), '/a');
    assert.deepEqual(ids(recent), ['side']);
    ledger.add(row('a', { sessionId: 'main', at: now - 2 * sliceMs }), '/b');
    assert.deepEqual(ids(recent), ['main']);
    assert.deepEqual(
      recent.at(now, null).timeline.map(({ account, responses }) => [account, responses]),
      [['/b', 1]],
    );
  });

  it('leaves out sessions last used before a time', () => {
    const ledger = new Ledger();
    ledger.add(row('a', { sessionId: 'old', at: now - 9 * day }), '/a');
    ledger.add(row('b', { sessionId: 'new' }), '/a');
    assert.deepEqual(
      new RecentUse(ledger, prices).at(now, now - day).sessions.map(({ sessionId }) => sessionId),
      ['new'],
    );
  });

  it('sums up the whole of an old session that goes on, and older ones when they are asked for', () => {
    const ledger = new Ledger();
    for (const [id, sessionId] of [
      ['a', 'old'],
      ['b', 'older'],
    ] as const)
      ledger.add(row(id, { sessionId, at: now - 9 * day }), '/a');
    const recent = new RecentUse(ledger, prices);
    const shown = (since: number | null) =>
      recent.at(now, since).sessions.map(({ sessionId, responses }) => [sessionId, responses]);
    assert.deepEqual(shown(now - day), []);
    ledger.add(row('c', { sessionId: 'old' }), '/a');
    assert.deepEqual(shown(now - day), [['old', 2]]);
    ledger.add(row('d', { sessionId: 'older', at: now - 8 * day }), '/a');
    assert.deepEqual(shown(now - day), [['old', 2]]);
    assert.deepEqual(shown(null), [
      ['old', 2],
      ['older', 2],
    ]);
  });

  it('is, however it came about, what all responses together say', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const chance = new Chance(seed);
      const ledger = new Ledger();
      const recent = new RecentUse(ledger, prices);
      for (let step = 0; step < 400; step += 1) {
        const marks = chance.of(['m'], ['m'], ['m', 'n'], ['n']);
        const changes = {
          marks,
          sessionId: chance.of('s1', 's2', 's3'),
          at: now - chance.between(0, 40) * sliceMs,
          model: chance.of('opus', 'other', null),
          isSidechain: chance.between(0, 2) === 0,
          isCopy: chance.between(0, 4) === 0,
          tokens: { ...noTokens, input: chance.between(1, 9), output: chance.between(1, 9) },
        };
        ledger.add(row(`id${chance.between(0, 60)}`, changes), chance.of('/a', '/b'));
        if (step % 7 !== 0) continue;
        const { sessions, timeline } = recent.at(now, null);
        const all = [...ledger.responses()];
        const byId = (list: typeof sessions) =>
          [...list]
            .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1))
            .map((each) => ({ ...each, costUsd: each.costUsd?.toFixed(9) }));
        assert.deepEqual(byId(sessions).map(sums), byId(sessionsOf(all, prices)).map(sums));
        assert.deepEqual(
          timeline.map(({ tokens }) => tokens).reduce(plus, noTokens),
          all.map(({ tokens }) => tokens).reduce(plus, noTokens),
        );
        assert.equal(
          timeline.reduce((sum, { responses }) => sum + responses, 0),
          all.length,
        );
      }
    }
  });
});

interface Summed {
  readonly sessionId: string;
  readonly tokens: typeof noTokens;
  readonly responses: number;
  readonly lastAt: number;
  readonly costUsd: unknown;
}

function sums({ sessionId, tokens, responses, lastAt, costUsd }: Summed): unknown {
  return [sessionId, newTokens(tokens), responses, lastAt, costUsd];
}

function ids(recent: RecentUse): readonly string[] {
  return recent.at(now, null).sessions.map(({ sessionId }) => sessionId);
}
