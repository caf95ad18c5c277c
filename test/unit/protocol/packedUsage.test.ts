import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import { packedUsage, packedUsageSchema, unpackedUsage } from '../../../src/protocol/packedUsage.ts';
import { noTokens, type SessionUsage, type UsageSnapshot, type UseSlice } from '../../../src/protocol/usage.ts';

const count = fc.integer({ min: 0, max: 2 ** 50 });
const plain = { noNullPrototype: true } as const;
const tokens = fc.record(
  { input: count, output: count, cacheWrite5m: count, cacheWrite1h: count, cacheRead: count },
  plain,
);
const slice: fc.Arbitrary<UseSlice> = fc.record(
  {
    agent: fc.constantFrom('claude', 'codex'),
    account: fc.string(),
    model: fc.option(fc.string()),
    from: count,
    responses: count,
    tokens,
    costUsd: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true })),
    costUnknownTokens: count,
  },
  plain,
);
const session: fc.Arbitrary<SessionUsage> = fc.record(
  {
    agent: fc.constantFrom('claude', 'codex'),
    account: fc.string(),
    sessionId: fc.string(),
    cwd: fc.option(fc.string()),
    model: fc.option(fc.string()),
    firstAt: count,
    lastAt: count,
    responses: count,
    tokens,
    costUsd: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true })),
    contextTokens: fc.option(count),
    contextLimit: fc.option(count),
  },
  plain,
);
const snapshot = (timeline: readonly UseSlice[], sessions: readonly SessionUsage[] = []): UsageSnapshot => ({
  sessions,
  readings: [
    {
      agent: 'claude',
      account: 'a',
      window: 'five_hour',
      used: 0.5,
      resetsAt: 9,
      capturedAt: 3,
      source: 'x',
      confidence: 'derived',
      error: 0.1,
    },
  ],
  timeline,
  progress: null,
  scanned: { files: 1, bytes: 2, rows: 3, skipped: 0 },
});

describe('packed usage', () => {
  it('comes out as it went in, through a clone and its schema', () => {
    fc.assert(
      fc.property(fc.array(slice, { maxLength: 30 }), fc.array(session, { maxLength: 9 }), (timeline, sessions) => {
        const packed = v.parse(packedUsageSchema, structuredClone(packedUsage(snapshot(timeline, sessions))));
        assert.deepEqual({ ...unpackedUsage(packed) }, snapshot(timeline, sessions));
      }),
      { numRuns: 300 },
    );
  });
  it('keeps models apart whose names are made of what separates names', () => {
    const odd = (model: string | null, account = 'a'): UseSlice => ({
      agent: 'claude',
      account,
      model,
      from: 0,
      responses: 1,
      tokens: noTokens,
      costUsd: 0,
      costUnknownTokens: 0,
    });
    const timeline = [odd(null), odd(''), odd('\n'), odd('b', 'a'), odd('', 'a\nb')];
    assert.deepEqual(unpackedUsage(packedUsage(snapshot(timeline))).timeline, timeline);
  });
  it('is refused when it is something else, and says nothing of owners that are not there', () => {
    assert.ok(!v.safeParse(packedUsageSchema, snapshot([])).success);
    const packed = packedUsage(snapshot([]));
    assert.deepEqual(unpackedUsage({ ...packed, slices: new Float64Array(25) }).timeline, []);
    assert.deepEqual(unpackedUsage({ ...packed, sessionIds: ['s'], sessions: new Float64Array(3) }).sessions, []);
  });
});
