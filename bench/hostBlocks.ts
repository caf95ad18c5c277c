// Runs inside the extension host (bundled by host.ts): how long its thread is held while a month of transcripts appears and is read.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { activateExtension } from '../test/host/activation.ts';

/** Milliseconds. */
export interface Blocks {
  /** the longest time in which no timer of one millisecond came, waits for a processor included (monitorEventLoopDelay) */
  readonly longestWall: number;
  /** the most processor time that the thread itself used between two turns of a loop of its own; null before Node 23.9 */
  readonly longestCpu: number | null;
  /** share of the time in which the thread had something to do, 0 to 1 */
  readonly utilization: number;
  readonly duration: number;
  /** of the whole process, the reader's thread included */
  readonly processCpu: number;
}

export interface HostFigures {
  readonly idle: Blocks;
  readonly scan: Blocks;
}

type Watched = typeof process & { threadCpuUsage?: () => { readonly user: number; readonly system: number } };

export async function run(): Promise<void> {
  const home = process.env['HOME'] ?? '';
  await activateExtension();
  // Starting is another thing than reading: the editor itself has much to do then.
  await wait(8000);
  const idle = await watch(() => wait(5000));
  const scan = await watch(async () => {
    // In one step, as a home that is mounted: everything is new at once, nothing of it is known.
    renameSync(join(home, 'prepared'), join(home, '.claude'));
    await untilQuiet();
  });
  const figures: HostFigures = { idle, scan };
  writeFileSync(process.env['SOFT_LANDING_REPORT'] ?? '', JSON.stringify(figures));
}

/** Returns when the process, having worked, has rested for two seconds. Throws if it never began. */
async function untilQuiet(): Promise<void> {
  let worked = 0;
  let rested = 0;
  for (let tick = 0; rested < 4; tick += 1) {
    if (tick > 240) throw new Error(worked < 100 ? 'nothing was read within two minutes' : 'no end within two minutes');
    const before = process.cpuUsage();
    await wait(500);
    const { user, system } = process.cpuUsage(before);
    const used = (user + system) / 1000;
    worked += used > 100 ? used : 0;
    rested = worked > 0 && used < 60 ? rested + 1 : 0;
  }
}

async function watch(work: () => Promise<void>): Promise<Blocks> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const began = performance.now();
  const loop = performance.eventLoopUtilization();
  const used = process.cpuUsage();
  const own = watchOwnCpu();
  delays.enable();
  await work();
  delays.disable();
  const { user, system } = process.cpuUsage(used);
  return {
    longestWall: delays.max / 1e6,
    longestCpu: own(),
    utilization: performance.eventLoopUtilization(performance.eventLoopUtilization(), loop).utilization,
    duration: performance.now() - began,
    processCpu: (user + system) / 1000,
  };
}

/** Looks at every turn of the loop what the thread has used since the one before. What it returns ends that, and gives the most. */
function watchOwnCpu(): () => number | null {
  const usage = (process as Watched).threadCpuUsage?.bind(process);
  if (usage === undefined) return () => null;
  const now = (): number => {
    const { user, system } = usage();
    return (user + system) / 1000;
  };
  let last = now();
  let most = 0;
  const timer = setInterval(() => {
    const at = now();
    most = Math.max(most, at - last);
    last = at;
  }, 1);
  return () => {
    clearInterval(timer);
    return most;
  };
}
