import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Told, TranscriptFormat, TranscriptSource } from '../../../src/agents/agent.ts';
import { claudeTranscripts } from '../../../src/agents/claude/transcripts.ts';
import { codexTranscripts } from '../../../src/agents/codex/transcripts.ts';
import { geminiTranscripts } from '../../../src/agents/gemini/transcripts.ts';
import { opencodeTranscripts } from '../../../src/agents/opencode/transcripts.ts';
import { damage, damagedText, edit, editedText, oddValue, withUnknownFields } from '../../support/fuzzedText.ts';

// Every run takes other cases; SOFT_LANDING_FUZZ_SEED repeats one.
const seed = Number(process.env['SOFT_LANDING_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** cases of each of the three kinds, for each agent; 108,000 in all */
const cases = 9_000;
const latest = 8.64e15;

/** A text that an agent wrote and what reads it where it stands. */
interface Sample {
  readonly text: string;
  readonly parse: (text: string) => Told;
}

const fixtures = join(import.meta.dirname, '../../fixtures');

function lineSamples(source: TranscriptSource, folder: string, names: RegExp): readonly Sample[] {
  const files = readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    names.test(name),
  );
  return files.flatMap((name) => {
    const format = formatOf(source, join('/home/dev', folder, name));
    if (format.kind !== 'lines') return assert.fail(name);
    const parser = format.open('project/session', null);
    const lines = readFileSync(join(fixtures, folder, name), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.flatMap((text) => {
      // Each line is tried in the state in which the real one was read.
      const { state } = parser;
      parser.parse(text);
      if (!format.markers.some((marker) => text.includes(marker))) return [];
      return [{ text, parse: (changed: string) => format.open('project/session', state).parse(changed) }];
    });
  });
}

function formatOf(source: TranscriptSource, path: string): TranscriptFormat {
  return source.match(path)?.format ?? assert.fail(path);
}

function opencodeSamples(): readonly Sample[] {
  const folder = '/home/dev/.local/share/opencode';
  const file = formatOf(opencodeTranscripts, `${folder}/storage/message/ses_1/msg_1.json`);
  const database = formatOf(opencodeTranscripts, `${folder}/opencode.db`);
  if (file.kind !== 'document' || database.kind !== 'database') return assert.fail();
  const data = {
    id: 'msg_20a536ab5001BbJL16gZPSW0Vb',
    sessionID: 'ses_1',
    role: 'assistant',
    path: { cwd: '/repo/sub', root: '/repo' },
    cost: 0.0015,
    tokens: { total: 9360, input: 500, output: 60, reasoning: 4, cache: { write: 3, read: 8800 } },
    modelID: 'm',
    providerID: 'mock',
    time: { created: 1795469568694, completed: 1795469570890 },
  };
  const row = { id: data.id, session_id: 'ses_1', parent_id: null, directory: '/repo' };
  return [
    { text: JSON.stringify(data), parse: (text) => file.parse(text, 'k') },
    { text: JSON.stringify(data), parse: (text) => database.parse({ ...row, data: text }) },
  ];
}

function geminiSamples(): readonly Sample[] {
  const lines = lineSamples(geminiTranscripts, 'gemini', /\.jsonl$/);
  const document = formatOf(geminiTranscripts, '/home/dev/.gemini/tmp/p/chats/session-1.json');
  if (document.kind !== 'document') return assert.fail();
  const messages = lines.map(({ text }) => JSON.parse(text) as Record<string, unknown>).filter((line) => 'id' in line);
  const text = JSON.stringify({ sessionId: 's', kind: 'main', messages });
  return [...lines, { text, parse: (changed) => document.parse(changed, 'p/session-1') }];
}

const samples: Readonly<Record<string, readonly Sample[]>> = {
  claude: lineSamples(claudeTranscripts, 'claude/transcripts', /\.jsonl$/),
  codex: lineSamples(codexTranscripts, 'codex', /\.jsonl$/),
  gemini: geminiSamples(),
  opencode: opencodeSamples(),
};

/** What may be told of, whatever was read: anything else would end up in sums, dates or the panel. */
function checkTold(told: Told): void {
  if (told === 'bad') return;
  for (const fact of told) {
    if (fact.kind === 'reading') {
      const { used, resetsAt, capturedAt, window } = fact.reading;
      assert.ok(Number.isFinite(used) && used >= 0, `used ${used}`);
      assert.ok(isTime(capturedAt) && (resetsAt === null || isTime(resetsAt)), `${capturedAt} ${resetsAt ?? ''}`);
      assert.equal(typeof window, 'string');
      continue;
    }
    if (fact.kind === 'prompt' || fact.kind === 'edits') {
      const { at, sessionId } = fact.kind === 'prompt' ? fact.prompt : fact.edits;
      assert.ok(isTime(at), `at ${at}`);
      assert.equal(typeof sessionId, 'string');
      continue;
    }
    const { at, tokens, costUsd, id, marks, sessionId, model, cwd } = fact.row;
    assert.ok(isTime(at), `at ${at}`);
    for (const [name, count] of Object.entries(tokens)) {
      assert.ok(Number.isSafeInteger(count) && count >= 0 && !Object.is(count, -0), `${name} ${count}`);
    }
    // Sums of a hundred years of them have to stay exact.
    assert.ok(Object.values(tokens).every((count) => count <= 1e13));
    assert.ok(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0), `cost ${costUsd ?? ''}`);
    assert.ok(marks.length > 0 && [id, sessionId, ...marks].every((word) => typeof word === 'string'));
    assert.ok([model, cwd].every((word) => word === null || typeof word === 'string'));
  }
}

function isTime(at: number): boolean {
  return Number.isFinite(at) && Math.abs(at) <= latest;
}

describe(`the parsers of all agents, fuzzed (seed ${seed})`, function () {
  this.timeout(60_000);
  const check = (arbitraries: fc.IRawProperty<unknown>, numRuns: number): void =>
    void fc.assert(arbitraries, { seed, numRuns });

  for (const [agent, all] of Object.entries(samples)) {
    const sample = fc.constantFrom(...all);

    it(`${agent}: whatever JSON and text there is, it is told of soundly or not at all`, () => {
      const text = fc.oneof(
        fc.string({ maxLength: 60, unit: 'binary' }),
        oddValue.map((value) => JSON.stringify(value)),
        fc.json({ maxDepth: 6 }),
      );
      check(
        fc.property(sample, text, ({ parse }, given) => checkTold(parse(given))),
        cases,
      );
    });

    it(`${agent}: a real row with anything in any of its fields is told of soundly or not at all`, () => {
      const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
      check(
        fc.property(sample, edits, ({ text, parse }, given) => checkTold(parse(editedText(text, given)))),
        cases,
      );
    });

    it(`${agent}: a damaged row is told of soundly or not at all`, () => {
      check(
        fc.property(sample, damage, ({ text, parse }, given) => checkTold(parse(damagedText(text, given)))),
        cases,
      );
    });

    it(`${agent}: fields that are new change nothing`, () => {
      const name = fc.constantFrom('__proto__', 'constructor', 'toString', 'zz_new', 'prototype');
      check(
        fc.property(sample, name, oddValue, ({ text, parse }, given, value) => {
          assert.deepEqual(parse(withUnknownFields(text, given, value)), parse(text));
        }),
        1_000,
      );
    });
  }

  it('they take up any state that was saved, or begin anew', () => {
    const formats = [codexTranscripts, geminiTranscripts].map((source) => formatOf(source, '/home/dev/chats/s.jsonl'));
    check(
      fc.property(
        fc.constantFrom(...formats),
        fc.anything(),
        sampleOf('codex', 'gemini'),
        (format, state, { text }) => {
          if (format.kind === 'lines') checkTold(format.open('p/s', state).parse(text));
        },
      ),
      2_000,
    );
  });

  // Found by the tests above; each was told as it stood.
  it('they tell no count that sums could not hold, and no reset that no Date can', () => {
    const [usage, limits] = [samples['claude'], samples['codex']].map((all) => all ?? []);
    const counted = usage?.find((sample) => tellsUse(sample)) ?? assert.fail();
    for (const count of ['9007199254740992', '1e300', '1e999', '-1'])
      assert.equal(counted.parse(counted.text.replace(/"output_tokens":\s*\d+/, `"output_tokens":${count}`)), 'bad');
    checkTold(counted.parse(counted.text.replace(/"output_tokens":\s*\d+/, '"output_tokens":-0')));
    const limited = limits?.find(({ text }) => /"resets_at":\s*\d+/.test(text)) ?? assert.fail();
    const late = limited.text
      .replaceAll(/"resets_at":\s*\d+/g, '"resets_in_seconds":1e9')
      .replace(/"timestamp":\s*"[^"]*"/, '"timestamp":"+275760-09-13T00:00:00.000Z"');
    const told = limited.parse(late);
    assert.ok(told !== 'bad' && told.some(({ kind }) => kind === 'reading'));
    checkTold(told);
  });

  it('they stand nesting of any depth', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    for (const { parse, text } of Object.values(samples).map((all) => all.at(-1) ?? assert.fail())) {
      checkTold(parse(deep));
      assert.deepEqual(parse(text.replace('{', `{"zz_new":${deep},`)), parse(text));
    }
  });
});

function tellsUse({ text, parse }: Sample): boolean {
  const told = parse(text);
  return told !== 'bad' && told.some(({ kind }) => kind === 'response');
}

function sampleOf(...agents: readonly string[]): fc.Arbitrary<Sample> {
  return fc.constantFrom(...agents.flatMap((agent) => samples[agent] ?? []));
}
