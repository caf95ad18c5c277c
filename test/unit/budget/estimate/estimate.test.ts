import assert from 'node:assert/strict';
import fc from 'fast-check';
import { estimateTask, outcomeRange } from '../../../../src/budget/estimate/estimate.ts';
import { overTurns } from '../../../../src/budget/estimate/overTurns.ts';
import { quantileOf } from '../../../../src/budget/estimate/quantile.ts';
import { distance, pointOf } from '../../../../src/budget/estimate/similarity.ts';
import { thumbEstimate } from '../../../../src/budget/estimate/thumb.ts';
import { traits } from '../../../../src/protocol/turn.ts';
import { basisText, tokenCount } from '../../../../src/budget/verdictText.ts';
import { turnOf } from '../../../support/turns.ts';

const cost = (tokens: number) => ({ tokens: [0, tokens, 0, 0, 0] as [number, number, number, number, number] });
const many = (count: number, more: Parameters<typeof turnOf>[0]) =>
  Array.from({ length: count }, (_, index) => turnOf({ ...more, at: index, end: index }));

describe('the estimate of a task', () => {
  it('rests on rules of thumb where there is no history, and says so', () => {
    const task = turnOf();
    const estimate = estimateTask({ task, turns: [] });
    const thumb = thumbEstimate(task, null);
    assert.ok(Math.abs(estimate.tokens.likely - thumb.likely) < 1);
    assert.ok(estimate.tokens.low >= thumb.low && estimate.tokens.high <= thumb.high);
    assert.deepEqual([estimate.comparableTasks, estimate.history], [0, 0]);
    assert.equal(basisText(estimate), 'rules of thumb; there is no history yet');
  });

  it('moves from them to the own history as that grows', () => {
    const likely = [0, 1, 3, 10, 40].map((count) =>
      estimateTask({ task: turnOf(), turns: many(count, cost(200_000)) }),
    );
    for (let index = 1; index < likely.length; index += 1) {
      const [before, after] = [likely[index - 1], likely[index]];
      assert.ok((after?.history ?? 0) > (before?.history ?? 0));
    }
    assert.ok((likely[0]?.tokens.likely ?? 0) < 15_000 && (likely[2]?.tokens.likely ?? 0) > 50_000);
    assert.ok(Math.abs((likely.at(-1)?.tokens.likely ?? 0) / 200_000 - 1) < 0.1);
  });

  it('takes tasks of the same kind before others', () => {
    const turns = [
      ...many(20, { traits: ['question'], ...cost(5000) }),
      ...many(20, { traits: ['refactor', 'everything'], ...cost(400_000) }),
    ];
    const question = estimateTask({ task: turnOf({ traits: ['question'] }), turns });
    const refactor = estimateTask({ task: turnOf({ traits: ['refactor', 'everything'] }), turns });
    assert.ok(question.tokens.likely < 10_000 && refactor.tokens.likely > 200_000);
    assert.deepEqual([question.comparableTasks, refactor.comparableTasks], [20, 20]);
    assert.equal(basisText(question), '20 comparable tasks of yours');
  });

  it('looks at other repositories where this one is new, and they count less', () => {
    const others = many(30, cost(300_000));
    const own = many(30, cost(10_000));
    assert.ok(estimateTask({ task: turnOf(), turns: [], others }).tokens.likely > 100_000);
    assert.ok(estimateTask({ task: turnOf(), turns: own, others }).tokens.likely < 20_000);
  });

  it('is a range in order, finite, whatever the history', () => {
    const turn = fc.record({
      words: fc.nat(100_000),
      files: fc.nat(300),
      traits: fc.subarray([...traits]),
      context: fc.nat(2_000_000),
      tokens: fc.tuple(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), fc.nat(1e12)),
      requests: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), turn, (turns, task) => {
        const { tokens } = estimateTask({ task: turnOf(task), turns: turns.map((each) => turnOf(each)) });
        assert.ok(
          tokens.low >= 0 &&
            tokens.low <= tokens.likely &&
            tokens.likely <= tokens.high &&
            Number.isFinite(tokens.high),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('tells other outcomes by the same tasks', () => {
    const estimate = estimateTask({ task: turnOf(), turns: many(30, { requests: 40 }) });
    assert.ok(Math.abs((outcomeRange(estimate, (turn) => turn.requests, null)?.likely ?? 0) - 40) < 1);
    assert.equal(
      outcomeRange(estimate, () => null, null),
      null,
    );
  });
});

describe('rules of thumb', () => {
  const of = (more: Parameters<typeof turnOf>[0]) =>
    thumbEstimate(turnOf({ traits: [], words: 0, files: 0, ...more }), null).likely;
  it('count words, named files, the kind of task and a new session', () => {
    assert.ok(Math.abs(of({ words: 750 }) - of({}) - 1000) < 1);
    assert.ok(of({ files: 3 }) > of({ files: 1 }));
    assert.ok(
      of({ traits: ['everything'] }) > of({ traits: ['feature'] }) &&
        of({ traits: ['feature'] }) > of({ traits: ['docs'] }),
    );
    assert.ok(of({ context: 0 }) > of({}) + 10_000);
    assert.ok(thumbEstimate(turnOf(), { tokens: 50_000, isApproximate: false }).likely > 80_000);
  });
});

describe('the likeness of tasks', () => {
  const between = (one: Parameters<typeof turnOf>[0], other: Parameters<typeof turnOf>[0]) =>
    distance(pointOf(turnOf(one)), pointOf(turnOf(other)));
  it('is full for the same, less for every difference, and goes both ways', () => {
    assert.equal(between({}, {}), 0);
    for (const more of [
      { words: 500 },
      { files: 9 },
      { traits: [] },
      { model: 'x' },
      { agent: 'codex' },
      { context: 0 },
      { context: 150_000 },
    ]) {
      assert.ok(between({}, more) > 0);
      assert.equal(between({}, more), between(more, {}));
    }
    assert.ok(between({}, { traits: ['fix', 'everything'] }) > between({}, { traits: ['fix', 'tests'] }));
  });
});

describe('a weighted quantile', () => {
  const ones = (...values: number[]) => values.map((value) => ({ value, weight: 1 }));
  it('is the middle, between neighbours, and by weight', () => {
    assert.equal(quantileOf(ones(1, 2, 3), 0.5), 2);
    assert.equal(quantileOf(ones(1, 2), 0.5), 1.5);
    assert.equal(
      quantileOf(
        [
          { value: 1, weight: 1 },
          { value: 2, weight: 8 },
          { value: 9, weight: 1 },
        ],
        0.5,
      ),
      2,
    );
    assert.equal(quantileOf(ones(4), 0.8), 4);
    assert.ok(Number.isNaN(quantileOf([], 0.5)));
  });
});

describe('turns that are over', () => {
  it('did something, and are silent or of the session that was just asked again', () => {
    const now = 10_000_000;
    const running = turnOf({ session: 2, end: now - 1000 });
    const turns = [turnOf({ end: 1 }), turnOf({ requests: 0, end: 1 }), running];
    assert.deepEqual(overTurns(turns, null, now), [turns[0]]);
    assert.deepEqual(overTurns(turns, 2, now), [turns[0], running]);
  });
});

describe('a number of tokens in words', () => {
  it('has two digits', () => {
    assert.deepEqual(
      [0, 849, 44_600, 999_999, 1_240_000].map((tokens) => tokenCount(tokens)),
      ['0', '850', '45K', '1M', '1.2M'],
    );
  });
});
