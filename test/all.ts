// `npm test`: sets up what the tests need, runs every kind of test and prints how many passed. Arguments select kinds: `tsx test/all.ts ui`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { stopEverything } from '../scripts/host/guard.ts';
import { OrderedOutput } from './support/orderedOutput.ts';
import { SetUp, type StepName } from './support/setUp.ts';
import type { Verdict } from './support/suiteReport.ts';
import { runSuite, suites, type Suite } from './support/suites.ts';

interface Outcome extends Verdict {
  readonly name: string;
  readonly seconds: number;
}

const started = Date.now();
const setUp = new SetUp((line) => console.log(pc.dim(`[set-up] ${line}`)));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopEverything().then(() => process.exit(130)));
}

const selected = select(process.argv.slice(2));
if (selected === null) {
  console.error(`Not a kind of test. There are: ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}
const outcomes: Outcome[] = [];
const needed = new Set(selected.flatMap((suite) => suite.needs));
// Packaging builds, and two builds at once would write over each other.
const buildStep: StepName = needed.has('package') ? 'package' : 'build';
if (needed.size > 0) await setUp.start(buildStep);
// The downloads go on while the tests that do not need them run.
for (const step of needed) if (step !== 'build' && step !== 'package') void setUp.start(step);
const output = new OrderedOutput((text) => process.stdout.write(text));
const turns = new Map(selected.map((suite) => [suite, output.open()]));
const lanes = (['git', 'programs'] as const).map((name) => selected.filter(({ lane }) => lane === name));
await Promise.all(
  lanes.map(async (lane) => {
    for (const suite of lane) outcomes.push(await run(suite));
  }),
);
outcomes.sort((a, b) => order(a) - order(b));
await finish();

function order({ name }: Outcome): number {
  return suites.findIndex((suite) => suite.name === name);
}

function select(names: readonly string[]): readonly Suite[] | null {
  if (names.some((name) => !suites.some((suite) => suite.name === name))) return null;
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

async function run(suite: Suite): Promise<Outcome> {
  const steps = await Promise.all(suite.needs.map((name) => setUp.start(name === 'build' ? buildStep : name)));
  const turn = turns.get(suite);
  const print = (text: string | Uint8Array): void => turn?.write(text);
  print(pc.bold(`\n━━ ${suite.name}\n`));
  const begun = Date.now();
  const missing = steps.filter((step) => step.error !== null).map((step) => `${step.name}: ${step.error ?? ''}`);
  const verdict =
    missing.length > 0
      ? { passed: 0, failed: 0, problem: `it could not run, because its set-up failed\n${missing.join('\n')}` }
      : await runSuite(suite, Object.assign({}, ...steps.map((step) => step.env)) as Record<string, string>, print);
  const outcome = { name: suite.name, seconds: (Date.now() - begun) / 1000, ...verdict };
  // A run that went wrong as a whole is a failure of its own.
  const failed = outcome.failed + (outcome.problem === null ? 0 : 1);
  if (outcome.problem !== null) print(pc.red(`${suite.name} failed: ${outcome.problem}\n`));
  print(`━━ ${suite.name}: ${outcome.passed} passed, ${failed} failed in ${outcome.seconds.toFixed(1)} s\n`);
  turn?.close();
  return { ...outcome, failed };
}

async function finish(): Promise<void> {
  const total = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((sum, outcome) => sum + pick(outcome), 0);
  const passed = total((outcome) => outcome.passed);
  const failed = total((outcome) => outcome.failed);
  const seconds = (Date.now() - started) / 1000;
  const summary = { passed, failed, seconds, setUp: await setUp.results(), suites: outcomes };
  const folder = resolve(import.meta.dirname, '..', 'artifacts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'test-summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  console.log('');
  for (const outcome of outcomes) {
    const mark = outcome.failed === 0 ? pc.green('✔') : pc.red('✖');
    const counts = `${String(outcome.passed).padStart(4)} passed, ${String(outcome.failed).padStart(2)} failed`;
    console.log(`${mark} ${outcome.name.padEnd(7)}${counts}${outcome.seconds.toFixed(1).padStart(8)} s`);
  }
  console.log(pc.dim(`in ${seconds.toFixed(0)} s`));
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
