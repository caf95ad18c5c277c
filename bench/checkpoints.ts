import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { privateEnvironment } from '../scripts/host/environment.ts';
import { guardFolder, removeFolder } from '../scripts/host/guard.ts';
import { copyRepository, generateRepository, settle, type BenchRepository, type Expected } from './benchRepository.ts';
import { diskBench } from './checkpointDisk.ts';
import { listBench } from './checkpointList.ts';
import {
  commitOnBranch,
  gitTimed,
  openCheckpoints,
  ours,
  privateIndex,
  shadowRepository,
  stashCreate,
  type Method,
} from './checkpointMethods.ts';
import { median, printTable } from './figures.ts';

export interface CheckpointBenchOptions {
  /** sizes of the repositories, in files */
  readonly files: readonly number[];
  readonly rounds: number;
}

/** Ten where that costs little: a round of some milliseconds measures the compiler before its code is warm too. */
const warmUpRounds = (fileCount: number): number => (fileCount > 20_000 ? 2 : 10);
const floorName = 'git status --porcelain=v2 -uall';
const status = ['--no-optional-locks', 'status', '--porcelain=v2', '-uall'];

/** What an agent did since the last checkpoint, and how long a checkpoint may take then, given what `git status` takes. */
interface Scenario {
  readonly name: string;
  readonly change: ((repository: BenchRepository) => Expected) | null;
  /** changed before the first round, and not again */
  readonly earlier?: (repository: BenchRepository) => Expected;
  readonly limit: (floor: number) => number;
  readonly target: string;
}

const scenarios: readonly Scenario[] = [
  { name: 'nothing changed', change: null, limit: (floor) => floor * 1.1, target: '1.1 × status' },
  {
    name: '50 changed, but not since the last checkpoint',
    change: null,
    earlier: (repository) => repository.changeFifty(),
    limit: (floor) => floor * 1.1,
    target: '1.1 × status',
  },
  {
    name: '5 changed',
    change: (repository) => repository.change(5),
    limit: (floor) => floor * 1.2 + 25,
    target: '1.2 × status + 25 ms',
  },
  {
    name: '50 changed (40 modified in 40 folders, 5 new, 5 deleted)',
    change: (repository) => repository.changeFifty(),
    limit: (floor) => floor + 125,
    target: 'status + 2.5 ms per file',
  },
];

/**
 * Creating, restoring, listing and keeping checkpoints beside `git status`, which is the least that anything can cost which looks at the
 * whole folder, and beside what others do. Everything is checked to have saved what it should.
 */
export async function checkpointsBench({ files, rounds }: CheckpointBenchOptions): Promise<void> {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-bench-checkpoints-')));
  guardFolder(outer);
  const env = privateEnvironment(join(outer, 'home'));
  const before = { ...process.env };
  // The engine runs in this process: nothing of the developer's own configuration is to have a say in it.
  process.env = env;
  try {
    for (const fileCount of files) {
      const folder = join(outer, String(fileCount));
      await sizeBench(folder, env, fileCount, rounds);
      await removeFolder(folder);
    }
    await listBench(join(outer, 'list'), env, rounds);
    await diskBench(join(outer, 'disk'), env, files[0] ?? 1000);
  } finally {
    process.env = before;
    await removeFolder(outer);
  }
}

async function sizeBench(folder: string, env: NodeJS.ProcessEnv, fileCount: number, rounds: number): Promise<void> {
  const place = (name: string): string => {
    const dir = join(folder, name, 'repository');
    mkdirSync(dir, { recursive: true });
    return dir;
  };
  const main = generateRepository(place('main'), env, fileCount);
  const own = copyRepository(main, place('own'), env);
  // It writes the index anew each time, which whoever looks next would pay for.
  const stashed = copyRepository(main, place('stashed'), env);
  await settle([main, own, stashed]);
  const shadow = shadowRepository(main, env, join(folder, 'shadow.git'));
  const firstMs = await shadow.begin();
  const opened = await openCheckpoints(main.dir);
  const methods: readonly Method[] = [
    floor(main, env),
    ours(main, opened),
    ours(main, null),
    commitOnBranch(own, env),
    stashCreate(stashed, env),
    privateIndex(main, env, join(folder, 'private.index')),
    shadow.method,
  ];
  console.log(
    `   ${fileCount.toLocaleString('en')} files, warm; the shadow repository's beginning took ${firstMs.toFixed(0)} ms.\n`,
  );
  for (const scenario of scenarios) {
    if (scenario.earlier) {
      for (const repository of [main, stashed]) scenario.earlier(repository);
      // So that their times prove that they are unchanged.
      await wait(2100);
    }
    // A commit leaves nothing changed behind, so that there is no second time.
    const able = scenario.earlier ? methods.filter(({ reset }) => !reset) : methods;
    await scenarioBench(scenario, able, rounds, warmUpRounds(fileCount));
    for (const repository of [main, stashed]) repository.git('reset', '--quiet', '--hard');
    for (const repository of [main, own, stashed]) repository.git('clean', '--quiet', '-fd');
    await settle([main, own, stashed]);
  }
  await restoreBench(main, env, rounds);
}

function floor(repository: BenchRepository, env: NodeJS.ProcessEnv): Method {
  return {
    name: floorName,
    repository,
    gitDir: join(repository.dir, '.git'),
    savesUntracked: false,
    isOurs: false,
    save: async () => ({ ms: (await gitTimed(repository, env, status)).ms, tree: null }),
  };
}

async function scenarioBench(
  scenario: Scenario,
  methods: readonly Method[],
  rounds: number,
  warmUp: number,
): Promise<void> {
  const times = new Map(methods.map((method) => [method, [] as number[]]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const method of rotated(methods, round + warmUp)) {
      const expected = scenario.change?.(method.repository) ?? null;
      const { ms, tree } = await method.save();
      if (expected && method.name !== floorName) requireSaved(method, tree, expected);
      if (!scenario.change && method.isOurs && tree !== null && round >= 0) {
        throw new Error(`${method.name} saved something although nothing had changed.`);
      }
      method.reset?.();
      if (round >= 0) times.get(method)?.push(ms);
    }
  }
  const floorMs = median([...times].find(([{ name }]) => name === floorName)?.[1] ?? []);
  const limit = scenario.limit(floorMs);
  const rows = [...times].map(([{ name, isOurs }, list]) => {
    const ms = median(list);
    const verdict = isOurs ? `${ms <= limit ? 'within' : 'OVER'} ${limit.toFixed(0)}` : '';
    return [name, ms.toFixed(1), `${(ms / floorMs).toFixed(2)}×`, verdict];
  });
  printTable([scenario.name, 'median ms', 'to status', `target: ${scenario.target}`], rows);
  console.log('');
}

/** Throws unless the tree has every file as it is in the folder now. */
function requireSaved(method: Method, tree: string | null, expected: Expected): void {
  if (tree === null) throw new Error(`${method.name} saved nothing.`);
  const { repository, gitDir } = method;
  const lines = repository.git(`--git-dir=${gitDir}`, 'ls-tree', '-r', '-z', tree, '--', ...expected.keys());
  const saved = new Map(
    lines.split('\0').map((line) => {
      const [facts = '', path = ''] = line.split('\t');
      return [path, facts.split(' ')[2]];
    }),
  );
  for (const [path, content] of expected) {
    if (!method.savesUntracked && path.startsWith('new')) continue;
    const blob = content === null ? undefined : blobOf(content);
    if (saved.get(path) !== blob) throw new Error(`${method.name} did not save ${path}.`);
  }
}

function blobOf(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest('hex');
}

/** 50 files back, the safety checkpoint included, and the undo of it. */
async function restoreBench(repository: BenchRepository, env: NodeJS.ProcessEnv, rounds: number): Promise<void> {
  const checkpoints = await openCheckpoints(repository.dir);
  const made = await checkpoints.create({ kind: 'manual', label: 'Bench' });
  if (!made.ok) throw new Error(made.failure.message);
  const times: Record<'floor' | 'restore' | 'undo', number[]> = { floor: [], restore: [], undo: [] };
  const warmUp = warmUpRounds(repository.fileCount);
  for (let round = -warmUp; round < rounds; round += 1) {
    const expected = repository.changeFifty();
    const floorMs = (await gitTimed(repository, env, status)).ms;
    const started = performance.now();
    const restored = await checkpoints.restore(made.value.id);
    const restoredAt = performance.now();
    if (!restored.ok) throw new Error(restored.failure.message);
    if (repository.git('status', '--porcelain') !== '') throw new Error('The restore did not bring the files back.');
    const undoAt = performance.now();
    const undone = await checkpoints.undo();
    const undoMs = performance.now() - undoAt;
    if (!undone.ok || undone.value.written + undone.value.deleted !== expected.size)
      throw new Error('The undo did not.');
    if (round < 0) continue;
    times.floor.push(floorMs);
    times.restore.push(restoredAt - started);
    times.undo.push(undoMs);
  }
  const floorMs = median(times.floor);
  const row = (name: string, list: readonly number[], limit: string): string[] => {
    return [name, median(list).toFixed(1), `${(median(list) / floorMs).toFixed(2)}×`, limit];
  };
  const limit = floorMs * 5;
  const verdict = `${median(times.restore) <= limit ? 'within' : 'OVER'} ${limit.toFixed(0)}`;
  printTable(
    ['50 files back, its safety checkpoint included', 'median ms', 'to status', 'target: 5 × status'],
    [
      row(floorName, times.floor, ''),
      row('Soft Landing: restore', times.restore, verdict),
      row('…its undo', times.undo, ''),
    ],
  );
  console.log('');
  repository.git('reset', '--quiet', '--hard');
  repository.git('clean', '--quiet', '-fd');
}

/** Each round begins with another one, so that none always comes after the same one. */
function rotated(methods: readonly Method[], by: number): readonly Method[] {
  const start = by % methods.length;
  return [...methods.slice(start), ...methods.slice(0, start)];
}
