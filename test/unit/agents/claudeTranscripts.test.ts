import assert from 'node:assert/strict';
import { claudeTranscripts } from '../../../src/agents/claude/transcripts.ts';
import type { TokenCounts } from '../../../src/protocol/usage.ts';

const key = '-home-dev-app/00000000-aaaa-4000-8000-000000000001';
const parse = (line: string) => claudeTranscripts.parseLine(line, key);

const usage = {
  input_tokens: 6,
  cache_creation_input_tokens: 280,
  cache_read_input_tokens: 12310,
  output_tokens: 77,
  cache_creation: { ephemeral_1h_input_tokens: 80, ephemeral_5m_input_tokens: 200 },
  speed: 'standard',
};
const message = { id: 'msg_01', model: 'claude-opus-5-5', role: 'assistant', content: [], usage };
const row = {
  type: 'assistant',
  uuid: 'u1',
  timestamp: '2026-11-23T04:34:19.923Z',
  sessionId: 's1',
  requestId: 'req_1',
  cwd: '/home/dev/app',
  isSidechain: false,
  message,
};
const whole: TokenCounts = { input: 6, output: 77, cacheWrite5m: 200, cacheWrite1h: 80, cacheRead: 12310 };
const withUsage = (changes: object) =>
  JSON.stringify({ ...row, message: { ...message, usage: { ...usage, ...changes } } });

describe('lines of a Claude Code transcript', () => {
  // ARCHITECTURE.md, Metering: what other meters drop or count wrongly
  const counted: [string, string, Partial<TokenCounts>][] = [
    ['a plain row', JSON.stringify(row), {}],
    [
      'null in a tool argument',
      JSON.stringify({ ...row, message: { ...message, content: [{ input: { id: null, model: null } }] } }),
      {},
    ],
    ['usage.speed null', withUsage({ speed: null }), {}],
    ['cache reads null', withUsage({ cache_read_input_tokens: null }), { cacheRead: 0 }],
    ['cache reads missing', withUsage({ cache_read_input_tokens: undefined }), { cacheRead: 0 }],
    ['requestId null', JSON.stringify({ ...row, requestId: null }), {}],
    ['requestId missing', JSON.stringify({ ...row, requestId: undefined }), {}],
    ['requestId of a wrong type', JSON.stringify({ ...row, requestId: 7 }), {}],
    ['version "dev"', JSON.stringify({ ...row, version: 'dev' }), {}],
    ['version, costUSD, sessionId null', JSON.stringify({ ...row, version: null, costUSD: null, sessionId: null }), {}],
    ['a space after "usage":', JSON.stringify(row).replace('"usage":{', '"usage": {'), {}],
    ['a float', JSON.stringify(row).replace(':77', ':77.0'), {}],
    ['a carriage return at the end', `${JSON.stringify(row)}\r`, {}],
    [
      'no split of cache writes: all five-minute',
      withUsage({ cache_creation: null }),
      { cacheWrite5m: 280, cacheWrite1h: 0 },
    ],
    ['a split of zeros: all five-minute', withUsage({ cache_creation: {} }), { cacheWrite5m: 280, cacheWrite1h: 0 }],
    ['a split without its sum', withUsage({ cache_creation_input_tokens: null }), {}],
    ['a subagent', JSON.stringify({ ...row, isSidechain: true, agentId: 'a1' }), {}],
    ['another kind of row with usage', JSON.stringify({ ...row, type: 'future' }), {}],
  ];
  for (const [name, line, changes] of counted) {
    it(`counts ${name}`, () => {
      const parsed = parse(line);
      assert.equal(parsed?.kind, 'response');
      assert.deepEqual(parsed.row.tokens, { ...whole, ...changes });
    });
  }

  const passedOver: [string, unknown][] = [
    ['a user row', { ...row, type: 'user' }],
    ['the usage in a tool result', { ...row, type: 'user', message: { role: 'user' }, toolUseResult: { usage } }],
    ['a client-made row', { ...row, message: { ...message, model: '<synthetic>' } }],
    ['an API error row', { ...row, isApiErrorMessage: true }],
    ['usage null', { ...row, message: { ...message, usage: null } }],
    ['usage as a list', { ...row, message: { ...message, usage: [] } }],
    ['no message', { type: 'cost-state', modelUsage: { usage } }],
    ['a progress row about a user row', { type: 'progress', data: { message: { ...row, type: 'user' } } }],
    ['a progress row without a message', { type: 'progress', data: { usage } }],
    ['a number', 7],
    ['a list', [row]],
    ['null', null],
  ];
  for (const [name, value] of passedOver)
    it(`passes over ${name}`, () => assert.equal(parse(JSON.stringify(value)), null));

  const bad: [string, string][] = [
    ['a torn line', JSON.stringify(row).slice(0, -20)],
    ['binary', '\u0000\u0001"usage"\ufffd'],
    ['a negative count', withUsage({ output_tokens: -1 })],
    ['a count as text', withUsage({ output_tokens: '77' })],
    ['a count beyond all numbers', JSON.stringify(row).replace(':77', ':1e999')],
    ['no timestamp', JSON.stringify({ ...row, timestamp: null })],
    ['a timestamp that is none', JSON.stringify({ ...row, timestamp: 'soon' })],
  ];
  for (const [name, line] of bad) it(`reports ${name} as bad`, () => assert.deepEqual(parse(line), { kind: 'bad' }));

  it('tells everything a ledger needs', () => {
    assert.deepEqual(parse(JSON.stringify(row)), {
      kind: 'response',
      row: {
        agent: 'claude',
        sessionId: 's1',
        messageId: 'msg_01',
        requestId: 'req_1',
        rowId: 'u1',
        at: Date.parse('2026-11-23T04:34:19.923Z'),
        model: 'claude-opus-5-5',
        cwd: '/home/dev/app',
        isSidechain: false,
        tokens: whole,
      },
    });
  });

  it('takes the session from the file where the row names none', () => {
    const parsed = parse(JSON.stringify({ ...row, sessionId: null }));
    assert.equal(parsed?.kind === 'response' && parsed.row.sessionId, '00000000-aaaa-4000-8000-000000000001');
  });

  it('gives the rows a fork copied to the session that made them', () => {
    const parsed = parse(JSON.stringify({ ...row, sessionId: 'fork', requestSessionId: 'parent' }));
    assert.equal(parsed?.kind === 'response' && parsed.row.sessionId, 'parent');
  });

  it('unwraps progress rows as the subagent’s', () => {
    const inner = { type: 'assistant', timestamp: row.timestamp, requestId: 'req_1', uuid: 'u1', message };
    const parsed = parse(
      JSON.stringify({ type: 'progress', sessionId: 's1', cwd: '/home/dev/app', data: { message: inner } }),
    );
    assert.equal(parsed?.kind, 'response');
    assert.deepEqual(parsed.row, {
      ...parsed.row,
      sessionId: 's1',
      cwd: '/home/dev/app',
      isSidechain: true,
      tokens: whole,
    });
  });
});

describe('limit rows of a Claude Code transcript', () => {
  // Shape measured with 2.1.330 (claude-code §1c).
  const limits = { status: 'rejected', resetsAt: 1795417306, rateLimitType: 'five_hour', isUsingOverage: false };
  const limitRow = {
    ...row,
    message: { ...message, id: 'x', model: '<synthetic>', usage: { input_tokens: 0, output_tokens: 0 } },
    apiError: 'usage_limit_reached',
    quotaLimits: limits,
    isApiErrorMessage: true,
  };
  const reading = {
    agent: 'claude',
    window: 'five_hour',
    used: 1,
    resetsAt: 1795417306000,
    capturedAt: Date.parse('2026-11-23T04:34:19.923Z'),
    source: 'limit row in the transcript',
    confidence: 'official',
  };

  it('become readings', () => assert.deepEqual(parse(JSON.stringify(limitRow)), { kind: 'reading', reading }));

  it('name their window', () => {
    const weekly = parse(JSON.stringify({ ...limitRow, quotaLimits: { ...limits, rateLimitType: 'seven_day_opus' } }));
    assert.deepEqual(weekly, { kind: 'reading', reading: { ...reading, window: 'seven_day_opus' } });
  });

  it('are read from the error where quotaLimits is missing', () => {
    const line = { ...limitRow, quotaLimits: undefined, apiErrorParams: { rate_limit_info: limits } };
    assert.deepEqual(parse(JSON.stringify(line)), { kind: 'reading', reading });
  });

  it('may not know their reset', () => {
    const line = { ...limitRow, quotaLimits: { ...limits, resetsAt: null } };
    assert.deepEqual(parse(JSON.stringify(line)), { kind: 'reading', reading: { ...reading, resetsAt: null } });
  });

  const silent: [string, unknown][] = [
    ['a limit that is not reached', { ...limitRow, quotaLimits: { ...limits, status: 'allowed_warning' } }],
    ['a transient 429', { ...limitRow, quotaLimits: undefined, apiError: undefined, apiErrorStatus: 429 }],
    ['a reset time no clock can show', { ...limitRow, quotaLimits: { ...limits, resetsAt: 1e300 } }],
    ['no timestamp', { ...limitRow, timestamp: undefined }],
  ];
  for (const [name, value] of silent)
    it(`say nothing: ${name}`, () => assert.equal(parse(JSON.stringify(value)), null));

  it('are found by the byte filter', () => {
    for (const line of [JSON.stringify(row), JSON.stringify({ ...limitRow, message: { model: '<synthetic>' } })]) {
      assert.ok(claudeTranscripts.markers.some((marker) => line.includes(marker)));
    }
  });
});

describe('places of Claude Code transcripts', () => {
  const roots = (env: Record<string, string>, platform: NodeJS.Platform = 'linux', home = '/home/dev') =>
    claudeTranscripts.roots({ home, env, platform });

  it('are both defaults', () => {
    assert.deepEqual(roots({}), ['/home/dev/.claude/projects', '/home/dev/.config/claude/projects']);
    assert.deepEqual(roots({ XDG_CONFIG_HOME: '/x' }), ['/home/dev/.claude/projects', '/x/claude/projects']);
    assert.deepEqual(roots({}, 'win32', 'C:\\Users\\dev')[0], 'C:\\Users\\dev\\.claude\\projects');
  });

  it('are replaced by CLAUDE_CONFIG_DIR', () => {
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: '/c' }), ['/c/projects']);
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: ' ' }), roots({}));
  });

  it('may be a comma list, or one folder with a comma in its name', () => {
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: '/a, ~/b,' }), [
      '/a, ~/b,/projects',
      '/a/projects',
      '/home/dev/b/projects',
    ]);
  });

  it('give a session one key for its main file and its subagents', () => {
    assert.equal(claudeTranscripts.sessionKey('p/s.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('p/s/subagents/agent-1.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('p\\s\\subagents\\agent-1.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('loose.jsonl'), 'loose');
  });

  it('hold only .jsonl files of interest', () => {
    assert.equal(claudeTranscripts.isTranscript('a.jsonl'), true);
    assert.equal(claudeTranscripts.isTranscript('agent-1.meta.json'), false);
  });
});
