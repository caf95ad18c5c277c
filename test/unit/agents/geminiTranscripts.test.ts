import assert from 'node:assert/strict';
import type { LineParser, ResponseRow, Told } from '../../../src/agents/agent.ts';
import { geminiTranscripts } from '../../../src/agents/gemini/transcripts.ts';

const folder = '/home/dev/.gemini/tmp/app/chats';
const formatOf = (name: string) => geminiTranscripts.match(`${folder}/${name}`)?.format ?? assert.fail(name);
function open(sessionKey: string): LineParser {
  const format = formatOf('session-1.jsonl');
  return format.kind === 'lines' ? format.open(sessionKey, null) : assert.fail();
}
function parseDocument(text: string): Told {
  const format = formatOf('session-1.json');
  return format.kind === 'document' ? format.parse(text, 'app/session-1') : assert.fail();
}

const tokens = { input: 9300, output: 60, cached: 8800, thoughts: 7, tool: 5, total: 9372 };
const message = { id: 'm1', timestamp: '2026-11-23T05:37:17.007Z', type: 'gemini', model: 'gemini-2.5-flash', tokens };
const head = { sessionId: 's1', kind: 'main', startTime: '2026-11-23T05:37:16.402Z' };
const context = `<session_context>\nThis is the Gemini CLI.\n- **Workspace Directories:**\n  - /repo\n- more\n</session_context>`;
const opening = { id: 'u1', type: 'user', content: [{ text: context }] };

const rows = (told: Told): readonly ResponseRow[] =>
  told === 'bad' ? assert.fail() : told.flatMap((fact) => (fact.kind === 'response' ? [fact.row] : []));
function read(...all: readonly unknown[]): readonly ResponseRow[] {
  const parser = open('app/session-1');
  return all.flatMap((each) => rows(parser.parse(JSON.stringify(each))));
}

describe('chats of Gemini CLI', () => {
  it('hold cached tokens within the input, thoughts and tool prompts beside', () => {
    const [row] = read(head, message);
    assert.deepEqual(row?.tokens, { input: 505, output: 67, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 8800 });
    const { input, output, cacheRead } = row.tokens;
    assert.equal(input + output + cacheRead, tokens.total);
  });

  it('name session and folder at their beginning', () => {
    const [row] = read(head, { $set: { messages: [opening] } }, message);
    assert.deepEqual([row?.sessionId, row?.cwd, row?.isSidechain], ['s1', '/repo', false]);
    assert.equal(read(message)[0]?.sessionId, 'session-1');
  });

  it('say the same as one document', () => {
    const told = parseDocument(JSON.stringify({ ...head, messages: [opening, message] }));
    assert.deepEqual(rows(told), read(head, { $set: { messages: [opening] } }, message));
    assert.equal(parseDocument('{"sessionId":'), 'bad');
  });

  it('repeat messages in lists', () => {
    const ids = read(head, message, { $set: { messages: [opening, message] } }).map(({ id }) => id);
    assert.deepEqual(ids, ['m1', 'm1']);
  });

  it('give a subagent’s use to its session', () => {
    const parser = open(geminiTranscripts.sessionKey('app/chats/s1/a1.jsonl'));
    parser.parse(JSON.stringify({ sessionId: 'a1', kind: 'subagent' }));
    const [row] = rows(parser.parse(JSON.stringify(message)));
    assert.deepEqual([row?.sessionId, row?.isSidechain], ['s1', true]);
  });

  for (const [name, changes] of [
    ['no tokens', { tokens: null }],
    ['tokens of zero', { tokens: { input: 0 } }],
    ['a user', { type: 'user' }],
  ] as const)
    it(`pass over a message with ${name}`, () => assert.deepEqual(read(head, { ...message, ...changes }), []));

  it('are bad with counts that are none, or without a time', () => {
    for (const changes of [{ tokens: { input: -1 } }, { tokens: { input: '7' } }, { timestamp: 'soon' }]) {
      const parser = open('k');
      assert.equal(parser.parse(JSON.stringify({ ...message, ...changes })), 'bad');
    }
  });

  it('are the files in folders of that name', () => {
    for (const path of [
      '/home/dev/.gemini/tmp/app/logs.json',
      '/home/dev/.gemini/tmp/app/checkpoint-x.json',
      `${folder}/x.txt`,
    ])
      assert.equal(geminiTranscripts.match(path), null, path);
    assert.deepEqual(
      ['app', 'app/chats', 'app/chats/s1', 'app/other'].map((each) => geminiTranscripts.enters(each)),
      [true, true, true, false],
    );
  });
});
