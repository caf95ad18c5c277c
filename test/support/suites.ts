import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { privateEnvironment } from '../../scripts/host/environment.ts';
import { guardFolder, guardGroup, ownGroup, removeFolder, stopGroup } from '../../scripts/host/guard.ts';
import { tsxLoader } from '../../scripts/host/tsxLoader.ts';
import type { StepName } from './setUp.ts';
import { judge, type Verdict } from './suiteReport.ts';

const root = resolve(import.meta.dirname, '..', '..');

export interface Suite {
  readonly name: string;
  /** beside a build, which every suite but `unit` needs */
  readonly needs: readonly StepName[];
  /** arguments of Node */
  readonly command: readonly string[];
  /** suites of one lane run one after the other, the two lanes beside each other: one for each core of a small machine */
  readonly lane: 'git' | 'programs';
  /** where its temporary files go; null: where the system wants them */
  readonly temporary?: string | null;
  /** when a run that has not ended by then is stopped and counts as failed */
  readonly limitMinutes: number;
}

/** In the order in which they run. */
export const suites: readonly Suite[] = [
  { name: 'unit', lane: 'git', needs: [], command: mocha('unit', 10), limitMinutes: 2 },
  {
    name: 'node',
    lane: 'git',
    needs: ['build'],
    command: mocha('node', 60, ['--parallel', '--jobs', '2']),
    temporary: memoryFolder(),
    limitMinutes: 12,
  },
  {
    name: 'agents',
    // After `node`, when `ui` is nearly done: a core of its own is free, hence two files at once.
    lane: 'git',
    needs: ['build', 'claude', 'codex', 'gemini', 'opencode'],
    command: mocha('agents', 120, ['--parallel', '--jobs', '2']),
    limitMinutes: 8,
  },
  {
    name: 'host',
    lane: 'programs',
    needs: ['build', 'host', 'chromium'],
    command: tsx('test/host/runTests.ts'),
    limitMinutes: 10,
  },
  {
    name: 'ui',
    lane: 'programs',
    needs: ['package', 'host', 'chromium', 'claude'],
    command: mocha('ui', 120),
    limitMinutes: 14,
  },
];

/** Files in memory need no flush to a disk, which takes a fifth of the time of tests that run git by the thousand. */
function memoryFolder(): string | null {
  const folder = '/dev/shm';
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > 2e9 ? folder : null;
  } catch {
    // Not Linux, or a container without it.
    return null;
  }
}

function mocha(suite: string, timeoutSeconds: number, more: readonly string[] = []): string[] {
  const program = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const options = ['--reporter', 'test/support/recordingReporter.ts', '--timeout', String(timeoutSeconds * 1000)];
  return [program, ...options, ...more, `test/${suite}/**/*.test.ts`];
}

function tsx(script: string): string[] {
  return ['--import', tsxLoader, script];
}

/** Runs a suite as a person with nothing would, with `env` on top. */
export async function runSuite(
  suite: Suite,
  env: Readonly<Record<string, string>>,
  print: (text: Uint8Array) => void,
): Promise<Verdict> {
  const report = join(root, 'artifacts', 'reports', `${suite.name}.json`);
  rmSync(report, { force: true });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'soft-landing-suite-')));
  guardFolder(folder);
  const temporary = suite.temporary ? { TMPDIR: suite.temporary } : {};
  const environment = {
    ...privateEnvironment(join(folder, 'home')),
    ...env,
    ...temporary,
    SOFT_LANDING_REPORT: report,
  };
  // A group of its own, because what hangs may be a grandchild. Ctrl-C then reaches it only through stopEverything().
  const child = spawn(process.execPath, suite.command, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...ownGroup,
  });
  child.stdout.on('data', print);
  child.stderr.on('data', print);
  guardGroup(child);
  const code = await exitCode(child, suite.limitMinutes * 60_000);
  await stopGroup(child);
  await removeFolder(folder);
  if (code === 'late') return { passed: 0, failed: 0, problem: `it did not end within ${suite.limitMinutes} minutes` };
  return judge(code, existsSync(report) ? readFileSync(report, 'utf8') : null);
}

async function exitCode(child: ChildProcess, limitMs: number): Promise<number | null | 'late'> {
  return new Promise((done) => {
    const timer = setTimeout(() => done('late'), limitMs);
    const end = (code: number | null): void => {
      clearTimeout(timer);
      done(code);
    };
    child.once('error', () => end(null));
    child.once('exit', end);
  });
}
