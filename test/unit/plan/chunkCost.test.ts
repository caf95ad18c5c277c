import assert from 'node:assert/strict';
import { tokensBySession, tokensSinceRun } from '../../../src/plan/chunkCost.ts';
import type { ChunkRun } from '../../../src/plan/chunkRun.ts';
import { noTokens, type SessionUsage } from '../../../src/protocol/usage.ts';

const begunAt = 1000;
function session(sessionId: string, firstAt: number, lastAt: number, output: number): SessionUsage {
  const facts = {
    account: 'a',
    cwd: '/w',
    model: null,
    responses: 1,
    costUsd: null,
    contextTokens: null,
    contextLimit: null,
  };
  return { agent: 'claude', sessionId, firstAt, lastAt, tokens: { ...noTokens, output, cacheRead: 999 }, ...facts };
}
const run: ChunkRun = { v: 1, number: 1, title: 'x', begunAt, checkpoint: null, handedOver: null, failure: null };

describe('what a chunk takes', () => {
  it('is what its sessions used since it began, without cache reads', () => {
    const before = tokensBySession([session('old', 1, 900, 500), session('idle', 1, 900, 70)]);
    const now = [session('old', 1, 2000, 800), session('idle', 1, 900, 70), session('new', 1500, 2000, 40)];
    assert.equal(tokensSinceRun(now, { ...run, tokensBefore: before }), 340);
    assert.equal(tokensSinceRun([], run), 0);
  });

  it('is not known where a session is older than what was noted of it', () => {
    assert.equal(tokensSinceRun([session('old', 1, 2000, 800)], run), null);
    assert.equal(tokensSinceRun([session('old', 1, 900, 800), session('new', 1500, 2000, 40)], run), 40);
  });
});
