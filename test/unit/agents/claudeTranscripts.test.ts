import assert from 'node:assert/strict';
import type { ResponseRow, Told } from '../../../src/agents/agent.ts';
import { claudeTranscripts } from '../../../src/agents/claude/transcripts.ts';
import type { TokenCounts } from '../../../src/protocol/usage.ts';

const key = '-home-dev-app/00000000-aaaa-4000-8000-000000000001';
const match = claudeTranscripts.match('/home/dev/.claude/projects/p/s.jsonl');
const format = match?.format.kind === 'lines' ? match.format : assert.fail();
const parse = (line: string): Told => format.open(key, null).parse(line);
const rowOf = (line: string): ResponseRow => {
  const told = parse(line);
  return told !== 'bad' && told[0]?.kind === 'response' && told.length === 1
    ? told[0].row
    : assert.fail(JSON.stringify(told));
};

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
      assert.deepEqual(rowOf(line).tokens, { ...whole, ...changes });
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
    it(`passes over ${name}`, () => assert.deepEqual(parse(JSON.stringify(value)), []));

  const bad: [string, string][] = [
    ['a torn line', JSON.stringify(row).slice(0, -20)],
    ['binary', '\u0000\u0001"usage"\ufffd'],
    ['a negative count', withUsage({ output_tokens: -1 })],
    ['a count as text', withUsage({ output_tokens: '77' })],
    ['a count beyond all numbers', JSON.stringify(row).replace(':77', ':1e999')],
    ['no timestamp', JSON.stringify({ ...row, timestamp: null })],
    ['a timestamp that is none', JSON.stringify({ ...row, timestamp: 'soon' })],
  ];
  for (const [name, line] of bad) it(`reports ${name} as bad`, () => assert.equal(parse(line), 'bad'));

  it('tells everything a ledger needs', () => {
    assert.deepEqual(rowOf(JSON.stringify(row)), {
      agent: 'claude',
      sessionId: 's1',
      id: 'msg_01',
      marks: ['req_1', '6|12310|280'],
      at: Date.parse('2026-11-23T04:34:19.923Z'),
      model: 'claude-opus-5-5',
      cwd: '/home/dev/app',
      isSidechain: false,
      isCopy: false,
      isFast: false,
      tokens: whole,
      costUsd: null,
    });
  });

  it('takes the session from the file where the row names none', () => {
    const { sessionId } = rowOf(JSON.stringify({ ...row, sessionId: null }));
    assert.equal(sessionId, '00000000-aaaa-4000-8000-000000000001');
  });

  it('gives the rows a fork copied to the session that made them', () => {
    assert.equal(rowOf(JSON.stringify({ ...row, sessionId: 'fork', requestSessionId: 'parent' })).sessionId, 'parent');
  });

  it('keeps ids that are not Anthropic’s within their session, and takes the row’s own where there is none', () => {
    assert.equal(rowOf(JSON.stringify({ ...row, message: { ...message, id: 'chatcmpl-1' } })).id, 's1|chatcmpl-1');
    assert.equal(rowOf(JSON.stringify({ ...row, message: { ...message, id: null } })).id, 'u:u1');
    assert.deepEqual(rowOf(JSON.stringify({ ...row, requestId: null })).marks, ['6|12310|280']);
  });

  it('knows the fast mode', () => assert.equal(rowOf(withUsage({ speed: 'fast' })).isFast, true));

  it('unwraps progress rows as the subagent’s', () => {
    const inner = { type: 'assistant', timestamp: row.timestamp, requestId: 'req_1', uuid: 'u1', message };
    const unwrapped = rowOf(
      JSON.stringify({ type: 'progress', sessionId: 's1', cwd: '/home/dev/app', data: { message: inner } }),
    );
    assert.deepEqual(unwrapped, {
      ...unwrapped,
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

  it('become readings', () => assert.deepEqual(parse(JSON.stringify(limitRow)), [{ kind: 'reading', reading }]));

  it('name their window', () => {
    const weekly = parse(JSON.stringify({ ...limitRow, quotaLimits: { ...limits, rateLimitType: 'seven_day_opus' } }));
    assert.deepEqual(weekly, [{ kind: 'reading', reading: { ...reading, window: 'seven_day_opus' } }]);
  });

  it('are read from the error where quotaLimits is missing', () => {
    const line = { ...limitRow, quotaLimits: undefined, apiErrorParams: { rate_limit_info: limits } };
    assert.deepEqual(parse(JSON.stringify(line)), [{ kind: 'reading', reading }]);
  });

  it('may not know their reset', () => {
    const line = { ...limitRow, quotaLimits: { ...limits, resetsAt: null } };
    assert.deepEqual(parse(JSON.stringify(line)), [{ kind: 'reading', reading: { ...reading, resetsAt: null } }]);
  });

  const silent: [string, unknown][] = [
    ['a limit that is not reached', { ...limitRow, quotaLimits: { ...limits, status: 'allowed_warning' } }],
    ['a transient 429', { ...limitRow, quotaLimits: undefined, apiError: undefined, apiErrorStatus: 429 }],
    ['a reset time no clock can show', { ...limitRow, quotaLimits: { ...limits, resetsAt: 1e300 } }],
    ['no timestamp', { ...limitRow, timestamp: undefined }],
  ];
  for (const [name, value] of silent)
    it(`say nothing: ${name}`, () => assert.deepEqual(parse(JSON.stringify(value)), []));

  it('are found by the byte filter', () => {
    for (const line of [JSON.stringify(row), JSON.stringify({ ...limitRow, message: { model: '<synthetic>' } })]) {
      assert.ok(format.markers.some((marker) => line.includes(marker)));
    }
  });
});

describe('places of Claude Code transcripts', () => {
  const roots = (env: Record<string, string>, platform: NodeJS.Platform = 'linux', home = '/home/dev') =>
    claudeTranscripts.roots({ home, env, platform }).map(({ path }) => path);

  const desktop = '/home/dev/.config/Claude/local-agent-mode-sessions';

  it('are both defaults, and the desktop app’s', () => {
    assert.deepEqual(roots({}), ['/home/dev/.claude/projects', '/home/dev/.config/claude/projects', desktop]);
    const moved = roots({ XDG_CONFIG_HOME: '/x' });
    assert.deepEqual(moved, [
      '/home/dev/.claude/projects',
      '/x/claude/projects',
      '/x/Claude/local-agent-mode-sessions',
    ]);
    const windows = roots({}, 'win32', 'C:\\Users\\dev');
    assert.equal(windows[0], 'C:\\Users\\dev\\.claude\\projects');
    assert.equal(windows[2], 'C:\\Users\\dev\\AppData\\Roaming\\Claude\\local-agent-mode-sessions');
    const mac = roots({}, 'darwin', '/Users/dev')[2];
    assert.equal(mac, '/Users/dev/Library/Application Support/Claude/local-agent-mode-sessions');
  });

  it('are replaced by CLAUDE_CONFIG_DIR, but for the desktop app’s', () => {
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: '/c' }), ['/c/projects', desktop]);
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: ' ' }), roots({}));
  });

  it('may be a comma list, or one folder with a comma in its name', () => {
    assert.deepEqual(roots({ CLAUDE_CONFIG_DIR: '/a, ~/b,' }), [
      '/a, ~/b,/projects',
      '/a/projects',
      '/home/dev/b/projects',
      desktop,
    ]);
  });

  it('name the account: the configuration folder, one for both defaults', () => {
    const accounts = (env: Record<string, string>, platform: NodeJS.Platform = 'linux', home = '/home/dev') =>
      claudeTranscripts.roots({ home, env, platform }).map(({ account }) => account);
    assert.deepEqual(accounts({}), ['/home/dev/.claude', '/home/dev/.claude', '/home/dev/.config/Claude']);
    assert.deepEqual(accounts({ CLAUDE_CONFIG_DIR: '/a/, ~/b' }).slice(1), [
      '/a',
      '/home/dev/b',
      '/home/dev/.config/Claude',
    ]);
    assert.equal(accounts({}, 'win32', 'C:\\Users\\dev')[0], 'C:\\Users\\dev\\.claude');
  });

  it('give a session one key for its main file and its subagents', () => {
    assert.equal(claudeTranscripts.sessionKey('p/s.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('p/s/subagents/agent-1.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('p\\s\\subagents\\agent-1.jsonl'), 'p/s');
    assert.equal(claudeTranscripts.sessionKey('loose.jsonl'), 'loose');
    const home = 'u1/u2/local_3/.claude/projects/p/s';
    assert.equal(claudeTranscripts.sessionKey(`${home}.jsonl`), 'p/s');
    assert.equal(claudeTranscripts.sessionKey(`${home}/subagents/agent-1.jsonl`), 'p/s');
  });

  it('hold only .jsonl files of interest', () => {
    const isTranscript = (path: string) => claudeTranscripts.match(path)?.path === path;
    assert.equal(isTranscript('/home/dev/.claude/projects/p/a.jsonl'), true);
    assert.equal(isTranscript('/home/dev/.claude/projects/p/a/subagents/agent-1.meta.json'), false);
    assert.equal(isTranscript(`${desktop}/u/u/local_1/.claude/projects/p/a.jsonl`), true);
    assert.equal(isTranscript(`${desktop}/u/u/local_1/audit.jsonl`), false);
    assert.equal(claudeTranscripts.enters('u/u/local_1/outputs/node_modules'), false);
  });
});
