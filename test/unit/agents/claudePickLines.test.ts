import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fact } from '../../../src/agents/agent.ts';
import { markers, pickLines } from '../../../src/agents/claude/pickLines.ts';
import { parsePart, parseTranscriptLine } from '../../../src/agents/claude/transcriptLine.ts';

type Fate = readonly Fact[] | 'bad';

/** What the lines tell as they are picked, and how many of them by a part alone. */
function picked(text: string): { readonly told: readonly Fate[]; readonly parts: number } {
  const bytes = Buffer.from(text);
  const told: Fate[] = [];
  let parts = 0;
  pickLines(bytes, (start, end, part) => {
    const ofPart = part === null ? null : parsePart(part, 'p/s');
    if (ofPart !== null) parts += 1;
    told.push(ofPart ?? parseTranscriptLine(bytes.toString('utf8', start, end), 'p/s'));
  });
  return { told: told.filter((each) => each.length > 0), parts };
}

/** What they tell when every line with a marker is parsed whole. */
function whole(text: string): readonly Fate[] {
  const lines = text.split('\n').filter((line) => markers.some((marker) => line.includes(marker)));
  return lines.map((line) => parseTranscriptLine(line, 'p/s')).filter((each) => each.length > 0);
}

const usage = { input_tokens: 4, output_tokens: 88, cache_read_input_tokens: 7 };
const base = { parentUuid: 'p', isSidechain: false };
const tail = { requestId: 'req_1', uuid: 'u', timestamp: '2026-11-23T04:34:19.923Z', cwd: '/größe', sessionId: 's' };

function response(content: unknown, more: object = {}): string {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content, stop_reason: null, usage };
  return JSON.stringify({ ...base, message: { ...message, ...more }, type: 'assistant', ...tail });
}

const long = 'said "so", {"message":{"usage"}} \\ '.repeat(20);
const call = (name: string, input: unknown) => ({ type: 'tool_use', id: 'toolu_1', name, input });
const edit = call('Edit', { file_path: '/a "b"/ü.ts', old_string: long, new_string: long });
const results = { role: 'user', content: [{ tool_use_id: 't', type: 'tool_result', content: long }] };
const user = (message: unknown, more: object = {}) =>
  JSON.stringify({ ...base, type: 'user', message, ...more, ...tail });

describe('lines of Claude Code, picked', () => {
  const cases: readonly (readonly [name: string, line: string, told: number, parts: number])[] = [
    ['a text', response([{ type: 'text', text: long }]), 1, 1],
    ['an edit', response([edit]), 1, 1],
    ['a tool that edits nothing', response([call('Bash', { command: long })]), 1, 1],
    ['several calls', response([edit, call('Write', { file_path: '/c', content: long })]), 1, 0],
    ['a call behind a text', response([{ type: 'text', text: long }, edit]), 1, 0],
    ['a call that holds a message', response([call('x', { message: { a: long }, stop_reason: [long] })]), 1, 0],
    ['a call that holds the end of one', response([call('x', { a: [long], stop_reason: 1, usage: {} })]), 1, 1],
    ['what the client says', response([{ type: 'text', text: long }], { model: '<synthetic>' }), 0, 0],
    ["a tool's result", user(results, { toolUseResult: { usage } }), 0, 0],
    ['a prompt', user({ role: 'user', content: 'Fix "a.ts"' }), 1, 0],
    [
      'a prompt in blocks',
      user({ role: 'user', content: [{ type: 'text', text: 'Go' }] }, { turnOrigin: 'human' }),
      1,
      0,
    ],
  ];
  for (const [name, line, told, parts] of cases) {
    it(`mean what they mean whole: ${name}`, () => {
      const found = picked(line);
      assert.deepEqual(found.told, whole(line));
      assert.deepEqual([found.told.length, found.parts], [told, parts]);
    });
  }

  it('are told apart where two of them are torn and joined, and where a disk lost what was between', () => {
    const [one, two] = [response([{ type: 'text', text: long }]), response([{ type: 'text', text: long }])];
    for (const gap of ['', '\0'.repeat(4096)]) {
      const joined = `${one.slice(0, 300)}${gap}${gap === '' ? two : two.slice(300)}`;
      assert.deepEqual(picked(joined), { told: ['bad'], parts: 0 });
    }
  });

  it('mean the same in any order and number', () => {
    const lines = fc.array(fc.constantFrom(...cases.map(([, line]) => line), '{"type":"mode"}', '', long), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(lines, (some) => {
        const text = some.join('\n');
        assert.deepEqual(picked(text).told, whole(text));
      }),
    );
  });
});
