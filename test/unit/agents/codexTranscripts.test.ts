import assert from 'node:assert/strict';
import type { Fact, ResponseRow } from '../../../src/agents/agent.ts';
import { codexTranscripts } from '../../../src/agents/codex/transcripts.ts';
import { Ledger } from '../../../src/usage/ledger.ts';

const match = codexTranscripts.match('/home/dev/.codex/sessions/2026/11/23/rollout-x.jsonl');
const format = match?.format.kind === 'lines' ? match.format : assert.fail();

const begin = Date.parse('2026-11-23T05:00:00.000Z');
const line = (type: string, payload: object, seconds = 0) =>
  JSON.stringify({ timestamp: new Date(begin + seconds * 1000).toISOString(), type, payload });
const usage = (input: number, cached: number, output: number) => ({
  input_tokens: input,
  cached_input_tokens: cached,
  output_tokens: output,
  reasoning_output_tokens: 0,
});
type Usage = ReturnType<typeof usage>;
const meta = (id: string, more: object = {}, seconds = 0) =>
  line('session_meta', { id, cwd: '/repo', ...more }, seconds);
const counted = (total: Usage | null, last: Usage | null, seconds: number, limits: object | null = null) => {
  const info = { total_token_usage: total, last_token_usage: last };
  return line('event_msg', { type: 'token_count', info, rate_limits: limits }, seconds);
};

function factsOf(lines: readonly string[]): readonly Fact[] {
  const parser = format.open('name', null);
  return lines.flatMap((each) => {
    const told = parser.parse(each);
    return told === 'bad' ? assert.fail(each) : told;
  });
}
const rowsOf = (lines: readonly string[]): readonly ResponseRow[] =>
  factsOf(lines).flatMap((fact) => (fact.kind === 'response' ? [fact.row] : []));
const inputs = (lines: readonly string[]) => rowsOf(lines).map(({ tokens }) => tokens.input + tokens.cacheRead);

describe('lines of a Codex rollout', () => {
  it('hold cached tokens within the input, and reasoning within the output', () => {
    const [row] = rowsOf([meta('t'), counted(usage(9000, 8000, 80), usage(9000, 8000, 80), 9)]);
    assert.deepEqual(row?.tokens, { input: 1000, output: 80, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 8000 });
  });

  it('say what the context window holds, the record before it included', () => {
    const used = usage(1000, 0, 10);
    const info = { total_token_usage: used, last_token_usage: used, model_context_window: 258_400 };
    const record = line(
      'token_usage_record',
      { thread_id: 't', response_id: 'r1', usage: used, thread_token_usage: used },
      9,
    );
    const rows = rowsOf([meta('t'), record, line('event_msg', { type: 'token_count', info }, 10)]);
    const ledger = new Ledger();
    for (const row of rows) ledger.add(row, '/account');
    assert.deepEqual(
      [...ledger.responses()].map(({ contextLimit, tokens }) => [contextLimit, tokens.input]),
      [[258_400, 1000]],
    );
  });

  it('never make the uncached input negative', () => {
    const [row] = rowsOf([meta('t'), counted(usage(100, 900, 80), usage(100, 900, 80), 9)]);
    assert.deepEqual([row?.tokens.input, row?.tokens.cacheRead], [0, 100]);
  });

  const one = usage(1000, 0, 10);
  const two = usage(3000, 500, 30);
  const cases: [string, readonly string[], readonly number[]][] = [
    ['count totals by their growth', [counted(one, one, 9), counted(two, usage(2000, 500, 20), 20)], [1000, 2000]],
    ['do not count the last response again', [counted(one, one, 9), counted(one, one, 11)], [1000]],
    ['do without the last response', [counted(one, null, 9), counted(two, null, 20)], [1000, 2000]],
    ['do without totals', [counted(null, one, 9), counted(null, usage(70, 0, 1), 20)], [1000, 70]],
    [
      'bridge rows that are lost',
      [counted(one, one, 9), counted(usage(9000, 0, 99), usage(50, 0, 1), 20)],
      [1000, 8000],
    ],
    ['begin anew after compaction', [counted(two, two, 9), counted(one, one, 20)], [3000, 1000]],
    [
      'count nothing when compaction fills the context',
      [counted(two, two, 9), counted(usage(0, 0, 0), usage(77, 0, 0), 20), counted(one, one, 30)],
      [3000, 1000],
    ],
    ['take the first row of a file without its head by itself', [counted(two, usage(2000, 500, 20), 9)], [2000]],
  ];
  for (const [name, lines, wanted] of cases) it(name, () => assert.deepEqual(inputs([meta('t'), ...lines]), wanted));

  it('tell a response twice in newer versions, whichever comes first', () => {
    const record = line(
      'token_usage_record',
      { thread_id: 't', response_id: 'r1', usage: one, thread_token_usage: one },
      9,
    );
    for (const lines of [
      [record, counted(one, one, 10)],
      [counted(one, one, 8), record],
    ]) {
      assert.deepEqual(inputs([meta('t'), ...lines]), [1000]);
    }
  });

  it('name model and folder once for all that follow', () => {
    const context = (model: string) => line('turn_context', { model, cwd: '/repo/sub' });
    const rows = rowsOf([meta('t'), counted(one, one, 1), context('gpt-5.5'), counted(two, null, 2)]);
    assert.deepEqual(
      rows.map(({ model, cwd, sessionId }) => [model, cwd, sessionId]),
      [
        [null, '/repo', 't'],
        ['gpt-5.5', '/repo/sub', 't'],
      ],
    );
  });

  it('are bad with counts that are none', () => {
    for (const wrong of ['-1', '"7"', '1e999']) {
      const broken = counted(one, null, 1).replace('1000', wrong);
      assert.equal(format.open('name', null).parse(broken), 'bad', broken);
    }
  });
});

describe('copied history in a Codex rollout', () => {
  const parent = [meta('parent'), counted(usage(1000, 0, 10), null, 9), counted(usage(3000, 0, 30), null, 20)];
  const own = counted(usage(7000, 0, 70), usage(4000, 0, 40), 4000);
  const spawned = { source: { subagent: { thread_spawn: { parent_thread_id: 'parent' } } } };
  const later = (lines: readonly string[], seconds: number) =>
    lines.map((each) =>
      JSON.stringify({ ...(JSON.parse(each) as object), timestamp: new Date(begin + seconds * 1000).toISOString() }),
    );

  const children: [string, readonly string[], string][] = [
    ['a fork', [meta('z', { forked_from_id: 'parent' }, 3000), ...parent, own], 'z'],
    ['a fork with new times', [meta('z', { forked_from_id: 'parent' }, 3000), ...later(parent, 3000), own], 'z'],
    ['a fork without copied metas', [meta('z', { forked_from_id: 'parent' }, 3000), ...parent.slice(1), own], 'z'],
    ['a subagent', [meta('z', spawned, 3000), ...parent, own], 'parent'],
    ['a subagent with new times', [meta('z', spawned, 3000), ...later(parent, 3000.2), own], 'parent'],
    ['a child that names no parent', [meta('z', {}, 3000), ...parent, own], 'z'],
    ['a fork that points there', [meta('z', { forked_from_id: 'parent', history_base: {} }, 3000), own], 'z'],
  ];
  for (const [name, child, session] of children) {
    it(`of ${name} is counted once, in any order, and the child’s own work too`, () => {
      for (const files of [
        [parent, child],
        [child, parent],
        [child, child, parent, child],
      ]) {
        const ledger = new Ledger();
        for (const lines of files) for (const row of rowsOf(lines)) ledger.add(row, '/account');
        const all = [...ledger.responses()].sort((a, b) => a.at - b.at);
        assert.deepEqual(
          all.map(({ sessionId, at, tokens }) => [sessionId, (at - begin) / 1000, tokens.input]),
          [
            ['parent', 9, 1000],
            ['parent', 20, 2000],
            [session, 4000, 4000],
          ],
        );
      }
    });
  }

  it('is linked through generations', () => {
    const child = [meta('y', { forked_from_id: 'parent' }, 3000), ...later(parent.slice(1), 3000), own];
    const fork = [meta('z', { forked_from_id: 'y' }, 9000), ...later([...parent.slice(1), own], 9000)];
    for (const files of [
      [parent, child, fork],
      [fork, parent, child],
      [parent, fork, child],
      [fork, child, parent],
    ]) {
      const ledger = new Ledger();
      for (const lines of files) for (const row of rowsOf(lines)) ledger.add(row, '/account');
      assert.deepEqual([ledger.size, [...ledger.responses()].length], [3, 3]);
    }
  });

  it('is no reason to merge siblings that do the same', () => {
    const ledger = new Ledger();
    for (const id of ['x', 'y', 'z'])
      for (const row of rowsOf([meta(id, { forked_from_id: 'parent' }, 3000), ...parent, own]))
        ledger.add(row, '/account');
    assert.equal(ledger.size, 5);
  });

  it('says nothing of limits', () => {
    const limits = { primary: { used_percent: 50, window_minutes: 300, resets_at: 1_795_418_923 } };
    const copied = counted(usage(1000, 0, 10), null, 9, limits);
    const facts = factsOf([meta('z', { forked_from_id: 'parent' }, 3000), copied]);
    assert.deepEqual(
      facts.map(({ kind }) => kind),
      ['response'],
    );
  });
});

describe('rate limits in a Codex rollout', () => {
  const readings = (limits: object) =>
    factsOf([meta('t'), counted(null, null, 60, limits)]).flatMap((fact) =>
      fact.kind === 'reading' ? [fact.reading] : [],
    );
  const five = { used_percent: 42, window_minutes: 300, resets_at: 1_795_418_923 };
  const week = { used_percent: 17.5, window_minutes: 10_080, resets_at: 1_795_811_723 };

  it('are readings, told apart by the length of their windows', () => {
    for (const limits of [
      { limit_id: 'codex', primary: five, secondary: week, plan_type: 'pro' },
      { primary: week, secondary: five, plan_type: 'pro' },
    ]) {
      const found = readings(limits).map(({ window, used, resetsAt, capturedAt, plan }) => [
        window,
        used,
        resetsAt,
        capturedAt,
        plan,
      ]);
      assert.deepEqual(found.sort(), [
        ['five_hour', 0.42, 1_795_418_923_000, begin + 60_000, 'pro'],
        ['seven_day', 0.175, 1_795_811_723_000, begin + 60_000, 'pro'],
      ]);
    }
  });

  it('may count down to their reset', () => {
    const [reading] = readings({ primary: { used_percent: 1, window_minutes: 300, resets_in_seconds: 3601 } });
    assert.equal(reading?.resetsAt, begin + 61 * 60_000);
    assert.equal(reading.plan, undefined);
  });

  it('of a single model are windows of their own', () =>
    assert.equal(readings({ limit_id: 'codex_spark', primary: five })[0]?.window, 'five_hour:codex_spark'));

  it('may be missing or broken, one without the other', () => {
    assert.deepEqual(readings({ primary: null, secondary: null }), []);
    assert.deepEqual(readings({ primary: { used_percent: 'x' }, secondary: week }).length, 1);
    assert.deepEqual(readings({ primary: { used_percent: 5 } }), []);
  });
});

describe('places of Codex rollouts', () => {
  it('follow CODEX_HOME', () => {
    const roots = (env: Record<string, string>) =>
      codexTranscripts.roots({ home: '/home/dev', env, platform: 'linux' }).map(({ path }) => path);
    assert.deepEqual(roots({}), ['/home/dev/.codex/sessions', '/home/dev/.codex/archived_sessions']);
    assert.deepEqual(roots({ CODEX_HOME: '/c' }), ['/c/sessions', '/c/archived_sessions']);
  });

  it('name the thread', () => {
    const id = '01a206e2-5204-77e3-bf6b-f93b9af3104d';
    assert.equal(codexTranscripts.sessionKey(`2026/11/23/rollout-2026-11-23T05-30-25-${id}.jsonl`), id);
    assert.equal(codexTranscripts.sessionKey('loose.jsonl'), 'loose');
  });
});
