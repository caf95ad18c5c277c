import type { TokenCounts } from '../src/protocol/usage.ts';
import { costOf } from './listPrices.ts';

/** A corpus of a few lines around one thing that real transcripts hold, and what a right reading finds. */
export interface EdgeCase {
  readonly name: string;
  /** path below `projects` -> its text */
  readonly files: Readonly<Record<string, string>>;
  readonly timeZone: string;
  readonly responses: number;
  readonly tokens: TokenCounts;
  readonly costUsd: number;
  /** new tokens and cache reads by day in the zone */
  readonly byDay: Readonly<Record<string, number>>;
}

type Row = Record<string, unknown>;

const model = 'claude-sonnet-4-5-20250929';
const noon = '2026-10-20T12:00:00.000Z';
const ordinary: TokenCounts = { input: 5, output: 77, cacheWrite5m: 300, cacheWrite1h: 0, cacheRead: 20_000 };

interface RowOptions {
  readonly id?: string;
  readonly tokens?: Partial<TokenCounts>;
  readonly at?: string;
  /** over the message's usage, the message, the row */
  readonly usage?: Row;
  readonly message?: Row;
  readonly row?: Row;
}

let serial = 0;

/** A row of a response as Claude Code writes it, with what a case changes. */
function response({ id = 'msg_01A', tokens, at = noon, usage, message, row }: RowOptions = {}): Row {
  const all = { ...ordinary, ...tokens };
  serial += 1;
  return {
    type: 'assistant',
    uuid: `00000000-0000-4000-8000-${String(serial).padStart(12, '0')}`,
    timestamp: at,
    sessionId: 's1',
    requestId: `req_${id}`,
    version: '2.1.330',
    cwd: '/home/dev/project',
    isSidechain: false,
    ...row,
    message: {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [{ type: 'text', text: 'Done.' }],
      ...message,
      usage: {
        input_tokens: all.input,
        output_tokens: all.output,
        cache_read_input_tokens: all.cacheRead,
        cache_creation_input_tokens: all.cacheWrite5m + all.cacheWrite1h,
        cache_creation: { ephemeral_5m_input_tokens: all.cacheWrite5m, ephemeral_1h_input_tokens: all.cacheWrite1h },
        ...usage,
      },
    },
  };
}

interface CaseOptions {
  readonly files?: Readonly<Record<string, readonly Row[]>>;
  readonly rows?: readonly Row[];
  /** what is really there; one ordinary response unless said */
  readonly truth?: readonly (Partial<TokenCounts> & { readonly day?: string })[];
  readonly timeZone?: string;
  /** what is done to the text of each file */
  readonly text?: (text: string) => string;
}

function edgeCase(name: string, options: CaseOptions): EdgeCase {
  const { rows = [response()], truth = [{}], timeZone = 'UTC', text = (same: string) => same } = options;
  const files = options.files ?? { 'p/s1.jsonl': rows };
  const all = truth.map((one) => ({ ...ordinary, ...one }));
  const sum = (name: keyof TokenCounts) => all.reduce((total, tokens) => total + tokens[name], 0);
  const byDay: Record<string, number> = {};
  for (const { day = noon.slice(0, 10), input, output, cacheWrite5m, cacheWrite1h, cacheRead } of all) {
    byDay[day] = (byDay[day] ?? 0) + input + output + cacheWrite5m + cacheWrite1h + cacheRead;
  }
  return {
    name,
    files: Object.fromEntries(
      Object.entries(files).map(([path, own]) => [path, text(`${own.map((row) => JSON.stringify(row)).join('\n')}\n`)]),
    ),
    timeZone,
    responses: all.length,
    tokens: {
      input: sum('input'),
      output: sum('output'),
      cacheWrite5m: sum('cacheWrite5m'),
      cacheWrite1h: sum('cacheWrite1h'),
      cacheRead: sum('cacheRead'),
    },
    costUsd: all.reduce((total, tokens) => total + (costOf(model, tokens) ?? 0), 0),
    byDay,
  };
}

const none: TokenCounts = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
const input = { id: null, model: null, filter: { requestId: null } };
const nullArguments = { content: [{ type: 'tool_use', id: 'toolu_1', name: 'mcp__db__query', input }] };
const mirrored = (row: Row): Row => ({
  type: 'progress',
  uuid: '00000000-0000-4000-8000-0000000000aa',
  timestamp: noon,
  sessionId: 's1',
  cwd: '/home/dev/project',
  version: '2.1.330',
  data: {
    type: 'agent_progress',
    message: {
      type: 'assistant',
      timestamp: noon,
      message: row['message'],
      requestId: row['requestId'],
      uuid: row['uuid'],
    },
  },
});
const six = [11, 12, 13, 14, 15, 16];

/** Everything that makes a meter wrong, one thing at a time (ARCHITECTURE.md, Metering). */
export function usageEdgeCases(): readonly EdgeCase[] {
  const growing = [1, 30, 77].map((output, block) =>
    // A few milliseconds apart, as blocks end.
    response({ tokens: { output }, at: new Date(Date.parse(noon) + block * 10).toISOString() }),
  );
  const long = { input: 10_000, cacheRead: 240_000, cacheWrite5m: 0, output: 1000 };
  const sub = response({ id: 'msg_01S', row: { isSidechain: true, agentId: 'a1' } });
  return [
    edgeCase('one response in one row', {}),
    edgeCase('three rows of one response, growing output', { rows: growing }),
    edgeCase('nulls in tool arguments', { rows: [response({ message: nullArguments })] }),
    edgeCase('speed null', { rows: [response({ usage: { speed: null } })] }),
    edgeCase('requestId null', { rows: [response({ row: { requestId: null } })] }),
    edgeCase('no requestId, three rows', { rows: growing.map((row) => ({ ...row, requestId: undefined })) }),
    edgeCase('version not a number', { rows: [response({ row: { version: 'dev' } })] }),
    edgeCase('byte order mark', { text: (text) => `\ufeff${text}` }),
    edgeCase('CRLF', { rows: growing, text: (text) => text.replaceAll('\n', '\r\n') }),
    edgeCase('"usage": { with a space', { text: (text) => text.replace('"usage":{', '"usage": {') }),
    edgeCase('tokens as floats (77.0)', { text: (text) => text.replace('"output_tokens":77', '"output_tokens":77.0') }),
    edgeCase('cache reads null', {
      rows: [response({ usage: { cache_read_input_tokens: null } })],
      truth: [{ cacheRead: 0 }],
    }),
    edgeCase('torn last line', { text: (text) => `${text}${text.slice(0, 200)}` }),
    edgeCase('fork: the rows copied to another session', {
      files: {
        'p/s1.jsonl': growing,
        'p/s2.jsonl': [
          ...growing.map((row) => ({ ...row, sessionId: 's2', requestSessionId: 's1' })),
          response({ id: 'msg_01B', row: { sessionId: 's2' } }),
        ],
      },
      truth: [{}, {}],
    }),
    edgeCase('side question: repeated under a new requestId', {
      files: {
        'p/s1.jsonl': growing,
        'p/s1/subagents/agent-aside_question-1.jsonl': growing.map((row) => ({
          ...row,
          isSidechain: true,
          requestId: 'req_side',
        })),
      },
    }),
    edgeCase('one row with and one without requestId', {
      rows: [response(), response({ tokens: { output: 100 }, row: { requestId: undefined } })],
      truth: [{ output: 100 }],
    }),
    edgeCase('gateway with one constant id, no requestId', {
      rows: six.map((output) =>
        response({ id: 'chatcmpl-1', tokens: { output, cacheRead: 20_000 + output }, row: { requestId: undefined } }),
      ),
      truth: six.map((output) => ({ output, cacheRead: 20_000 + output })),
    }),
    edgeCase('gateway: its constant id in two sessions', {
      files: Object.fromEntries(
        ['s1', 's2'].map((sessionId) => [
          `p/${sessionId}.jsonl`,
          [response({ id: 'chatcmpl-1', row: { sessionId, requestId: undefined } })],
        ]),
      ),
      truth: [{}, {}],
    }),
    edgeCase('one id for six responses', {
      rows: six.map((output) =>
        response({ tokens: { output, cacheRead: 20_000 + output }, row: { requestId: `req_${output}` } }),
      ),
      truth: six.map((output) => ({ output, cacheRead: 20_000 + output })),
    }),
    edgeCase('subagent, mirrored by a progress row', {
      files: { 'p/s1.jsonl': [response(), mirrored(sub)], 'p/s1/subagents/agent-a1.jsonl': [sub] },
      truth: [{}, {}],
    }),
    edgeCase('progress row alone', { rows: [mirrored(response())] }),
    edgeCase("subagent's sum in the tool's result", {
      rows: [
        response(),
        {
          type: 'user',
          timestamp: noon,
          sessionId: 's1',
          uuid: 'u1',
          message: { role: 'user', content: [] },
          toolUseResult: { usage: { input_tokens: 900, output_tokens: 900 } },
        },
      ],
    }),
    edgeCase('error row of the client', {
      rows: [
        response(),
        response({ id: 'x', tokens: none, message: { model: '<synthetic>' }, row: { isApiErrorMessage: true } }),
      ],
    }),
    edgeCase('long prompt (250,000 tokens)', { rows: [response({ tokens: long })], truth: [long] }),
    edgeCase('one-hour cache writes', {
      rows: [response({ tokens: { cacheWrite5m: 0, cacheWrite1h: 300 } })],
      truth: [{ cacheWrite5m: 0, cacheWrite1h: 300 }],
    }),
    edgeCase('day of 25 hours (Berlin)', {
      timeZone: 'Europe/Berlin',
      rows: ['2026-10-24T21:59:00Z', '2026-10-24T22:01:00Z', '2026-10-25T22:59:00Z', '2026-10-25T23:01:00Z'].map(
        (at, index) => response({ at, id: `msg_01${index}` }),
      ),
      truth: [{ day: '2026-10-24' }, { day: '2026-10-25' }, { day: '2026-10-25' }, { day: '2026-10-26' }],
    }),
    edgeCase('day of 23 hours (Berlin)', {
      timeZone: 'Europe/Berlin',
      rows: ['2026-03-28T22:59:00Z', '2026-03-28T23:01:00Z', '2026-03-29T21:59:00Z', '2026-03-29T22:01:00Z'].map(
        (at, index) => response({ at, id: `msg_01${index}` }),
      ),
      truth: [{ day: '2026-03-28' }, { day: '2026-03-29' }, { day: '2026-03-29' }, { day: '2026-03-30' }],
    }),
  ];
}
