// `npm run bench`: measures the built programs beside what a person would use instead. Arguments select benches: `tsx bench/all.ts hook`.
// For the checkpoints also `--files=1000,20000` (sizes of the repositories) and `--rounds=11`; for usage and exactness `--sizes=0.1,1,4`
// (GiB of transcripts, kept in SOFT_LANDING_BENCH_CORPUS, else in the temporary folder).
// For the flights `--flights=40`. Nothing here fails by a clock: machines differ, so every figure stands beside one of the same run. What a program did is checked all the
// same, because a fast program that did nothing would look best.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { stopEverything } from '../scripts/host/guard.ts';
import { bundlesBench } from './bundles.ts';
import { calibrationBench } from './calibration.ts';
import { checkpointsBench } from './checkpoints.ts';
import { estimateBench } from './estimate.ts';
import { exactnessBench } from './exactness.ts';
import { flightBench } from './flight.ts';
import { hookBench } from './hook.ts';
import { activationBench } from './activation.ts';
import { hostBench } from './host.ts';
import { statuslineBench } from './statusline.ts';
import { panelBench } from './panel.ts';
import { usageBench } from './usage.ts';

const args = process.argv.slice(2);
const files = option('files') ?? [1000, 20_000, 100_000];
const [rounds = 7] = option('rounds') ?? [];
const [flights = 40] = option('flights') ?? [];
// GiB of transcripts.
const sizes = option('sizes') ?? [0.1, 1];

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  bundles: bundlesBench,
  calibration: calibrationBench,
  checkpoints: () => checkpointsBench({ files, rounds }),
  estimate: estimateBench,
  flight: () => flightBench(Array.from({ length: flights }, (_, index) => index + 1)),
  hook: hookBench,
  activation: activationBench,
  host: hostBench,
  panel: () => panelBench(rounds),
  exactness: () => exactnessBench(Math.min(1, ...sizes)),
  statusline: statuslineBench,
  usage: () => usageBench(sizes),
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopEverything().then(() => process.exit(130)));
}

const names = args.filter((name) => !/^--(?:files|rounds|sizes|flights)=[\d.,]+$/.test(name));
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`Not a bench: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

console.log(
  `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores; Node ${process.version}; ${git()}`,
);
try {
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`\n━━ ${name} (load ${load()} at the start)\n`);
    await bench();
    console.log(`\n   load ${load()} at the end`);
  }
} finally {
  await stopEverything();
}

/** The numbers of `--name=1,2`; null where it is not given. */
function option(name: string): number[] | null {
  const text = args.find((arg) => arg.startsWith(`--${name}=`));
  return text === undefined
    ? null
    : text
        .slice(name.length + 3)
        .split(',')
        .map(Number);
}

/** One, five and fifteen minutes: the reader has to know how busy the machine was with other things. */
function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

function git(): string {
  return execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
}
