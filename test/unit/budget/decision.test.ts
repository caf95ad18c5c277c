import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decide, type DecisionInput } from '../../../src/budget/decision.ts';
import { estimateTask } from '../../../src/budget/estimate/estimate.ts';
import type { WindowNeed } from '../../../src/budget/windowNeed.ts';
import type { Trait } from '../../../src/protocol/turn.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T11:00:00Z');
const need = (likely: number, high: number, used: number, more: Partial<WindowNeed> = {}): WindowNeed => ({
  window: windowOf({ used: used / 100 }),
  used,
  need: { low: likely / 2, likely, high },
  reserve: 20,
  room: 80 - used,
  ...more,
});
const verdict = (
  needs: readonly WindowNeed[],
  traits: readonly Trait[] = ['fix'],
  more: Partial<DecisionInput> = {},
) => {
  const task = turnOf({ traits: [...traits] });
  return decide({ task, estimate: estimateTask({ task, turns: [] }), needs, isRed: null, now, ...more });
};
const codes = ({ reasons }: ReturnType<typeof verdict>) => reasons.map(({ code }) => code);

describe('the decision before a task', () => {
  it('is to proceed where even the high end leaves the reserve', () => {
    const { decision, chunks } = verdict([need(10, 30, 50)]);
    assert.deepEqual([decision, chunks], ['proceed', null]);
  });
  it('is tight where it likely fits and may not', () => {
    const tight = verdict([need(10, 31, 50)]);
    assert.deepEqual([tight.decision, codes(tight)], ['tight', ['high-exceeds-room']]);
  });
  it('is to split where it likely does not fit, into chunks that do', () => {
    const split = verdict([need(31, 60, 50)]);
    assert.deepEqual([split.decision, codes(split)], ['split', ['likely-exceeds-room']]);
    assert.ok(split.chunks !== null && split.chunks.count >= 2 && (split.chunks.tokens ?? 0) > 0);
  });
  it('is to split inside the reserve, and says that nothing is left', () => {
    const inside = verdict([need(1, 2, 85)]);
    assert.deepEqual([inside.decision, codes(inside), inside.chunks?.tokens], ['split', ['reserve-reached'], null]);
  });
  it('is by the window that stops the task first', () => {
    const { decision, tightest } = verdict([need(1, 2, 10), need(10, 31, 50), need(5, 8, 20)]);
    assert.deepEqual([decision, tightest?.used], ['tight', 50]);
  });
  it('is unknown without a limit, and without knowing what a task takes; never more', () => {
    assert.deepEqual([verdict([]).decision, codes(verdict([]))], ['unknown', ['no-limit-known']]);
    const blind = verdict([need(1, 1, 50, { need: null })]);
    assert.deepEqual([blind.decision, codes(blind)], ['unknown', ['need-unknown']]);
    // That nothing is left is known all the same.
    assert.equal(verdict([need(1, 1, 90, { need: null })]).decision, 'split');
  });
  it('wants more room for each reason to be careful, and says which', () => {
    assert.equal(verdict([need(10, 29, 50)]).decision, 'proceed');
    const complex = verdict([need(10, 29, 50)], ['feature', 'complex']);
    assert.deepEqual([complex.decision, codes(complex)], ['tight', ['high-exceeds-room', 'complex']]);
    assert.deepEqual(codes(verdict([need(10, 29, 50)], ['refactor', 'everything'])), [
      'high-exceeds-room',
      'many-files',
    ]);
    assert.deepEqual(codes(verdict([need(10, 29, 50)], ['fix', 'production'], { isRed: true })), [
      'high-exceeds-room',
      'production-on-red',
    ]);
    assert.equal(verdict([need(10, 29, 50)], ['fix', 'production'], { isRed: false }).decision, 'proceed');
    const soon = need(5, 13, 65, { window: windowOf({ resetsAt: now + 20 * 60_000 }) });
    assert.deepEqual(codes(verdict([soon])), ['room-enough', 'end-of-window']);
  });
  it('lets small tasks of tests or docs through, into the reserve too', () => {
    const small = verdict([need(2, 6, 85)], ['docs']);
    assert.deepEqual([small.decision, codes(small)], ['proceed', ['small-task']]);
    assert.equal(verdict([need(2, 6, 85)], ['tests', 'feature']).decision, 'proceed');
    assert.equal(verdict([need(2, 6, 85)], ['docs', 'everything']).decision, 'split');
    assert.equal(verdict([need(5, 9, 85)], ['docs']).decision, 'split');
  });
  it('never gets worse with more room', () => {
    const order = ['proceed', 'tight', 'split'];
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.integer({ min: 0, max: 99 }),
        (likely, factor, used) => {
          const [more, less] = [
            verdict([need(likely, likely * factor, used)]),
            verdict([need(likely, likely * factor, used + 1)]),
          ];
          assert.ok(order.indexOf(more.decision) <= order.indexOf(less.decision));
          assert.ok(more.decision !== 'split' || (more.chunks?.count ?? 0) >= 2);
        },
      ),
    );
  });
});
