import { accessSync, constants, lstatSync, statSync, type BigIntStats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../store/atomicFile.ts';
import { errorCode } from '../../store/errno.ts';
import { CheckpointError } from '../failure.ts';
import { Git, GitError, pathBytes, type GitWaiter, type Oid, type RawPath } from './git.ts';
import type { OwnStore } from '../outside/storeFolder.ts';

/** Namespace of our refs: never refs/heads, tags, remotes or stash; no plain push, fetch or clone carries it. */
export const refNamespace = 'refs/soft-landing';

export const minimumGit = [2, 38] as const;

/** One working tree of a git repository: a main one or a linked worktree, each with its own index and checkpoints. */
export interface Repository {
  /** runs git on the working tree, its index and its HEAD */
  readonly git: Git;
  /** runs git on our refs and what they name; the same as `git` unless checkpoints are kept outside of the user's repository */
  readonly refs: Git;
  /** absolute path of the working tree's top folder */
  readonly top: string;
  readonly gitDir: string;
  readonly commonDir: string;
  /** the git directory whose `refs/` holds our refs where they are files of their own */
  readonly refsDir: string;
  /** our own folder inside this working tree's git directory: private indexes, lock, journal */
  readonly privateDir: string;
  /** "main" or the linked worktree's name: the part of our ref names that keeps their lists apart */
  readonly worktree: string;
  /** the all-zero id in this repository's hash */
  readonly zero: Oid;
  /** where our refs are if they are not in a repository of the user's; mostly null */
  readonly store: OwnStore | null;

  /** a raw path as bytes for the file system */
  absolute(path: RawPath): Buffer;
}

/** Throws CheckpointError `git-too-old` with both versions named. */
function requireVersion(text: string): void {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  if (major > minimumGit[0] || (major === minimumGit[0] && minor >= minimumGit[1])) return;
  throw new CheckpointError('git-too-old', 'Checkpoints need git {0} or newer; this is {1}.', [
    minimumGit.join('.'),
    text.trim().replace(/^git version /, ''),
  ]);
}

/** Why rev-parse refused. Its exit code is 128 for everything, so the (untranslated: LC_ALL=C) text has to tell. */
function whyNoRepository(dir: string, error: GitError): CheckpointError {
  if (error.stderr.includes('dubious ownership')) {
    return new CheckpointError(
      'dubious-ownership',
      'git does not trust {0} because another user owns it. Nothing was changed; “git status” there says how to allow it.',
      [dir],
    );
  }
  if (error.stderr.includes('must be run in a work tree')) {
    return new CheckpointError('no-working-tree', '{0} is in a repository without a working tree.', [dir]);
  }
  if (error.stderr.includes('not a git repository')) {
    return new CheckpointError('not-a-repository', '{0} is not in a git repository.', [dir]);
  }
  return new CheckpointError('failed', 'git could not open {0}: {1}', [dir, error.stderr.trim()]);
}

/** A linked worktree may itself be called "main"; its list must not mix with the main one's. No two names become one. */
export function linkedName(name: string): string {
  return /^main(?:-linked)*$/.test(name) ? `${name}-linked` : name;
}

/** What tells where a repository is, a line each. */
export const factsCommand = [
  'rev-parse',
  '--path-format=absolute',
  '--show-object-format',
  '--show-toplevel',
  '--absolute-git-dir',
  '--git-common-dir',
];

/** spawn's ENOENT means a missing program as well as a missing folder. */
function whyNoGit(dir: string, error: unknown): unknown {
  const isMissing = errorCode(lstatOrCode(dir)) !== null;
  return isMissing ? new CheckpointError('not-a-repository', '{0} does not exist.', [dir]) : error;
}

/** Answers the version, or throws CheckpointError `git-too-old`. */
async function checkVersion(git: Git): Promise<string> {
  const text = (await git.text(['version'])).trim();
  requireVersion(text);
  return text;
}

const dayMs = 86_400_000;

/** git's version is looked at once a day: it hardly ever becomes older, and asking is a process at each opening. */
async function checkVersionDaily({ git, privateDir }: Repository): Promise<void> {
  const file = path.join(privateDir, 'version.json');
  const checkedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.abs(Date.now() - checkedAt) < dayMs) return;
  const version = await checkVersion(git);
  await writeFileAtomic(file, JSON.stringify({ v: 1, version }), 0o600, { isExpendable: true });
}

/**
 * Opens the repository that `dir` lies in. Throws CheckpointError.
 * @param known what `factsCommand` has printed there already
 */
export async function openRepository(dir: string, waiter: GitWaiter = {}, known?: Buffer): Promise<Repository> {
  let facts: Buffer;
  try {
    facts = known ?? (await new Git(dir, waiter).run(factsCommand));
  } catch (error) {
    if (!(error instanceof GitError)) throw whyNoGit(dir, error);
    // An old git fails here already, for that reason.
    await checkVersion(new Git(dir, waiter));
    throw whyNoRepository(dir, error);
  }
  const [format, top, gitDir, commonDir] = facts.toString('utf8').split('\n');
  if (!format || !top || !gitDir || !commonDir) {
    throw new CheckpointError('no-working-tree', '{0} is in a repository without a working tree.', [dir]);
  }
  const git = new Git(top, waiter);
  const repository: Repository = {
    git,
    refs: git,
    top,
    gitDir,
    commonDir,
    refsDir: commonDir,
    privateDir: path.join(gitDir, 'soft-landing'),
    worktree: gitDir === commonDir ? 'main' : linkedName(path.basename(gitDir)),
    zero: '0'.repeat(format === 'sha256' ? 64 : 40),
    store: null,
    absolute: rawPathIn(top),
  };
  await mkdir(repository.privateDir, { recursive: true });
  await checkVersionDaily(repository);
  return repository;
}

/** The same repository for work that must not be broken off in its middle. */
export function uninterrupted(repository: Repository): Repository {
  return { ...repository, git: repository.git.uninterrupted(), refs: repository.refs.uninterrupted() };
}

/** The same repository for somebody with another deadline. */
export function waitedForBy(repository: Repository, waiter: GitWaiter): Repository {
  return { ...repository, git: repository.git.waitedForBy(waiter), refs: repository.refs.waitedForBy(waiter) };
}

/** `Repository.absolute` for a top folder. */
export function rawPathIn(top: string): (raw: RawPath) => Buffer {
  const folder = Buffer.from(`${top}${path.sep}`);
  return (raw) => Buffer.concat([folder, pathBytes(raw)]);
}

function lstatOrCode(file: string): unknown {
  try {
    lstatSync(file);
    return null;
  } catch (error) {
    return error;
  }
}

/** The file's own state (links not followed), or null where there is none. */
export function lstatOrNull(repository: Repository, raw: RawPath): BigIntStats | null {
  try {
    return lstatSync(repository.absolute(raw), { bigint: true });
  } catch (error) {
    // ENOTDIR: a parent became a file; EACCES: a parent cannot be searched. Either way there is nothing we can read.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

export function isReadable(repository: Repository, raw: RawPath): boolean {
  try {
    accessSync(repository.absolute(raw), constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
