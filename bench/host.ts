import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { startHost } from '../scripts/host/vscodeHost.ts';
import { openWorkbench } from '../scripts/host/workbench.ts';
import { median, printTable } from './figures.ts';
import type { Blocks, HostFigures } from './hostBlocks.ts';
import { transcriptsOf, type Transcripts } from './transcripts.ts';

const rounds = 3;
/** A picture a second has sixty of these: what takes longer can be felt. */
const mostMs = 16;
const gibibytes = 0.1;
const root = resolve(import.meta.dirname, '..');
const inside = fileURLToPath(new URL('hostBlocks.ts', import.meta.url));

/** How long the extension host's thread is held while the reader, beside it, reads transcripts that nobody has read before. */
export async function hostBench(): Promise<void> {
  const transcripts = transcriptsOf(gibibytes);
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'sl-bench-host-')));
  guardFolder(outer);
  try {
    const bundle = join(outer, 'blocks.cjs');
    const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node22', logLevel: 'warning' } as const;
    await build({ ...options, entryPoints: [inside], outfile: bundle, external: ['vscode'] });
    const all: HostFigures[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await measure(transcripts, bundle, outer));
    report(all, transcripts);
  } finally {
    await removeFolder(outer);
  }
}

async function measure({ folder }: Transcripts, bundle: string, outer: string): Promise<HostFigures> {
  const home = mkdtempSync(join(outer, 'home-'));
  const open = join(home, 'work');
  mkdirSync(open);
  // Copied without their times: the editor's reader passes over files of which nothing is recent.
  cpSync(join(folder, 'projects'), join(home, 'prepared', 'projects'), { recursive: true });
  const figures = join(home, 'figures.json');
  const host = await startHost({ open, home, env: { SOFT_LANDING_REPORT: figures } });
  try {
    const workbench = await openWorkbench(host, { extensionDevelopmentPaths: [root], extensionTestsPath: bundle });
    const end = await Promise.race([
      workbench.testsDone,
      workbench.extensionHostLost.then(() => 'the extension host went away'),
      wait(180_000, 'no end within three minutes', { ref: false }),
    ]);
    const said = workbench.consoleLines.slice(-5).join('\n');
    await workbench.close();
    if (end !== 0) throw new Error(`The measurement in the extension host failed: ${end}\n${said}`);
    return JSON.parse(readFileSync(figures, 'utf8')) as HostFigures;
  } finally {
    await host.stop();
  }
}

function report(all: readonly HostFigures[], { files, bytes }: Transcripts): void {
  const row = (name: string, of: (figures: HostFigures) => Blocks): string[] => {
    const blocks = all.map(of);
    const cpu = blocks.map(({ longestCpu }) => longestCpu).filter((value) => value !== null);
    return [
      name,
      cpu.length === 0 ? '–' : `${median(cpu).toFixed(1)} (${Math.max(...cpu).toFixed(1)})`,
      `${median(blocks.map(({ longestWall }) => longestWall)).toFixed(1)} (${Math.max(...blocks.map(({ longestWall }) => longestWall)).toFixed(1)})`,
      `${(median(blocks.map(({ utilization }) => utilization)) * 100).toFixed(1)} %`,
      median(blocks.map(({ processCpu }) => processCpu)).toFixed(0),
      median(blocks.map(({ duration }) => duration)).toFixed(0),
    ];
  };
  printTable(
    ["the host's thread", 'longest block, CPU ms', 'longest block, wall ms', 'busy', 'process CPU ms', 'during ms'],
    [row('idle', ({ idle }) => idle), row('cold scan', ({ scan }) => scan)],
  );
  const longest = Math.max(...all.map(({ scan }) => scan.longestCpu ?? scan.longestWall));
  console.log(
    `\n   ${longest <= mostMs ? 'reached' : 'MISSED '}  longest block during a cold scan: at most ${mostMs} ms`,
  );
  console.log(
    `   ${(bytes / 1e6).toFixed(0)} MB in ${files} files; median (and the most) of ${rounds} editors. Wall: waits for a processor included, and a busy machine has those.`,
  );
  console.log("   The process is the reader's thread too; idle is the same editor before there was anything to read.");
}
