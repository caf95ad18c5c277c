import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TokenCounts } from '../src/protocol/usage.ts';
import { claudeTranscripts } from '../test/support/claudeTranscripts.ts';
import { Truth } from '../test/support/corpusTools.ts';
import { costOf } from './listPrices.ts';
import { corpusZone, realisticShape } from './realisticShape.ts';

/** Raised with every change of what is written, so that nobody measures on a corpus of another version. */
const version = 1;

/** Responses, tokens of each class and USD. */
export interface TrueSums extends TokenCounts {
  readonly responses: number;
  readonly costUsd: number;
}

/** A corpus on disk and what a right reading of it finds. */
export interface Transcripts {
  /** stands for CLAUDE_CONFIG_DIR; the transcripts are in its `projects` */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  readonly lines: number;
  readonly largest: number;
  readonly totals: TrueSums;
  /** by day in `corpusZone` */
  readonly byDay: Readonly<Record<string, TrueSums>>;
  readonly byModel: Readonly<Record<string, TrueSums>>;
}

/** Where corpora are kept between runs. */
export function corpusHome(): string {
  return process.env['SOFT_LANDING_BENCH_CORPUS'] ?? join(tmpdir(), 'soft-landing-bench-corpus');
}

/** A corpus of about that many GiB, written at the first call (about 10 s a GiB) and kept. Throws where the disk has no room for it. */
export function transcriptsOf(gibibytes: number, log: (line: string) => void = console.log): Transcripts {
  const folder = join(corpusHome(), `claude-${gibibytes}g-v${version}`);
  const truth = join(folder, 'truth.json');
  if (!existsSync(truth)) write(gibibytes * 2 ** 30, folder, truth, log);
  return { ...(JSON.parse(readFileSync(truth, 'utf8')) as Transcripts), folder };
}

function write(bytes: number, folder: string, truth: string, log: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes * 1.2) throw new Error(`${folder} has no room for ${(bytes / 1e9).toFixed(1)} GB.`);
  log(`   writing ${(bytes / 2 ** 30).toFixed(1)} GiB of transcripts to ${folder}, once`);
  rmSync(join(folder, 'projects'), { recursive: true, force: true });
  const written = writeAll(bytes, join(folder, 'projects'));
  // Last and in one step: a corpus without its truth was cut off and is written anew.
  writeFileSync(`${truth}.new`, JSON.stringify(written));
  renameSync(`${truth}.new`, truth);
}

function writeAll(bytes: number, root: string): Omit<Transcripts, 'folder'> {
  const truth = new Truth();
  const folders = new Set<string>();
  const sizes: number[] = [];
  let lines = 0;
  for (const file of claudeTranscripts(realisticShape(bytes), truth)) {
    const path = join(root, file.path);
    const folder = dirname(path);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    // Some sessions end in mid-line.
    const torn = sizes.length % 97 === 11 ? '{"type":"assistant","message":{"usage":{"input_tok' : '';
    const content = Buffer.from(`${file.lines.join('\n')}\n${torn}`);
    writeFileSync(path, content);
    utimesSync(path, file.endsAt / 1000, file.endsAt / 1000);
    sizes.push(content.length);
    lines += file.lines.length;
  }
  return {
    files: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    lines,
    largest: sizes.reduce((largest, size) => Math.max(largest, size), 0),
    ...sumsOf(truth),
  };
}

function sumsOf(truth: Truth): Pick<Transcripts, 'totals' | 'byDay' | 'byModel'> {
  const byDay: Record<string, TrueSums> = {};
  const byModel: Record<string, TrueSums> = {};
  let totals = nothing;
  // Swedish dates are ISO dates. One formatter: making one costs more than a thousand answers.
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: corpusZone });
  for (const response of truth.all) {
    const { at, model } = response;
    const key = day.format(at);
    totals = plus(totals, response);
    byDay[key] = plus(byDay[key] ?? nothing, response);
    byModel[model] = plus(byModel[model] ?? nothing, response);
  }
  return { totals, byDay, byModel };
}

const nothing: TrueSums = {
  responses: 0,
  input: 0,
  output: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  costUsd: 0,
};

/** The sums with one more response. */
function plus(sums: TrueSums, { model, tokens }: { readonly model: string; readonly tokens: TokenCounts }): TrueSums {
  return {
    responses: sums.responses + 1,
    input: sums.input + tokens.input,
    output: sums.output + tokens.output,
    cacheWrite5m: sums.cacheWrite5m + tokens.cacheWrite5m,
    cacheWrite1h: sums.cacheWrite1h + tokens.cacheWrite1h,
    cacheRead: sums.cacheRead + tokens.cacheRead,
    costUsd: sums.costUsd + (costOf(model, tokens) ?? 0),
  };
}
