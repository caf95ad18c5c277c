import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { UsageError, type OptionValues } from '../../../src/cli/command.ts';
import { estimateCommand } from '../../../src/cli/estimate.ts';
import { writeTreeVerdict } from '../../../src/store/verdictFile.ts';

interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}
interface EstimateReport {
  readonly tokens: Range;
  readonly percent: (Range & { readonly window: string }) | null;
  readonly basis: string;
  readonly comparableTasks: number;
  readonly decision: string;
  readonly reasons: readonly { readonly code: string; readonly text: string; readonly data: object }[];
  readonly files: {
    readonly count: number;
    readonly tokens: number;
    readonly approximate: boolean;
    readonly missing: readonly string[];
  };
  readonly chunks: { readonly count: number; readonly tokens: number | null } | null;
}

const now = Date.parse('2026-11-20T11:00:00Z');
const hour = 3_600_000;
const task = 'Fix the crash of the parser in src/parse.ts when the input is empty';
const program = path.resolve(import.meta.dirname, '..', '..', '..', 'dist');

describe('estimate', () => {
  let home = '';
  let repo = '';
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-estimate-'));
    repo = path.join(home, 'repo');
    mkdirSync(path.join(repo, '.git'), { recursive: true });
    mkdirSync(path.join(repo, 'src'));
    mkdirSync(path.join(home, 'state'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  async function run(positionals: readonly string[], values: OptionValues = {}) {
    const surroundings = { home, env: {}, platform: process.platform };
    const places = { stateFolder: path.join(home, 'state'), programDir: program, repoDir: repo };
    const context = { surroundings, ...places, now: () => now, stdin: Readable.from([]) };
    const { json, text } = await estimateCommand.run(context, values, positionals);
    return { report: json as EstimateReport, text: stripVTControlCharacters(text) };
  }
  const budget = (tokensPerDay: number): void =>
    writeFileSync(path.join(home, 'state', 'preferences.json'), JSON.stringify({ v: 1, budgets: { tokensPerDay } }));

  /** Days ago, a task an hour: each took about 20,000 new tokens, in a session of its own. */
  function tasksOfThePast(prompt: (index: number) => string): void {
    const projects = path.join(home, '.claude', 'projects', '-repo');
    mkdirSync(projects, { recursive: true });
    for (let index = 0; index < 30; index++) {
      const at = (second: number) => new Date(now - (100 - index) * hour + 1000 * second).toISOString();
      const common = { sessionId: `s${index}`, cwd: repo };
      const rows = [
        { ...common, type: 'user', timestamp: at(0), message: { role: 'user', content: prompt(index) } },
        ...[1, 2].map((response) => ({
          ...common,
          type: 'assistant',
          timestamp: at(30 * response),
          requestId: `req_${index}_${response}`,
          message: {
            id: `msg_${index}_${response}`,
            model: 'claude-opus-5-5',
            role: 'assistant',
            content: [],
            usage: { input_tokens: 4000, output_tokens: 1000, cache_creation_input_tokens: 4500 + 100 * (index % 10) },
          },
        })),
      ];
      writeFileSync(path.join(projects, `s${index}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    }
  }

  it('without history and limits tells tokens alone, by rules of thumb', async () => {
    const { report, text } = await run([task]);
    assert.deepEqual(Object.keys(report), [
      'tokens',
      'percent',
      'basis',
      'comparableTasks',
      'decision',
      'reasons',
      'chunks',
      'files',
    ]);
    const { low, likely, high } = report.tokens;
    assert.ok(0 < low && low < likely && likely < high, JSON.stringify(report.tokens));
    assert.deepEqual(
      [report.percent, report.chunks, report.comparableTasks, report.decision],
      [null, null, 0, 'unknown'],
    );
    assert.deepEqual(
      report.reasons.map(({ code }) => code),
      ['no-limit-known'],
    );
    assert.match(text, /^Whether this task fits is not known\. Likely .* No limit that counts for it is known/);
    assert.match(text, /\n +LOW +LIKELY +HIGH \(4 of 5 stay below\)\nnew tokens +\S+ +\S+ +\S+\n/);
    assert.match(text, /\nRests on rules of thumb; there is no history yet\./);
  });

  it("rests on the user's own tasks in this repository, and decides by what is left of a budget", async () => {
    tasksOfThePast((index) => `Fix the crash number ${index} in src/file${index}.ts when it is opened`);
    budget(200_000);
    const roomy = (await run([task])).report;
    assert.ok(roomy.comparableTasks >= 10, String(roomy.comparableTasks));
    assert.match(roomy.basis, /^\d+ comparable tasks of yours/);
    assert.ok(roomy.tokens.likely > 15_000 && roomy.tokens.likely < 25_000, String(roomy.tokens.likely));
    assert.equal(roomy.decision, 'proceed');
    assert.equal(roomy.percent?.window, 'tokensPerDay');
    // 20,000 of 200,000, and the same in the words for people.
    assert.ok(roomy.percent.likely > 7 && roomy.percent.likely < 13, JSON.stringify(roomy.percent));
    budget(22_000);
    const { report, text } = await run([task]);
    assert.equal(report.decision, 'split');
    assert.equal(report.reasons[0]?.code, 'likely-exceeds-room');
    assert.ok(
      report.chunks && report.chunks.count >= 2 && (report.chunks.tokens ?? 0) < 18_000,
      JSON.stringify(report.chunks),
    );
    assert.match(
      text,
      /^This task likely does not fit: split it\. .* About \d chunks of \d+K tokens would fit one by one\./,
    );
    assert.match(text, /\nof the daily budget +\d+ % +\d+ % +\d+ %\n/i);
  });

  it('counts the files that are named and given, and says which are not there', async () => {
    const line = 'export const value = compute(other, 42);\n';
    writeFileSync(path.join(repo, 'src', 'parse.ts'), line.repeat(2000));
    const none = (await run(['Fix the crash of the parser when the input is empty'])).report;
    const { report, text } = await run([task], { file: ['src/none.ts'] });
    assert.ok(report.tokens.likely > none.tokens.likely + 10_000, `${none.tokens.likely} → ${report.tokens.likely}`);
    const { count, tokens, missing } = report.files;
    assert.deepEqual([count, missing.map((file) => path.basename(file))], [1, ['none.ts']]);
    assert.ok(tokens > 10_000, JSON.stringify(report.files));
    assert.match(text, /\n1 file with (?:about )?\d+K tokens\.\nNot read: .*none\.ts/);
  });

  it('ends soon, and says that it is approximate, whatever a file holds', async () => {
    writeFileSync(path.join(repo, 'src', 'bundle.min.js'), 'x'.repeat(20_000_000));
    writeFileSync(path.join(repo, 'src', 'blanks.ts'), ' '.repeat(50_000));
    const started = performance.now();
    const { report } = await run(['Fix it'], { file: ['src/bundle.min.js', 'src/blanks.ts'] });
    assert.ok(performance.now() - started < 15_000, 'it took too long');
    assert.equal(report.files.approximate, true);
    assert.deepEqual([report.files.count, report.decision], [2, 'unknown']);
  });

  it('is more careful with a fix where the last verify was red, and only there', async () => {
    budget(1_000_000);
    const codes = async (text: string) => (await run([text])).report.reasons.map(({ code }) => code);
    assert.deepEqual(await codes(task), ['room-enough']);
    await writeTreeVerdict(path.join(home, 'state'), repo, 'red');
    assert.deepEqual(await codes(task), ['room-enough', 'production-on-red']);
    assert.deepEqual(await codes('Add a page with a calendar'), ['room-enough']);
    await writeTreeVerdict(path.join(home, 'state'), repo, 'green');
    assert.deepEqual(await codes(task), ['room-enough']);
  });

  it('is asked for exactly one text', async () => {
    for (const texts of [[], [''], [' \n'], ['fix', 'this']]) await assert.rejects(run(texts), UsageError);
  });
});
