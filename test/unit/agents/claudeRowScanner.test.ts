import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LinePart } from '../../../src/agents/agent.ts';
import { pickLines } from '../../../src/agents/claude/pickLines.ts';
import { RowScanner } from '../../../src/agents/claude/rowScanner.ts';
import { parseTranscriptLine } from '../../../src/agents/claude/transcriptLine.ts';
import { linePartText } from '../../../src/agents/linePart.ts';
import { damage, damagedText, edit, editedText } from '../../support/fuzzedText.ts';

const usage = {
  input_tokens: 4,
  cache_creation_input_tokens: 12000,
  cache_read_input_tokens: 7,
  output_tokens: 88,
  output_tokens_details: { thinking_tokens: 0 },
  service_tier: 'standard',
  cache_creation: { ephemeral_1h_input_tokens: 2000, ephemeral_5m_input_tokens: 10000 },
  iterations: [],
  speed: 'standard',
  fallback_credit: null,
};
const long = 'said "so", \\ '.repeat(20);
const text = [{ type: 'text', text: long }];
const editCall = (path: string) => [
  { type: 'tool_use', id: 'toolu_1', name: 'Edit', input: { file_path: path, old_string: long, new_string: '' } },
];
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: text,
  stop_reason: null,
  usage,
};
const row = {
  parentUuid: null,
  isSidechain: false,
  message,
  apiBlockIndex: 0,
  requestId: 'req_1',
  type: 'assistant',
  uuid: 'u',
  timestamp: '2026-11-23T04:34:19.923Z',
  ratio: -0.25,
  cwd: '/größe',
  sessionId: 's',
  version: '2.1.330',
};

/** The parts of some rows, as they are picked. */
function partsOf(lines: string): readonly LinePart[] {
  const parts: LinePart[] = [];
  pickLines(Buffer.from(lines), (_start, _end, part) => {
    if (part !== null) parts.push(part);
  });
  return parts;
}

/** Scans the rows one after another, as they come in a file; those that were taken, each checked against the parser. */
function taken(lines: string): number {
  const scanner = new RowScanner();
  let count = 0;
  for (const part of partsOf(lines)) {
    const told = scanner.scan(part, 'p/s');
    if (told === null) continue;
    count += 1;
    assert.deepEqual(told, parseTranscriptLine(linePartText(part), 'p/s'));
  }
  return count;
}

const rows: Readonly<Record<string, object>> = {
  'a text': row,
  'an edit': { ...row, message: { ...message, content: editCall('/a b/ü.ts') } },
  'an edit of a path of Windows': { ...row, cwd: 'C:\\repo', message: { ...message, content: editCall('C:\\a.ts') } },
  'a subagent': { ...row, isSidechain: true, requestSessionId: 's0' },
  'fast mode': { ...row, message: { ...message, usage: { ...usage, speed: 'fast' } } },
  'no split of cache writes': { ...row, message: { ...message, usage: { ...usage, cache_creation: undefined } } },
  'keys in another order': Object.fromEntries(Object.entries(row).reverse()),
};

const refused: Readonly<Record<string, string>> = {
  'a count that is null': JSON.stringify({ ...row, message: { ...message, usage: { ...usage, output_tokens: null } } }),
  'a count that is no whole number': JSON.stringify({
    ...row,
    message: { ...message, usage: { ...usage, output_tokens: 1.5 } },
  }),
  'a count beyond all sense': JSON.stringify({
    ...row,
    message: { ...message, usage: { ...usage, output_tokens: 2e12 } },
  }),
  'a key twice': JSON.stringify(row).replace('"requestId":"req_1"', '"requestId":"req_1","requestId":"req_2"'),
  'a key with a code in it': JSON.stringify(row).replace('"requestId"', String.raw`"request\u0049d"`),
  'a number with a zero before it': JSON.stringify(row).replace('"apiBlockIndex":0', '"apiBlockIndex":01'),
  'a control character in a text': JSON.stringify(row).replace('2.1.330', '2.1\t330'),
  'no id': JSON.stringify({ ...row, message: { ...message, id: undefined } }),
  "the client's own row": JSON.stringify({ ...row, isApiErrorMessage: true }),
  'another type': JSON.stringify({ ...row, type: 'progress' }),
  'a time that is none': JSON.stringify({ ...row, timestamp: '2026-11-23T24:34:19.923Z' }),
  'a day that is none': JSON.stringify({ ...row, timestamp: '2026-13-01T04:34:19.923Z' }),
  'something behind it': `${JSON.stringify(row)}]`,
};

describe('rows of responses, scanned', () => {
  for (const [name, one] of Object.entries(rows))
    it(`are taken, and mean what they mean parsed: ${name}`, () => assert.equal(taken(JSON.stringify(one)), 1));

  for (const [name, line] of Object.entries(refused)) {
    it(`are left to the parser: ${name}`, () => {
      assert.equal(partsOf(line).length, 1);
      assert.equal(taken(line), 0);
    });
  }

  it('mean the same whatever came before them', () => {
    const one = fc.constantFrom(...Object.values(rows).map((each) => JSON.stringify(each)), ...Object.values(refused));
    const ids = fc.constantFrom('msg_1', 'msg_12', 'gateway');
    const lines = fc.array(
      fc.tuple(one, ids).map(([line, id]) => line.replace('msg_1', id)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(lines, (some) => {
        taken(some.join('\n'));
      }),
    );
  });

  it('mean the same, or are left to the parser, with anything in any of their fields and with any damage', () => {
    const one = fc.constantFrom(...Object.values(rows).map((each) => JSON.stringify(each)));
    const changed = fc.oneof(
      fc.tuple(one, fc.array(edit, { minLength: 1, maxLength: 3 })).map(([line, edits]) => editedText(line, edits)),
      fc.tuple(one, damage).map(([line, given]) => damagedText(line, given)),
    );
    fc.assert(
      fc.property(changed, (line) => {
        taken(line);
      }),
      { numRuns: 8000 },
    );
  });
});
