import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsxLoader } from '../scripts/host/tsxLoader.ts';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { median, printTable } from './figures.ts';
import { meterEnvironment } from './meters.ts';
import { runTimed } from './timedProcess.ts';
import { todaysTurn } from './todaysTurn.ts';
import type { Transcripts } from './transcripts.ts';

const rounds = 5;
const turnsOfToday = 20;
const reader = fileURLToPath(new URL('liveReader.ts', import.meta.url));

/** What liveReader.ts prints. Milliseconds. */
export interface LiveFigures {
  /** from the start of the worker to the first snapshot with all of today's turns */
  readonly todayMs: number;
  /** responses of the whole at that moment */
  readonly responsesThen: number;
  /** to the snapshot with everything; null if it was not waited for */
  readonly allMs: number | null;
  readonly appends: readonly { readonly cpuMs: number; readonly wallMs: number }[];
}

/**
 * The editor's reader (dist/usageWorker.cjs in a process of its own): when today's number is there after a cold start, and what one more
 * turn costs then. Looks at everything, not only at the last days as the editor does.
 */
export async function liveBench(transcripts: Transcripts, outer: string): Promise<void> {
  const cold: LiveFigures[] = [];
  const [small, large]: [LiveFigures[], LiveFigures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) cold.push(await run(transcripts, outer, { appendTo: null }));
  small.push(await run(transcripts, outer, { appendTo: 'today' }));
  large.push(await run(transcripts, outer, { appendTo: 'largest' }));
  const appends = (list: readonly LiveFigures[], key: 'cpuMs' | 'wallMs') =>
    median(list.flatMap((one) => one.appends.map((append) => append[key])));
  const figure = (value: number, limit: number | null) => [
    value.toFixed(value < 10 ? 2 : 0),
    limit === null ? '' : `${limit}`,
    limit === null ? '' : value <= limit ? 'reached' : 'MISSED',
  ];
  printTable(
    ["the editor's reader", 'ms', 'at most', ''],
    [
      ["today's number after a cold start, wall", ...figure(median(cold.map(({ todayMs }) => todayMs)), 300)],
      ['everything read, wall', ...figure(median([...small, ...large].map(({ allMs }) => allMs ?? NaN)), null)],
      ['one more turn, CPU of the whole process', ...figure(appends(small, 'cpuMs'), 5)],
      [`one more turn in a file of ${sizeOfLargest(transcripts)}, CPU`, ...figure(appends(large, 'cpuMs'), 5)],
      ['from a turn to the new number, wall', ...figure(appends(small, 'wallMs'), null)],
    ],
  );
  const seen = median(cold.map(({ responsesThen }) => responsesThen));
  console.log(
    `\n   ${transcripts.files} files, none remembered; medians of ${rounds} starts and of ${small[0]?.appends.length ?? 0} turns each. ${seen.toFixed(0)} of ${transcripts.totals.responses} responses were read when today's number was there.`,
  );
  console.log(
    '   From a turn to the number: the reader gathers events for 250 ms and tells at most four times a second.',
  );
}

function sizeOfLargest({ largest }: Transcripts): string {
  return `${(largest / 2 ** 20).toFixed(0)} MiB`;
}

async function run(
  transcripts: Transcripts,
  outer: string,
  { appendTo }: { readonly appendTo: 'today' | 'largest' | null },
): Promise<LiveFigures> {
  const folder = mkdtempSync(join(outer, 'live-'));
  const today = join(folder, 'projects', 'p', 'today.jsonl');
  mkdirSync(dirname(today), { recursive: true });
  for (let turn = 1; turn <= turnsOfToday; turn += 1) appendFileSync(today, todaysTurn(turn));
  let file: string | null = appendTo === null ? null : today;
  if (appendTo === 'largest') {
    // A copy is a fork to the meter: the same responses, counted once.
    file = join(folder, 'projects', 'p', 'grown.jsonl');
    copyFileSync(largestOf(transcripts), file);
  }
  const options = join(folder, 'options.json');
  const wanted = { responses: transcripts.totals.responses, today: turnsOfToday, file };
  writeFileSync(options, JSON.stringify(wanted));
  const env = meterEnvironment(
    privateEnvironment(join(outer, 'home')),
    [transcripts.folder, folder],
    join(folder, 'state'),
  );
  const args = ['--import', tsxLoader, reader, join(outer, 'dist', 'usageWorker.cjs'), options];
  const { stdout } = await runTimed({ program: process.execPath, args, cwd: outer, env });
  return JSON.parse(stdout) as LiveFigures;
}

function largestOf({ folder }: Transcripts): string {
  const root = join(folder, 'projects');
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  const sizes = names.map((name) => ({ path: join(root, name), size: statSync(join(root, name)).size }));
  const largest = sizes.reduce((most, one) => (one.size > most.size ? one : most));
  return largest.path;
}
