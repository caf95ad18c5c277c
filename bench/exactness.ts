import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { cliPath } from '../test/support/softLanding.ts';
import { installCcusage } from './ccusage.ts';
import { printTable } from './figures.ts';
import {
  ccusageMeter,
  fromOwn,
  meterEnvironment,
  ownMeter,
  type Meter,
  type MeterReport,
  type MeterSums,
} from './meters.ts';
import { corpusZone } from './realisticShape.ts';
import { runTimed } from './timedProcess.ts';
import { transcriptsOf } from './transcripts.ts';
import { usageEdgeCases, type EdgeCase } from './usageEdgeCases.ts';

/** Name, title, and the short one for cells that hold several. */
const fields = [
  ['responses', 'responses', 'responses'],
  ['input', 'input', 'in'],
  ['output', 'output', 'out'],
  ['cacheWrite5m', 'cache write 5m', 'write 5m'],
  ['cacheWrite1h', 'cache write 1h', 'write 1h'],
  ['cacheWrite', 'cache write', 'write'],
  ['cacheRead', 'cache read', 'read'],
  ['costUsd', 'USD', 'USD'],
] as const;

interface Wanted {
  readonly totals: MeterSums;
  /** input, output, cache writes and reads together */
  readonly byDay: Readonly<Record<string, number>>;
}

/**
 * What each meter says about corpora whose truth is known, field by field. Throws if ours differs from the truth anywhere; of the others it
 * prints what they say.
 */
export async function exactnessBench(gibibytes: number): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-exactness-')));
  guardFolder(outer);
  try {
    const installed = await installCcusage();
    const competitors = installed.flatMap((one) => ('missing' in one ? [] : [one]));
    for (const one of installed) if ('missing' in one) console.log(`   without ${one.name}: ${one.missing}`);
    const metersFor = (zone: string) => [ownMeter(cliPath, zone), ...competitors.map((one) => ccusageMeter(one, zone))];

    await corpusTable(outer, gibibytes, metersFor(corpusZone));
    await edgeTable(outer, metersFor);
  } finally {
    await removeFolder(outer);
  }
}

async function corpusTable(outer: string, gibibytes: number, meters: readonly Meter[]): Promise<void> {
  const { folder, totals, byDay, files, bytes } = transcriptsOf(gibibytes);
  const wanted: Wanted = {
    totals: fromOwn(totals),
    byDay: Object.fromEntries(Object.entries(byDay).map(([day, sums]) => [day, tokensOf(fromOwn(sums))])),
  };
  const reports = await Promise.all(meters.map((meter) => report(meter, folder, outer)));
  requireTruth(reports[0], wanted, 'the corpus');
  const rows: string[][] = fields.map(([name, title]) => [
    title,
    shown(wanted.totals[name]),
    ...reports.map(({ totals: said }) => verdict(said[name], wanted.totals[name])),
  ]);
  const days = Object.keys(wanted.byDay).length;
  rows.push(['days that are right', `${days}`, ...reports.map((said) => `${rightDays(said, wanted)}`)]);
  printTable([`corpus of ${(bytes / 2 ** 30).toFixed(1)} GiB`, 'truth', ...meters.map(({ name }) => name)], rows);
  console.log(
    `\n   ${files} files. = is exact; otherwise what the program says and by how much it is off. ccusage counts neither responses nor the two`,
  );
  console.log('   kinds of cache writes.\n');
}

async function edgeTable(outer: string, metersFor: (zone: string) => readonly Meter[]): Promise<void> {
  const rows: string[][] = [];
  const names = metersFor('UTC').map(({ name }) => name);
  const right = names.map(() => 0);
  const cases = usageEdgeCases();
  for (const [number, edge] of cases.entries()) {
    const folder = join(outer, `case-${number}`);
    put(folder, edge);
    const { responses, tokens, costUsd } = edge;
    const wanted: Wanted = { totals: fromOwn({ responses, ...tokens, costUsd }), byDay: edge.byDay };
    const reports = await Promise.all(metersFor(edge.timeZone).map((meter) => report(meter, folder, outer)));
    requireTruth(reports[0], wanted, edge.name);
    const wrong = reports.map((said) => differences(said, wanted));
    wrong.forEach((list, index) => (right[index] = (right[index] ?? 0) + (list.length === 0 ? 1 : 0)));
    rows.push([edge.name, ...wrong.map((list) => (list.length === 0 ? '=' : list.join(', ')))]);
  }
  rows.push(['exact', ...right.map((count) => `${count} of ${cases.length}`)]);
  printTable(['case', ...names], rows);
  console.log(
    '\n   Each case is a corpus of its own. = is exact in every field and day; otherwise each wrong field: said/truth.',
  );
}

function put(folder: string, { files }: EdgeCase): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, 'projects', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function report(meter: Meter, folder: string, outer: string): Promise<MeterReport> {
  const plain = privateEnvironment(join(outer, 'home'));
  const env = meterEnvironment(plain, [folder], mkdtempSync(join(outer, 'state-')));
  const { stdout } = await runTimed({ program: meter.program, args: meter.args, cwd: outer, env });
  return meter.read(stdout);
}

function requireTruth(said: MeterReport | undefined, wanted: Wanted, where: string): void {
  const wrong = said === undefined ? ['nothing was said'] : differences(said, wanted);
  if (wrong.length > 0) throw new Error(`soft-landing is wrong about ${where}: ${wrong.join(', ')}`);
}

/** Each field that is off, as `out 8/400` (said/truth); days only where all sums are right. */
function differences(said: MeterReport, wanted: Wanted): readonly string[] {
  const { input, output, cacheWrite, cacheRead } = said.totals;
  if (input + output + cacheWrite + cacheRead === 0) return ['counts nothing'];
  const off = fields.flatMap(([name, , short]) => {
    const [value, truth] = [said.totals[name], wanted.totals[name]];
    // Some tell the sum of both kinds only; where the kinds are told, they say more.
    const isTold = name === 'cacheWrite' ? said.totals.cacheWrite5m === null : value !== null || name === 'costUsd';
    return !isTold || isEqual(value, truth) ? [] : [`${short} ${shown(value)}/${shown(truth)}`];
  });
  const days = Object.keys(wanted.byDay).length;
  const right = rightDays(said, wanted);
  return off.length === 0 && right < days ? [`${days - right} of ${days} days`] : off;
}

function rightDays(said: MeterReport, { byDay }: Wanted): number {
  return Object.entries(byDay).filter(([day, tokens]) => {
    const sums = said.byDay[day];
    return sums !== undefined && tokensOf(sums) === tokens;
  }).length;
}

function tokensOf({ input, output, cacheWrite, cacheRead }: MeterSums): number {
  return input + output + cacheWrite + cacheRead;
}

/** Sums of dollars are of floats, added up in another order: equal to a millionth of them. */
function isEqual(value: number | null, truth: number | null): boolean {
  if (value === null || truth === null) return value === truth;
  return Math.abs(value - truth) <= (Number.isInteger(truth) && Number.isInteger(value) ? 0 : Math.abs(truth) * 1e-6);
}

function verdict(value: number | null, truth: number | null): string {
  if (value === null || truth === null) return '–';
  if (isEqual(value, truth)) return '=';
  const share = ((value - truth) / truth) * 100;
  return `${shown(value)} (${share > 0 ? '+' : ''}${share.toFixed(Math.abs(share) < 1 ? 3 : 1)} %)`;
}

function shown(value: number | null): string {
  if (value === null) return 'unknown';
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(value < 10 ? 4 : 2);
}
