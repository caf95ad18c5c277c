import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WorkerTokenCounter } from '../../../src/usage/tokens/tokenCounter.ts';

const dist = path.resolve(import.meta.dirname, '..', '..', '..', 'dist');

describe('the tokenizer, in its thread', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'soft-landing-tokens-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const count = (files: readonly string[], model: string | null = 'gpt-5.5', transcripts: string[] = []) =>
    new WorkerTokenCounter(dist).count({ files: [...files], transcripts, model });

  it("counts a file as OpenAI's models do, and others with their factor", async () => {
    const hello = file('hello.txt', 'hello world, this is a test.\n');
    const exact = await count([hello]);
    // tiktoken's o200k_base: hello| world|,| this| is| a| test|.\n
    assert.deepEqual(exact, { tokens: 8, isApproximate: false, missing: [], factor: 1 });
    const claude = await count([hello], 'claude-opus-5-5');
    assert.deepEqual([claude.tokens, claude.isApproximate], [Math.round(8 * 1.53), true]);
  });

  it('names what it cannot read', async () => {
    const gone = path.join(folder, 'gone.ts');
    const { tokens, missing } = await count([gone, folder]);
    assert.deepEqual([tokens, missing], [0, [gone, folder]]);
  });

  const worst: Readonly<Record<string, () => string>> = {
    'a minified file of 20 MB': () => 'var a=function(b){return b+1};'.repeat(700_000),
    '50,000 spaces': () => ' '.repeat(50_000),
    '200,000 letters without a blank': () => 'ab'.repeat(100_000),
    '50,000 equal signs': () => '='.repeat(50_000),
    'a line of 5 MB': () => 'x1 '.repeat(1_700_000),
    'random bytes': () =>
      Array.from({ length: 100_000 }, (_, index) => String.fromCharCode((index * 7919) % 55_000)).join(''),
  };
  for (const [name, text] of Object.entries(worst))
    it(`does not hang at ${name}, and says that it is approximate`, async () => {
      const bad = file('bad.js', text());
      const { tokens, isApproximate } = await count([bad]);
      assert.ok(isApproximate && tokens > 0, `${tokens}`);
    });

  it('is stopped where it is, when it has no end; sizes have to do then', async () => {
    writeFileSync(path.join(folder, 'tokenizer.cjs'), 'for (;;);');
    const counter = new WorkerTokenCounter(folder, { deadlineMs: 50, patienceMs: 50 });
    const some = file('some.ts', 'x'.repeat(3600));
    assert.deepEqual(await counter.count({ files: [some], transcripts: [], model: 'gpt-5' }), {
      tokens: 1000,
      isApproximate: true,
      missing: [],
      factor: 1,
    });
  });

  it('is done without where it is missing or broken', async () => {
    const some = file('some.ts', 'x'.repeat(360));
    for (const text of [
      null,
      'throw new Error("no")',
      'require("node:worker_threads").parentPort.postMessage({ tokens: "many" })',
    ]) {
      if (text !== null) writeFileSync(path.join(folder, 'tokenizer.cjs'), text);
      const counted = await new WorkerTokenCounter(folder).count({ files: [some], transcripts: [], model: 'gpt-5' });
      assert.deepEqual([counted.tokens, counted.isApproximate], [100, true]);
    }
  });
});
