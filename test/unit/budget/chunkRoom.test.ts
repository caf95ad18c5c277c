import assert from 'node:assert/strict';
import { chunkRoom } from '../../../src/budget/chunkRoom.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';

const now = 1_000_000;

function window(id: string, usedPercent: number): WindowState {
  return {
    id,
    agent: 'all',
    account: 'all',
    label: id,
    usedPercent,
    reservePercent: 20,
    headroomPercent: Math.max(0, 80 - usedPercent),
    resetsAt: now + 2 * 3_600_000,
    capturedAt: now,
    source: 'x',
    confidence: 'official',
    errorPercent: null,
    pace: null,
  };
}
const gauge = (...windows: WindowState[]): GaugeState => ({ level: 'ok', windows, session: null, progress: null });
const decide = (state: GaugeState, chunk: number | null, budgets = {}): string =>
  chunkRoom(state, budgets, chunk, now).decision;

describe('the room for a chunk', () => {
  const budgets = { tokensPerDay: 100_000 };

  it('is told in tokens where the user has set a budget in tokens', () => {
    const half = gauge(window('tokensPerDay', 50));
    assert.equal(decide(half, 30_000, budgets), 'proceed');
    assert.equal(decide(half, 40_000, budgets), 'tight');
    assert.equal(decide(half, 50_001, budgets), 'split');
    assert.match(
      chunkRoom(half, budgets, 50_001, now).sentence,
      /50K tokens left, and the plan allows this chunk 50K: split it/,
    );
    const two = gauge(window('tokensPerDay', 50), window('tokensPerWeek', 10));
    assert.equal(decide(two, 20_000, { ...budgets, tokensPerWeek: 20_000 }), 'split');
  });

  it('is told by how far a window is used where that is all that is known', () => {
    assert.equal(decide(gauge(window('five-hour', 100)), 1), 'split');
    assert.match(chunkRoom(gauge(window('five-hour', 100)), {}, 1, now).sentence, /used up, and resets in 2 h/);
    assert.equal(decide(gauge(window('five-hour', 85)), 1), 'tight');
    assert.equal(decide(gauge(window('five-hour', 30)), 1_000_000), 'unknown');
    assert.equal(decide(gauge(window('tokensPerDay', 50)), null, budgets), 'unknown');
    assert.equal(decide(gauge(window('usdPerDay', 50)), 1, { usdPerDay: 3 }), 'unknown');
  });

  it('is not known where no limit is, whatever the context window holds', () => {
    assert.equal(decide(gauge(), 1), 'unknown');
    assert.equal(decide(gauge(window('context', 99)), 1), 'unknown');
  });
});
