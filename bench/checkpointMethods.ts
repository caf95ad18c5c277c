import { copyFileSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../src/checkpoints/checkpoints.ts';
import type { BenchRepository } from './benchRepository.ts';
import { runTimed } from './timedProcess.ts';

/** What a method saved: something git can peel to a tree; null where it had nothing to save. */
export interface Saved {
  readonly ms: number;
  readonly tree: string | null;
}

/** One way to save a working folder. */
export interface Method {
  readonly name: string;
  /** the folder it saves, so that each round can change it first */
  readonly repository: BenchRepository;
  /** where the saved tree can be read */
  readonly gitDir: string;
  /** false: it leaves new files out */
  readonly savesUntracked: boolean;
  /** whether the targets are meant for it */
  readonly isOurs: boolean;
  save(): Promise<Saved>;
  /** Makes the folder ready for the next round, where the method changes it: what was changed is then gone. */
  readonly reset?: () => void;
}

export async function openCheckpoints(dir: string): Promise<Checkpoints> {
  const opened = await Checkpoints.open(dir);
  if (!opened.ok) throw new Error(opened.failure.message);
  return opened.value;
}

/** Runs one git after the other in the repository; the answer of the last one, and what all of them took. */
export async function gitTimed(
  { dir }: BenchRepository,
  env: NodeJS.ProcessEnv,
  ...commands: readonly (readonly string[])[]
): Promise<{ readonly ms: number; readonly stdout: string }> {
  let ms = 0;
  let stdout = '';
  for (const args of commands) {
    const outcome = await runTimed({ program: 'git', args, cwd: dir, env });
    ms += outcome.ms;
    stdout = outcome.stdout;
  }
  return { ms, stdout: stdout.trim() };
}

/** `create` in a process that is already there, as in the editor. */
export function ours(repository: BenchRepository, opened: Checkpoints | null): Method {
  return {
    name: opened ? 'Soft Landing: create' : 'Soft Landing: open, create',
    repository,
    gitDir: join(repository.dir, '.git'),
    savesUntracked: true,
    isOurs: true,
    async save() {
      const started = performance.now();
      const checkpoints = opened ?? (await openCheckpoints(repository.dir));
      const made = await checkpoints.create({ kind: 'tool', label: 'Bench' });
      const ms = performance.now() - started;
      if (!made.ok) throw new Error(made.failure.message);
      return { ms, tree: made.value.unchanged ? null : made.value.tree };
    },
  };
}

/** By hand, on the branch. `repository` must be its own: it gets commits. */
export function commitOnBranch(repository: BenchRepository, env: NodeJS.ProcessEnv): Method {
  const base = repository.git('rev-parse', 'HEAD').trim();
  return {
    name: 'git add -A && git commit',
    repository,
    gitDir: join(repository.dir, '.git'),
    savesUntracked: true,
    isOurs: false,
    async save() {
      // Allowed to be empty, or git would end with an error where nothing has changed.
      const commit = ['commit', '--quiet', '--allow-empty', '--message=Checkpoint'];
      const { ms } = await gitTimed(repository, env, ['add', '-A'], commit);
      return { ms, tree: 'HEAD' };
    },
    reset() {
      repository.git('reset', '--quiet', '--hard', base);
      repository.git('clean', '--quiet', '-fd');
      repository.git('update-index', '-q', '--refresh');
    },
  };
}

/** What `git stash create` prints is a commit that nothing refers to yet. It leaves untracked files out. */
export function stashCreate(repository: BenchRepository, env: NodeJS.ProcessEnv): Method {
  return {
    name: 'git stash create (no untracked files)',
    repository,
    gitDir: join(repository.dir, '.git'),
    savesUntracked: false,
    isOurs: false,
    async save() {
      const { ms, stdout } = await gitTimed(repository, env, ['stash', 'create']);
      return { ms, tree: stdout === '' ? null : stdout };
    },
  };
}

/** A copy of the index, everything added to it, a tree: as an editor does that leaves the user's index alone. */
export function privateIndex(repository: BenchRepository, env: NodeJS.ProcessEnv, file: string): Method {
  const userIndex = join(repository.dir, '.git', 'index');
  return {
    name: 'private index, add -A, write-tree',
    repository,
    gitDir: join(repository.dir, '.git'),
    savesUntracked: true,
    isOurs: false,
    async save() {
      const started = performance.now();
      copyFileSync(userIndex, file);
      // Not younger than the files: git would miss an edit of the same second.
      const { atime, mtime } = statSync(userIndex);
      utimesSync(file, atime, mtime);
      const own = { ...env, GIT_INDEX_FILE: file };
      const { stdout } = await gitTimed(repository, own, ['add', '-A'], ['write-tree']);
      return { ms: performance.now() - started, tree: stdout };
    },
  };
}

/** A second repository beside the user's, with the same working folder. */
export function shadowRepository(
  repository: BenchRepository,
  env: NodeJS.ProcessEnv,
  gitDir: string,
): { readonly method: Method; readonly begin: () => Promise<number> } {
  mkdirSync(gitDir, { recursive: true });
  const own = { ...env, GIT_DIR: gitDir, GIT_WORK_TREE: repository.dir };
  const commit = ['commit', '--quiet', '--allow-empty', '--no-verify', '--message=Checkpoint'];
  return {
    async begin() {
      const begin = [['init', '--quiet'], ['config', 'gc.auto', '0'], ['add', '-A', '--ignore-errors'], commit];
      return (await gitTimed(repository, own, ...begin)).ms;
    },
    method: {
      name: 'shadow repository, add, commit',
      repository,
      gitDir,
      savesUntracked: true,
      isOurs: false,
      async save() {
        const { ms } = await gitTimed(repository, own, ['add', '-A', '--ignore-errors'], commit);
        return { ms, tree: 'HEAD' };
      },
    },
  };
}
