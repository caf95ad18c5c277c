import assert from 'node:assert/strict';
import type { Reading } from '../../../../src/protocol/usage.ts';
import { readingsByWindow } from '../../../../src/usage/turns/movement.ts';
import { turnsOf, type SessionFacts, type TurnResponse } from '../../../../src/usage/turns/turns.ts';

const minute = 60_000;
const response = (at: number, input: number, more: Partial<TurnResponse> = {}): TurnResponse => ({
  at: at * minute,
  tokens: { input, output: 10, cacheWrite5m: 100, cacheWrite1h: 0, cacheRead: 1000 },
  model: 'm',
  isSidechain: false,
  ...more,
});
const prompt = (at: number) => ({ at: at * minute, words: 5, files: 1, traits: [] });
const facts = (more: Partial<SessionFacts>): SessionFacts => ({
  agent: 'claude',
  session: 7,
  prompts: [],
  edits: [],
  responses: [],
  readings: readingsByWindow([]),
  ...more,
});
const reading = (at: number, used: number, more: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: '/a',
  window: 'five_hour',
  used,
  resetsAt: 300 * minute,
  capturedAt: at * minute,
  source: 's',
  confidence: 'official',
  ...more,
});

describe('turns of a session', () => {
  it('hold the responses from their prompt to the next, whatever their order, subagents included', () => {
    const responses = [
      response(5, 4, { isSidechain: true, model: 'small' }),
      response(1, 1),
      response(11, 8),
      response(2, 2),
    ];
    const [first, second] = turnsOf(facts({ prompts: [prompt(10), prompt(1)], responses }));
    assert.deepEqual(first?.tokens, [7, 30, 300, 0, 3000]);
    assert.equal(first.requests, 3);
    assert.equal(first.model, 'm');
    assert.equal(first.context, 0);
    assert.deepEqual(second?.tokens, [8, 10, 100, 0, 1000]);
    // The context as the main conversation's last response left it.
    assert.equal(second.context, 2 + 10 + 100 + 1000);
  });

  it('are none where nothing answered, unless the answer may still come', () => {
    const turns = turnsOf(facts({ prompts: [prompt(1), prompt(2), prompt(9)], responses: [response(3, 1)] }));
    assert.deepEqual(
      turns.map(({ at, requests }) => [at / minute, requests]),
      [
        [2, 1],
        [9, 0],
      ],
    );
  });

  it('count each edited file once, and what came after the last edit as finishing', () => {
    const responses = [response(1, 1), response(2, 2), response(3, 4)];
    const edits = [
      [minute, 1],
      [2 * minute, 1],
      [2 * minute, 2],
      [90 * minute, 3],
    ] as const;
    const [turn] = turnsOf(facts({ prompts: [prompt(0), prompt(60)], responses, edits }));
    assert.equal(turn?.touched, 2);
    assert.deepEqual(turn.finish, [4, 10, 100, 0, 1000]);
    assert.equal(turn.edits, undefined, 'only the newest turn keeps what reading on needs');
    const [none] = turnsOf(facts({ prompts: [prompt(0)], responses }));
    assert.equal(none?.finish, null);
  });

  it('leave long waits out of the time they took', () => {
    const [turn] = turnsOf(facts({ prompts: [prompt(0)], responses: [response(2, 1), response(300, 1)] }));
    assert.equal(turn?.active, 12 * minute);
  });

  it('tell how far a window moved, if it was told at both ends and did not reset between', () => {
    const move = (readings: readonly Reading[]) =>
      turnsOf(facts({ prompts: [prompt(10)], responses: [response(20, 1)], readings: readingsByWindow(readings) }))[0]
        ?.moved;
    assert.deepEqual(move([reading(9, 0.2), reading(15, 0.23), reading(20, 0.25)]), { five_hour: 5 });
    assert.deepEqual(move([reading(9, 0.2)]), {}, 'nothing was told since');
    assert.deepEqual(move([reading(20, 0.25)]), {}, 'nothing was told before');
    const reset = { resetsAt: 15 * minute };
    assert.deepEqual(move([reading(9, 0.9, reset), reading(20, 0.05)]), {}, 'another window');
    const both = [reading(21, 0.3), reading(9, 0.9, reset), reading(8, 0.2), reading(8, 0.1)];
    assert.deepEqual(
      move(both),
      { five_hour: 10 },
      'in any order, past what an older window told; of two at once the first',
    );
  });
});
