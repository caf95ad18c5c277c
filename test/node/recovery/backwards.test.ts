import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBackwards, readBeginning } from '../../../src/recovery/backwards.ts';
import { endsInFailure, readWork } from '../../../src/recovery/readWork.ts';

describe('reading a transcript from its end', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'soft-landing-backwards-'));
    file = join(folder, 'session.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const everything = async (most = 1e9) => readBackwards(file, () => true, most);

  it('gives the lines in their order, whatever their length', async () => {
    const lines = [1, 700_000, 3, 262_143, 262_144, 5, 1_000_000, 2].map((length, at) => `${at}:${'ü'.repeat(length)}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    assert.deepEqual(await everything(), { lines, isWhole: true });
  });

  it('gives an empty file nothing, and a last line without an end as it is', async () => {
    writeFileSync(file, '');
    assert.deepEqual(await everything(), { lines: [], isWhole: true });
    writeFileSync(file, '{"a":1}\n\n{"b":');
    assert.deepEqual((await everything()).lines, ['{"a":1}', '{"b":']);
  });

  it('stops where nobody wants more, and never gives half a line of the beginning', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `{"line":${at}}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const { lines: read, isWhole } = await readBackwards(file, () => false, 1e9);
    assert.equal(isWhole, false);
    assert.ok(read.length > 1000 && read.length < lines.length);
    assert.deepEqual(read, lines.slice(-read.length));
    assert.deepEqual((await readBeginning(file)).slice(0, 2), lines.slice(0, 2));
  });

  it('reads only the end of a session of hundreds of megabytes', async () => {
    const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
    const user = (text: string, second: number) => ({
      type: 'user',
      timestamp: at(second),
      sessionId: 's',
      cwd: '/w',
      message: { content: text },
    });
    writeFileSync(file, `${JSON.stringify(user('the first prompt', 0))}\n`);
    const filler = `${JSON.stringify({ type: 'api-request-blob', data: 'x'.repeat(1_000_000) })}\n`.repeat(20);
    for (let part = 0; part < 10; part++) appendFileSync(file, filler);
    const failure = {
      type: 'assistant',
      timestamp: at(20),
      isApiErrorMessage: true,
      apiErrorStatus: 529,
      error: 'server_error',
      message: { content: [] },
    };
    appendFileSync(file, `${JSON.stringify(user('the last prompt', 10))}\n${JSON.stringify(failure)}\n{"type":"assi`);
    const began = performance.now();
    const work = await readWork({ agent: 'claude', sessionId: 's', transcript: file }, 'look');
    const ms = performance.now() - began;
    console.log(`      the last turn of 200 MB: ${Math.round(ms)} ms`);
    assert.deepEqual(
      work?.items.map(({ kind }) => kind),
      ['prompt', 'failure'],
    );
    assert.equal(await endsInFailure('claude', file), true);
    assert.ok(ms < 1000, `${ms} ms`);
  });
});
