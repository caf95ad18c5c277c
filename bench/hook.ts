import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { median, percentile, printTable } from './figures.ts';
import { farFile } from '../src/install/launcher.ts';
import { publishLimits } from '../src/store/limitsFile.ts';
import { windowOf } from '../test/support/limits.ts';
import { runHook, transcriptOf, type Expected, type HookEnvironment, type HookEventName } from './hookProgram.ts';
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
  // The first prompt after an edit has a checkpoint of its own; the next one of a session that changed nothing takes it over.
  await runHook(clean, 'UserPromptSubmit', 'checkpoint.created', env);
  await runHook(dirty, 'PreToolUse', 'checkpoint.created', env);

  const known = await limitsKnown(join(outer, 'state with limits'), env, clean);
  const hook = (
    what: string,
    name: HookEventName,
    repository: BenchRepository,
    expected: Expected,
    { changes = 0, at = env }: { readonly changes?: number; readonly at?: HookEnvironment } = {},
  ): Subject => ({
    name: `hook ${name}, ${what}`,
    measure() {
      repository.change(changes);
      return runHook(repository, name, expected, at);
    },
  });
  /** After tools the launcher itself answers while no limit can be near; `isOver`: that truce has just ended. */
  const afterTools = (what: string, at: HookEnvironment, isOver: boolean): Subject => ({
    name: `hook PostToolBatch, ${what}`,
    measure() {
      if (isOver) rmSync(farFile(at.SOFT_LANDING_HOME, 'claude'), { force: true });
      return runHook(clean, 'PostToolBatch', null, at);
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
    hook('5 changed', 'PreToolUse', five, 'checkpoint.created', { changes: 5 }),
    hook('50 changed', 'PreToolUse', fifty, 'checkpoint.created', { changes: 50 }),
    hook('nothing changed, limits known', 'UserPromptSubmit', clean, 'checkpoint.unchanged', { at: known }),
    hook('nothing changed, limits known', 'PreToolUse', clean, 'checkpoint.unchanged', { at: known }),
    afterTools('no limits known', env, true),
    afterTools('limits known', known, true),
    afterTools('limits known, and far', known, false),
    program('git add -A && git commit, 5 changed', own5, 5, ...commit),
    program('git add -A && git commit, 50 changed', own50, 50, ...commit),
    program('git stash create, 5 changed', own5, 5, stash),
    program('git stash create, 50 changed', own50, 50, stash),
  ];
}

/** A state folder in which two windows are known, and a session of that account that has been at work for a while. */
async function limitsKnown(
  state: string,
  env: NodeJS.ProcessEnv,
  repository: BenchRepository,
): Promise<HookEnvironment> {
  const now = Date.now();
  const transcript = transcriptOf(repository);
  mkdirSync(dirname(transcript), { recursive: true });
  const rows = Array.from({ length: 200 }, (_, at) => responseRow(at, now - (200 - at) * 20_000));
  writeFileSync(transcript, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const account = resolve(transcript, '../../..');
  // Such that a single response cannot come near the reserve: windows of a larger plan.
  const rate = 0.5;
  const drift = { '': { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 } };
  const common = { account, drift, capturedAt: now - 60_000 };
  const windows = [
    windowOf({ ...common, resetsAt: now + 3 * 3_600_000 }),
    windowOf({ ...common, window: 'seven_day', label: 'Weekly', resetsAt: now + 3 * 86_400_000 }),
  ];
  await publishLimits(state, { v: 1, at: now, windows }, [{ agent: 'claude', account }]);
  return { ...env, SOFT_LANDING_HOME: state };
}

function responseRow(at: number, time: number): Record<string, unknown> {
  const usage = {
    input_tokens: 10,
    output_tokens: 40,
    cache_creation_input_tokens: 50,
    cache_read_input_tokens: 40_000,
  };
  const content = [{ type: 'text', text: 'What was done, and why. '.repeat(40) }];
  const message = { id: `msg_${at}`, role: 'assistant', model: 'claude-sonnet-4-5', content, usage };
  const timestamp = new Date(time).toISOString();
  return { type: 'assistant', sessionId: 'bench', requestId: `req_${at}`, uuid: `row-${at}`, timestamp, message };
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
