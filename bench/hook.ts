import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { median, percentile, printTable } from './figures.ts';
import { runHook, type Expected, type HookEventName } from './hookProgram.ts';
import { copyRepository, generateRepository, settle, type BenchRepository } from './benchRepository.ts';
import { runTimed } from './timedProcess.ts';

const warmUpRounds = 2;
const rounds = 20;

interface Time {
  readonly ms: number;
  /** only of the hook: the part spent on the checkpoint itself */
  readonly savingMs: number | null;
}

/** One line of the table: what is measured once in every round. */
interface Subject {
  readonly name: string;
  measure(): Promise<Time>;
}

const floorName = 'git status --porcelain=v2 -uall';

/**
 * The whole process of the hook, from spawn to exit, on 20,000 files in a warm cache. Everything is measured once per round, and the rounds
 * follow each other, so that a busy moment of the machine hits all alike.
 */
export async function hookBench(): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-hook-')));
  guardFolder(outer);
  try {
    const subjects = await prepare(outer);
    const times = new Map<Subject, Time[]>(subjects.map((subject) => [subject, []]));
    for (let round = -warmUpRounds; round < rounds; round += 1) {
      for (const subject of rotated(subjects, round + warmUpRounds)) {
        const time = await subject.measure();
        if (round >= 0) times.get(subject)?.push(time);
      }
    }
    report(times);
  } finally {
    await removeFolder(outer);
  }
}

/** Each round begins with another subject, so that none always comes after the same one. */
function rotated(subjects: readonly Subject[], by: number): readonly Subject[] {
  const start = by % subjects.length;
  return [...subjects.slice(start), ...subjects.slice(0, start)];
}

async function prepare(outer: string): Promise<readonly Subject[]> {
  const state = join(outer, 'state');
  const env = { ...privateEnvironment(join(outer, 'home')), SOFT_LANDING_HOME: state };
  const place = (name: string): string => join(outer, name, 'repository');
  for (const name of ['clean', 'dirty', 'five', 'fifty', 'own5', 'own50']) mkdirSync(place(name), { recursive: true });
  const clean = generateRepository(place('clean'), env);
  const copy = (name: string): BenchRepository => copyRepository(clean, place(name), env);
  const [dirty, five, fifty] = [copy('dirty'), copy('five'), copy('fifty')];
  const [own5, own50] = [copy('own5'), copy('own50')];
  dirty.change(5);
  await settle([clean, dirty, five, fifty, own5, own50]);

  await runHook(clean, 'PreToolUse', 'checkpoint.created', env);
  await runHook(dirty, 'PreToolUse', 'checkpoint.created', env);

  const hook = (
    what: string,
    name: HookEventName,
    repository: BenchRepository,
    expected: Expected,
    changes = 0,
  ): Subject => ({
    name: `hook ${name}, ${what}`,
    measure() {
      repository.change(changes);
      return runHook(repository, name, expected, env);
    },
  });
  const program = (name: string, repository: BenchRepository, changes: number, ...commands: string[][]): Subject => ({
    name,
    async measure() {
      repository.change(changes);
      let ms = 0;
      for (const [file = '', ...args] of commands) {
        ms += (await runTimed({ program: file, args, cwd: repository.dir, env })).ms;
      }
      return { ms, savingMs: null };
    },
  });
  const status = ['git', '--no-optional-locks', 'status', '--porcelain=v2', '-uall'];
  const commit = [
    ['git', 'add', '-A'],
    ['git', 'commit', '--quiet', '--message=Checkpoint'],
  ];
  const stash = ['git', 'stash', 'create'];
  return [
    program('node -e 0', clean, 0, [process.execPath, '-e', '0']),
    program(floorName, clean, 0, status),
    hook('nothing changed', 'SessionStart', clean, 'checkpoint.unchanged'),
    hook('nothing changed', 'UserPromptSubmit', clean, 'checkpoint.unchanged'),
    hook('nothing changed', 'PreToolUse', clean, 'checkpoint.unchanged'),
    hook('5 changed earlier', 'PreToolUse', dirty, 'checkpoint.unchanged'),
    hook('5 changed', 'PreToolUse', five, 'checkpoint.created', 5),
    hook('50 changed', 'PreToolUse', fifty, 'checkpoint.created', 50),
    program('git add -A && git commit, 5 changed', own5, 5, ...commit),
    program('git add -A && git commit, 50 changed', own50, 50, ...commit),
    program('git stash create, 5 changed', own5, 5, stash),
    program('git stash create, 50 changed', own50, 50, stash),
  ];
}

function report(times: ReadonlyMap<Subject, readonly Time[]>): void {
  const all = [...times].map(([{ name }, list]) => ({
    name,
    ms: list.map((time) => time.ms),
    saving: list.flatMap(({ savingMs }) => (savingMs === null ? [] : [savingMs])),
  }));
  const floor = median(all.find(({ name }) => name === floorName)?.ms ?? []);
  const rows = all.map(({ name, ms, saving }) => [
    name,
    median(ms).toFixed(1),
    percentile(ms, 0.95).toFixed(1),
    saving.length === 0 ? '' : median(saving).toFixed(0),
    `${(median(ms) / floor).toFixed(2)}×`,
  ]);
  printTable(['20,000 files, warm', 'median ms', 'p95 ms', 'of it saving', 'to git status'], rows);
  console.log(`\n   Target for each hook: git status + 60 ms = ${(floor + 60).toFixed(1)} ms.`);
  console.log(`   ${rounds} interleaved rounds after ${warmUpRounds} of warming up.`);
  console.log(
    '   "of it saving": what the hook spent on the checkpoint; the rest is the start of Node and its own records.',
  );
}
