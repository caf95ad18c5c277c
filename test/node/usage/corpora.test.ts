import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import type { Response } from '../../../src/usage/ledgerEntry.ts';
import { usageReport, type Grouping } from '../../../src/usage/report.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { codexCorpus } from '../../support/codexCorpus.ts';
import { corpusZone, type Truth } from '../../support/corpusTools.ts';
import { geminiCorpus } from '../../support/geminiCorpus.ts';
import { nodeWithSqlite, runWithSqlite } from '../../support/nodeWithSqlite.ts';
import { opencodeCorpus } from '../../support/opencodeCorpus.ts';

const corpora = [
  { agent: 'codex', make: codexCorpus, count: 60 },
  { agent: 'gemini', make: geminiCorpus, count: 40 },
];

for (const { agent, make, count } of corpora) {
  describe(`a corpus of ${agent} whose truth is known`, () => {
    let home = '';
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'soft-landing-corpora-'));
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    const scanHome = () =>
      new UsageScan({
        sources: transcriptSources,
        surroundings: { home, env: {}, platform: process.platform },
        sinceMs: null,
      });
    const { files, truth } = make(5, count);
    const textOf = (lines: readonly string[]) => `${lines.join('\n')}\n`;
    function put(path: string, content: string | Uint8Array): void {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), content);
    }
    const putAll = () => files.forEach((lines, path) => put(path, textOf(lines)));

    it('is exact cold and warm, with every seed', async () => {
      for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
        const corpus = make(seed, count);
        rmSync(home, { recursive: true });
        corpus.files.forEach((lines, path) => put(path, textOf(lines)));
        const scan = scanHome();
        await scan.sweep();
        check([...scan.ledger.responses()], corpus.truth, `seed ${seed}`);
        assert.equal(scan.counts().skipped, 0);
        assert.equal((await scan.sweep()).changed, false);
      }
    });

    it('is exact when the files grow in odd pieces', async () => {
      const scan = scanHome();
      const rest = new Map([...files].map(([path, lines]) => [path, Buffer.from(textOf(lines))]));
      for (let round = 0; rest.size > 0; round += 1) {
        for (const [path, bytes] of rest) {
          // A document is written anew, not appended to.
          const length = path.endsWith('.json') ? bytes.length : 900 + ((round * 7919) % 7000);
          const piece = bytes.subarray(0, length);
          if (round === 0) put(path, piece);
          else appendFileSync(join(home, path), piece);
          if (piece.length === bytes.length) rest.delete(path);
          else rest.set(path, bytes.subarray(piece.length));
        }
        await scan.sweep();
      }
      check([...scan.ledger.responses()], truth, 'in pieces');
      assert.equal(scan.counts().skipped, 0);
    });

    it('never counts twice, whatever happens to the files', async () => {
      putAll();
      const scan = scanHome();
      await scan.sweep();
      const paths = [...files.keys()];
      paths.filter((_, index) => index % 3 === 0).forEach((path) => truncateSync(join(home, path), 1500));
      await scan.sweep();
      check([...scan.ledger.responses()], truth, 'truncated');
      putAll();
      for (const path of paths.filter((_, index) => index % 4 === 1)) {
        renameSync(join(home, path), join(home, path.replace(/(\.jsonl?)$/, '-rotated$1')));
      }
      await scan.sweep();
      check([...scan.ledger.responses()], truth, 'rotated');
      for (const folder of readdirSync(home)) rmSync(join(home, folder), { recursive: true });
      await scan.sweep();
      check([...scan.ledger.responses()], truth, 'deleted');
      putAll();
      assert.equal((await scan.sweep()).changed, false);
      check([...scan.ledger.responses()], truth, 'again');
    });

    it('is exact whatever stands between the lines', async () => {
      const torn = (line: string) => line.slice(0, -10);
      for (const [path, lines] of files) {
        if (path.endsWith('.json')) put(path, `\ufeff${lines.join('\r\n')}`);
        else {
          const middle = torn(lines.find((line) => line.includes('"tokens"') || line.includes('token_count"')) ?? '');
          const parts = [
            `\ufeff${lines.slice(0, 2).join('\r\n')}\r\n`,
            `${middle}\n`,
            Buffer.from([0, 255, 254, 10, 10]),
          ];
          put(path, Buffer.concat([...parts, textOf(lines.slice(2))].map((part) => Buffer.from(part as string))));
        }
      }
      const scan = scanHome();
      await scan.sweep();
      check([...scan.ledger.responses()], truth, 'with junk');
      const withLines = [...files.keys()].filter((path) => path.endsWith('.jsonl')).length;
      assert.equal(scan.counts().skipped, withLines);
    });
  });
}

describe('a corpus of opencode whose truth is known', () => {
  const node = nodeWithSqlite();
  if (node === null) return;
  interface Step {
    readonly changed: boolean;
    readonly responses: readonly Response[];
    readonly counts: { readonly skipped: number; readonly files: number };
  }
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-corpora-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('is exact while its database comes to be, changes and goes away, and leaves nothing beside it', () => {
    const { truth, files } = opencodeCorpus(5, 60);
    const steps = runWithSqlite(node, 'opencodeRun.ts', home, '5', '60') as Record<string, Step>;
    const after = [
      'open',
      'a broken row',
      'closed',
      'with old files',
      'a third deleted',
      'deleted',
      'made again',
      'no database',
    ];
    for (const name of after) check(steps[name]?.responses ?? [], truth, name);
    for (const name of after.slice(1)) assert.equal(steps[name]?.changed, false, name);
    assert.deepEqual(steps['beside'], ['opencode.db']);
    assert.ok(files.size > 5);
    const skipped = (name: string) => steps[name]?.counts.skipped;
    assert.deepEqual(['open', 'a broken row', 'no database'].map(skipped), [0, 1, 1]);
  }).timeout(60_000);
});

function check(responses: readonly Response[], truth: Truth, when: string): void {
  const groups: [Grouping, ReadonlyMap<string, number>][] = [
    ['day', truth.byDay(corpusZone)],
    ['model', truth.byModel],
    ['session', truth.bySession],
  ];
  for (const [by, wanted] of groups) {
    const query = { by, since: null, until: null, agent: null, timeZone: corpusZone };
    const report = usageReport(responses, query);
    const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = report.totals;
    assert.equal(report.totals.responses, truth.responses, when);
    assert.deepEqual({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }, truth.tokens, when);
    const fresh = [...report.groups].map(([key, sums]) => [
      key,
      sums.input + sums.output + sums.cacheWrite5m + sums.cacheWrite1h,
    ]);
    assert.deepEqual(new Map(fresh as [string, number][]), new Map(wanted), `${when}, by ${by}`);
  }
}
