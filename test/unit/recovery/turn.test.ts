import assert from 'node:assert/strict';
import type { WorkItem } from '../../../src/agents/workItem.ts';
import { findInterruption, type Evidence } from '../../../src/recovery/findInterruption.ts';
import { promptsOf, todosOf, turnsOfTask } from '../../../src/recovery/task.ts';
import { turnsOf, withoutRepeats } from '../../../src/recovery/turn.ts';

const details = { summary: 'Edit a.ts', files: [], pieces: [], todo: null };
const prompt = (at: number, text = 'do it', by: 'person' | 'agent' | 'event' | 'command' = 'person'): WorkItem => ({
  kind: 'prompt',
  at,
  text,
  by,
});
const words = (at: number): WorkItem => ({ kind: 'words', at, text: `words at ${at}` });
const call = (at: number, id: string): WorkItem => ({ kind: 'call', at, id, tool: 'Edit', ...details });
const result = (at: number, id: string, outcome: 'done' | 'lost' = 'done'): WorkItem => ({
  kind: 'result',
  at,
  id,
  outcome,
  todoId: null,
});
const end = (at: number, by: 'agent' | 'user' = 'agent'): WorkItem => ({ kind: 'end', at, by });
const failure = (at: number, resetsAt: number | null = null): WorkItem => ({
  kind: 'failure',
  at,
  reason: 'usage-limit',
  message: 'limit',
  resetsAt,
});
const retry = (at: number): WorkItem => ({ kind: 'retry', at, reason: 'overloaded', message: '529', nextAt: null });
const compacted = (at: number, isAutomatic = true): WorkItem => ({ kind: 'compacted', at, isAutomatic });

const minute = 60_000;
const find = (
  items: readonly WorkItem[],
  evidence: Partial<Evidence> = {},
  subagents: readonly (readonly WorkItem[])[] = [],
) => findInterruption(items, subagents, { now: 1000, process: 'running', told: null, ...evidence });

describe('whether a session was cut off', () => {
  const cases: readonly [string, readonly WorkItem[], Partial<Evidence>, string | null][] = [
    ['nothing was asked', [], {}, null],
    ['the agent is at work', [prompt(1), words(2), call(3, 'a')], {}, null],
    [
      'its process is gone in the middle of a call',
      [prompt(1), words(2), call(3, 'a')],
      { process: 'ended' },
      'killed',
    ],
    ['its process is gone before it said a word', [prompt(1)], { process: 'ended' }, 'killed'],
    [
      'a command of the program is no task',
      [prompt(1), words(2), end(3), prompt(4, '/compact', 'command')],
      { process: 'ended' },
      null,
    ],
    ['it ended its turn', [prompt(1), words(2), end(3)], { process: 'ended' }, null],
    [
      'it said its last word, where no end is told',
      [prompt(1), call(2, 'a'), result(3, 'a'), words(4)],
      { process: 'ended' },
      null,
    ],
    ['the user broke it off', [prompt(1), call(2, 'a'), end(3, 'user')], { process: 'ended' }, null],
    ['it was refused', [prompt(1), words(2), failure(3)], {}, 'usage-limit'],
    ['it noted the end of the turn after the error', [prompt(1), failure(3), end(4)], {}, 'usage-limit'],
    ['it went on after an error', [prompt(1), failure(2), words(3), end(4)], {}, null],
    ['it was asked again and answered', [prompt(1), failure(2), prompt(3), words(4), end(5)], {}, null],
    ['it is trying again', [prompt(1), words(2), retry(3)], {}, null],
    ['it was trying again when its process ended', [prompt(1), words(2), retry(3)], { process: 'ended' }, 'overloaded'],
    ['it succeeded after trying again', [prompt(1), retry(2), words(3), end(4)], { process: 'ended' }, null],
    [
      'silence of a minute, and nobody knows of a process',
      [prompt(1), call(2, 'a')],
      { process: 'unknown', now: minute },
      null,
    ],
    [
      'silence of an hour, and nobody knows of a process',
      [prompt(1), call(2, 'a')],
      { process: 'unknown', now: 60 * minute },
      'killed',
    ],
    ['compacted in mid-task', [prompt(1), call(2, 'a'), result(3, 'a'), compacted(4)], {}, 'compacted'],
    [
      'compacted, and at work again',
      [prompt(1), call(2, 'a'), result(3, 'a'), compacted(4), words(5), call(6, 'b')],
      {},
      null,
    ],
    ['compacted between two turns', [prompt(1), words(2), end(3), compacted(4)], {}, null],
    ['compacted by hand', [prompt(1), call(2, 'a'), result(3, 'a'), compacted(4, false)], {}, null],
  ];
  for (const [name, items, evidence, expected] of cases) {
    it(`${name}: ${expected ?? 'no'}`, () => assert.equal(find(items, evidence)?.reason ?? null, expected));
  }

  it('is told by a hook where the transcript is silent, and not of a turn that ended', () => {
    const told = { at: 10, reason: 'rate-limit', message: 'Usage limit', resetsAt: 99, continuesItself: true } as const;
    const found = find([prompt(1), words(2), call(3, 'a')], { told });
    assert.deepEqual([found?.reason, found?.resetsAt, found?.continuesItself], ['rate-limit', 99, true]);
    assert.equal(find([prompt(1), words(2), call(3, 'a')], { told, process: 'ended' })?.continuesItself, false);
    assert.equal(find([prompt(1), words(2), end(3)], { told }), null);
    assert.equal(find([prompt(1), words(20)], { told }), null);
  });

  it('takes the reset of the last of the windows that are used up', () => {
    const limit = (at: number, used: number, resetsAt: number): WorkItem => ({ kind: 'limit', at, used, resetsAt });
    const items = [
      prompt(1),
      limit(2, 1, 500),
      words(3),
      limit(4, 1, 700),
      limit(4, 1, 900),
      limit(4, 0.5, 5000),
      failure(5),
    ];
    assert.equal(find(items)?.resetsAt, 900);
    assert.equal(find([prompt(1), limit(2, 0.9, 500), failure(5)])?.resetsAt, null);
    assert.equal(find([prompt(1), failure(5, 600)])?.resetsAt, 600);
  });

  it('knows that the agent goes on by itself, until it is called off, closed or late', () => {
    const waiting = [prompt(1), failure(2, 500), { kind: 'waits', at: 3, willContinue: true } as const];
    assert.equal(find(waiting)?.continuesItself, true);
    assert.equal(find(waiting, { process: 'ended' })?.continuesItself, false);
    assert.equal(find([...waiting, { kind: 'waits', at: 4, willContinue: false }])?.continuesItself, false);
    assert.equal(find(waiting, { now: 500 + 11 * minute })?.continuesItself, false);
  });

  it('sees a subagent that was refused after the main thread had ended', () => {
    const subagent = [prompt(2), words(3), failure(9)];
    const found = find([prompt(1), call(2, 'a'), result(3, 'a'), words(4), end(5)], {}, [subagent]);
    assert.deepEqual([found?.reason, found?.isInSubagent, found?.turnAt], ['usage-limit', true, 1]);
    assert.equal(find([prompt(1), call(2, 'a'), result(10, 'a'), words(11), end(12)], {}, [subagent]), null);
  });
});

describe('turns and tasks', () => {
  it('lost results are no answers', () => {
    const [turn] = turnsOf([prompt(1), call(2, 'a'), result(9, 'a', 'lost'), call(3, 'b'), result(4, 'b')]);
    assert.deepEqual(
      turn?.unanswered.map(({ id }) => id),
      ['a'],
    );
    assert.equal(turn.lastAt, 4);
  });

  it('what is told twice counts once', () => {
    const twice = [words(1), call(2, 'a'), words(1), call(2, 'a'), result(3, 'a'), result(3, 'a')];
    assert.equal(withoutRepeats(twice).length, 3);
  });

  it('the task reaches back over turns that were cut off, and over "continue"', () => {
    const items = [
      ...[prompt(1, 'an old task'), words(2), end(3)],
      ...[prompt(4, 'rename it'), words(5), failure(6)],
      ...[prompt(7, 'Continue.'), words(8), end(9)],
      ...[prompt(10, 'go on'), words(11), failure(12)],
      ...[prompt(13, 'the limit has reset', 'agent'), call(14, 'x')],
    ];
    assert.deepEqual(promptsOf(turnsOfTask(items)), ['rename it', 'Continue.', 'go on']);
  });

  it('the to-do list is what was last said of each point, by list or by number', () => {
    const todo = (at: number, id: string, change: object): WorkItem => ({
      kind: 'call',
      at,
      id,
      tool: 't',
      ...details,
      todo: change as never,
    });
    const made = (at: number, id: string, todoId: string): WorkItem => ({
      kind: 'result',
      at,
      id,
      outcome: 'done',
      todoId,
    });
    const items = [
      todo(1, 'a', { change: 'add', text: 'one' }),
      todo(1, 'b', { change: 'add', text: 'two' }),
      made(2, 'a', '7'),
      made(2, 'b', '8'),
      todo(3, 'c', { change: 'set', id: '8', text: null, status: 'begun' }),
      todo(4, 'd', { change: 'set', id: '99', text: null, status: 'done' }),
    ];
    assert.deepEqual(todosOf(items), [
      { text: 'one', status: 'open' },
      { text: 'two', status: 'begun' },
    ]);
    const list = todo(5, 'e', { change: 'list', todos: [{ text: 'three', status: 'done' }] });
    assert.deepEqual(todosOf([...items, list]), [{ text: 'three', status: 'done' }]);
  });
});
