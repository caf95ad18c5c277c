import { appendFileSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { installCcusage } from './ccusage.ts';
import { median, printTable } from './figures.ts';
import { ccusageMeter, meterEnvironment, ownMeter, type Meter } from './meters.ts';
import { measured, type Cost } from './measuredProcess.ts';
import { corpusZone } from './realisticShape.ts';
import { transcriptsOf, type Transcripts } from './transcripts.ts';
import { todaysTurn, turnOutput } from './todaysTurn.ts';
import { liveBench } from './usageLive.ts';

const rounds = 5;
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const naiveReader = fileURLToPath(new URL('naiveReader.mjs', import.meta.url));
/** Above this the slow ones take minutes and gigabytes a run. */
const slowLimit = 1.5 * 2 ** 30;

/** The targets are of a GiB; what a start of Node takes is most of the cost of a tenth of it. */
const targetSize = 0.9 * 2 ** 30;

/** One way to get at the number, with its costs in each round. */
interface Line {
  readonly name: string;
  readonly costs: Cost[];
}

interface Measured {
  readonly transcripts: Transcripts;
  readonly lines: readonly Line[];
  readonly cold: Line;
  readonly warm: Line;
  readonly appended: Line;
  /** null where it could not be installed */
  readonly native: Line | null;
}

/**
 * `usage --json` over transcripts of several sizes: cold (nothing remembered), warm, and after one more turn, beside other meters and the
 * simplest program that could do it; then the editor's reader. Ours is checked against the truth in every run.
 */
export async function usageBench(sizes: readonly number[]): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-usage-')));
  guardFolder(outer);
  try {
    // Of one build throughout, also where somebody builds meanwhile.
    cpSync(dist, join(outer, 'dist'), { recursive: true });
    const installed = await installCcusage();
    for (const one of installed) if ('missing' in one) console.log(`   without ${one.name}: ${one.missing}`);
    const competitors = installed.map((one) => ('missing' in one ? null : ccusageMeter(one, null)));
    const all: Measured[] = [];
    for (const size of sizes) {
      const one = await measureSize(transcriptsOf(size), competitors[0] ?? null, competitors[1] ?? null, outer);
      printSize(one);
      all.push(one);
    }
    if (all.length > 1) printGrowth(all);
    const last = all.at(-1);
    if (last !== undefined) await liveBench(last.transcripts, outer);
  } finally {
    await removeFolder(outer);
  }
}

async function measureSize(
  transcripts: Transcripts,
  native: Meter | null,
  script: Meter | null,
  outer: string,
): Promise<Measured> {
  const plain = privateEnvironment(join(outer, 'home'));
  // Turns of today go to a folder beside the corpus, which stays as it was written.
  const today = join(outer, `today-${transcripts.bytes}`);
  mkdirSync(join(today, 'projects', 'p'), { recursive: true });
  const session = join(today, 'projects', 'p', 'today.jsonl');
  let turns = 0;
  const own = ownMeter(join(outer, 'dist', 'cli.cjs'), null);
  const line = (name: string): Line => ({ name, costs: [] });
  const [cold, warm, appended] = [
    line('soft-landing, cold'),
    line('soft-landing, warm'),
    line('soft-landing, one more turn'),
  ];
  const others = [native, transcripts.bytes > slowLimit ? null : script].filter((meter) => meter !== null);
  const lines = others.map((meter) => ({ meter, line: line(meter.name) }));
  const simple = transcripts.bytes > slowLimit ? null : line('every line, JSON.parse');

  for (let round = -1; round < rounds; round += 1) {
    // The first round brings the files into the disk cache.
    const keep = (to: Line, cost: Cost) => (round < 0 ? undefined : to.costs.push(cost));
    const state = mkdtempSync(join(outer, 'state-'));
    const env = { ...meterEnvironment(plain, [transcripts.folder, today], state), TZ: corpusZone };
    const ours = async (): Promise<Cost> => {
      const { cost, stdout } = await measured({ ...own, cwd: outer, env });
      const { responses, output } = own.read(stdout).totals;
      const { totals } = transcripts;
      requireEqual(
        `${responses} responses, ${output} output tokens`,
        `${totals.responses + turns} responses, ${totals.output + turns * turnOutput} output tokens`,
      );
      return cost;
    };
    keep(cold, await ours());
    keep(warm, await ours());
    appendFileSync(session, todaysTurn((turns += 1)));
    keep(appended, await ours());
    for (const other of lines) keep(other.line, (await measured({ ...other.meter, cwd: outer, env })).cost);
    if (simple !== null) {
      const args = [naiveReader, join(transcripts.folder, 'projects')];
      keep(simple, (await measured({ program: process.execPath, args, cwd: outer, env })).cost);
    }
    rmSync(state, { recursive: true, force: true });
  }
  const nativeLine = native === null ? null : (lines[0]?.line ?? null);
  const everyLine = [cold, warm, appended, ...lines.map((one) => one.line), ...(simple === null ? [] : [simple])];
  return { transcripts, lines: everyLine, cold, warm, appended, native: nativeLine };
}

function requireEqual(said: string, truth: string): void {
  if (said !== truth) throw new Error(`soft-landing counted ${said}; there are ${truth}.`);
}

const of = (line: Line, key: keyof Cost): number => median(line.costs.map((cost) => cost[key]));
const times = (line: Line, base: Line, key: keyof Cost): string => `${(of(line, key) / of(base, key)).toFixed(2)}×`;

function printSize({ transcripts, lines, cold, warm, native }: Measured): void {
  const base = native ?? cold;
  const cell = (line: Line, key: keyof Cost): string => `${of(line, key).toFixed(0)} (${times(line, base, key)})`;
  const { files, bytes, lines: rows, largest, totals } = transcripts;
  const keys = ['wallMs', 'userMs', 'systemMs', 'peakMegabytes'] as const;
  printTable(
    [gibibytes(bytes), 'wall ms', 'user CPU ms', 'system ms', 'peak MB'],
    lines.map((line) => [line.name, ...keys.map((key) => cell(line, key))]),
  );
  console.log(
    `\n   ${files} files (the largest ${(largest / 2 ** 20).toFixed(0)} MiB), ${rows} lines, ${totals.responses} responses; medians of ${rounds} rounds in turn, files in the disk cache; × ${base.name}.`,
  );
  if (native !== null && bytes >= targetSize) {
    verdict('user CPU, cold', of(cold, 'userMs') / of(native, 'userMs'), 0.8, '× of the native one');
    verdict('peak memory, cold', of(cold, 'peakMegabytes') / of(native, 'peakMegabytes'), 0.7, '× of the native one');
    verdict('user CPU, warm', of(warm, 'userMs') / of(native, 'userMs'), 0.1, '× of the native one');
    verdict('wall, warm', of(warm, 'wallMs') / of(native, 'wallMs'), 0.1, '× of the native one');
  }
  console.log('');
}

function verdict(what: string, value: number, limit: number, unit: string): void {
  console.log(`   ${value <= limit ? 'reached' : 'MISSED '}  ${what}: ${value.toFixed(2)} ${unit}; at most ${limit}`);
}

/** What a GiB costs, however many there are: flat is good. */
function printGrowth(all: readonly Measured[]): void {
  const rows = ['cold', 'warm', 'appended', 'native'] as const;
  const table = rows.flatMap((key) => {
    const name = all[0]?.[key]?.name;
    if (name === undefined) return [];
    const cells = all.map((one) => {
      const line = one[key];
      if (line === null) return '–';
      const perGibibyte = of(line, 'userMs') / (one.transcripts.bytes / 2 ** 30);
      return `${of(line, 'userMs').toFixed(0)} (${perGibibyte.toFixed(0)}), ${of(line, 'peakMegabytes').toFixed(0)}`;
    });
    return [[name, ...cells]];
  });
  printTable(['user CPU ms (a GiB), peak MB', ...all.map(({ transcripts }) => gibibytes(transcripts.bytes))], table);
  console.log('');
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
