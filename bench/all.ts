// `npm run bench`: measures the built programs beside what a person would use instead. Arguments select benches: `tsx bench/all.ts hook`.
// Nothing here fails by a clock: machines differ, so every figure stands beside one of the same run. What a program did is checked all the
// same, because a fast program that did nothing would look best.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { stopEverything } from '../scripts/host/guard.ts';
import { bundlesBench } from './bundles.ts';
import { hookBench } from './hook.ts';
import { usageBench } from './usage.ts';

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  bundles: bundlesBench,
  hook: hookBench,
  usage: usageBench,
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopEverything().then(() => process.exit(130)));
}

const names = process.argv.slice(2);
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

/** One, five and fifteen minutes: the reader has to know how busy the machine was with other things. */
function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
}

function git(): string {
  return execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
}
