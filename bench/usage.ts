import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { cliPath, type UsageReport } from '../test/support/softLanding.ts';
import { median, printTable } from './figures.ts';
import { runTimed } from './timedProcess.ts';
import { writeTranscripts, type WrittenTranscripts } from './transcripts.ts';

const rounds = 5;
const naiveReader = fileURLToPath(new URL('naiveReader.mjs', import.meta.url));
const reportResources = new URL('reportResources.mjs', import.meta.url).href;

interface Cost {
  readonly wallMs: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly peakMegabytes: number;
}

interface Reader {
  readonly name: string;
  readonly args: readonly string[];
  check(stdout: string): void;
}

/** `usage --json` over 100 MB of transcripts without any index of its own, beside the simplest program that could do it. */
export async function usageBench(): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-usage-')));
  guardFolder(outer);
  try {
    const home = join(outer, 'home');
    const root = join(home, '.claude', 'projects');
    const written = writeTranscripts(root);
    const naive: Reader = { name: 'every line, JSON.parse', args: [naiveReader, root], check: () => undefined };
    const own: Reader = {
      name: 'soft-landing usage --json',
      args: [cliPath, 'usage', '--json', '--home', home],
      check: (stdout) => requireTruth(stdout, written),
    };
    const costs = new Map<Reader, Cost[]>([naive, own].map((reader) => [reader, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const [reader, list] of costs) {
        const cost = await run(reader, outer);
        // The first round brings the files into the disk cache.
        if (round >= 0) list.push(cost);
      }
    }
    report(naive, costs, written);
  } finally {
    await removeFolder(outer);
  }
}

async function run(reader: Reader, outer: string): Promise<Cost> {
  const resources = join(outer, 'resources.json');
  const env = {
    ...privateEnvironment(join(outer, 'home')),
    // A fresh one each time: whatever is remembered between runs must not help.
    SOFT_LANDING_HOME: mkdtempSync(join(outer, 'state-')),
    BENCH_RESOURCES: resources,
  };
  const args = ['--import', reportResources, ...reader.args];
  const { ms, stdout } = await runTimed({ program: process.execPath, args, cwd: outer, env });
  reader.check(stdout);
  const used = JSON.parse(readFileSync(resources, 'utf8')) as Record<string, number>;
  return {
    wallMs: ms,
    userMs: (used['userCPUTime'] ?? NaN) / 1000,
    systemMs: (used['systemCPUTime'] ?? NaN) / 1000,
    peakMegabytes: (used['peakKilobytes'] ?? NaN) / 1000,
  };
}

function requireTruth(stdout: string, { responses, output }: WrittenTranscripts): void {
  const { totals } = JSON.parse(stdout) as UsageReport;
  if (totals.responses === responses && totals.output === output) return;
  throw new Error(
    `usage counted ${totals.responses} responses and ${totals.output} output tokens; there are ${responses} and ${output}.`,
  );
}

function report(naive: Reader, costs: ReadonlyMap<Reader, readonly Cost[]>, written: WrittenTranscripts): void {
  const medianOf = (list: readonly Cost[], key: keyof Cost): number => median(list.map((cost) => cost[key]));
  const base = costs.get(naive) ?? [];
  const cell = (list: readonly Cost[], key: keyof Cost): string =>
    `${medianOf(list, key).toFixed(0)} (${(medianOf(list, key) / medianOf(base, key)).toFixed(2)}×)`;
  const rows = [...costs].map(([{ name }, list]) => [
    name,
    cell(list, 'wallMs'),
    cell(list, 'userMs'),
    cell(list, 'systemMs'),
    cell(list, 'peakMegabytes'),
  ]);
  const { files, bytes, lines, largest, responses } = written;
  printTable([`${(bytes / 1e6).toFixed(0)} MB`, 'wall ms', 'user CPU ms', 'system ms', 'peak MB'], rows);
  console.log(
    `\n   ${files} files (the largest ${(largest / 1e6).toFixed(1)} MB), ${lines} lines, ${responses} responses; medians of ${rounds} rounds, files in the disk cache.`,
  );
  console.log(
    '   The simple program counts every row, so its sum is wrong; soft-landing is checked against what was written.',
  );
}
