import { accessSync, constants, lstatSync, type BigIntStats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../store/errno.ts';
import { CheckpointError } from './failure.ts';
import { Git, GitError, pathBytes, type Oid, type RawPath } from './git.ts';

/** Namespace of our refs: never refs/heads, tags, remotes or stash; no plain push, fetch or clone carries it. */
export const refNamespace = 'refs/soft-landing';

const minimumGit = [2, 38] as const;

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
  /** our own folder inside this working tree's git directory: private indexes, lock, journal */
  readonly privateDir: string;
  /** "main" or the linked worktree's name: the part of our ref names that keeps their lists apart */
  readonly worktree: string;
  /** the all-zero id in this repository's hash */
  readonly zero: Oid;

  /** a raw path as bytes for the file system */
  absolute(path: RawPath): Buffer;
}

/** Throws CheckpointError `git-too-old` with both versions named. */
function requireVersion(text: string): void {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).slice(1).map(Number);
  if (major > minimumGit[0] || (major === minimumGit[0] && minor >= minimumGit[1])) return;
  throw new CheckpointError(
    'git-too-old',
    `Checkpoints need git ${minimumGit.join('.')} or newer; this is ${text.trim().replace(/^git version /, '')}.`,
  );
}

/** Why rev-parse refused. Its exit code is 128 for everything, so the (untranslated: LC_ALL=C) text has to tell. */
function whyNoRepository(dir: string, error: GitError): CheckpointError {
  if (error.stderr.includes('dubious ownership')) {
    return new CheckpointError(
      'dubious-ownership',
      `git does not trust ${dir} because another user owns it. Nothing was changed; \`git status\` there says how to allow it.`,
    );
  }
  if (error.stderr.includes('must be run in a work tree')) {
    return new CheckpointError('no-working-tree', `${dir} is in a repository without a working tree.`);
  }
  if (error.stderr.includes('not a git repository')) {
    return new CheckpointError('not-a-repository', `${dir} is not in a git repository.`);
  }
  return new CheckpointError('failed', `git could not open ${dir}: ${error.stderr.trim()}`);
}

/** A linked worktree may itself be called "main"; its list must not mix with the main one's. No two names become one. */
function linkedName(name: string): string {
  return /^main(?:-linked)*$/.test(name) ? `${name}-linked` : name;
}

/** Opens the repository that `dir` lies in. Throws CheckpointError. */
export async function openRepository(dir: string, signal?: AbortSignal): Promise<Repository> {
  const here = new Git(dir, signal);
  const versionText = here.text(['version']);
  const facts = here.run([
    'rev-parse',
    '--path-format=absolute',
    '--show-object-format',
    '--show-toplevel',
    '--absolute-git-dir',
    '--git-common-dir',
  ]);
  // Both run at once; the version is judged first, because an old git fails at the second for that reason.
  const [version, revParse] = await Promise.allSettled([versionText, facts]);
  if (version.status === 'rejected') {
    const missing = errorCode(lstatOrCode(dir)) !== null;
    if (missing) throw new CheckpointError('not-a-repository', `${dir} does not exist.`);
    throw version.reason;
  }
  requireVersion(version.value);
  if (revParse.status === 'rejected') {
    const reason: unknown = revParse.reason;
    throw reason instanceof GitError ? whyNoRepository(dir, reason) : reason;
  }
  const [format, top, gitDir, commonDir] = revParse.value.toString('utf8').split('\n');
  if (!format || !top || !gitDir || !commonDir) {
    throw new CheckpointError('no-working-tree', `${dir} is in a repository without a working tree.`);
  }
  const git = new Git(top, signal);
  const topBytes = Buffer.from(`${top}${path.sep}`);
  const repository: Repository = {
    git,
    refs: git,
    top,
    gitDir,
    commonDir,
    privateDir: path.join(gitDir, 'soft-landing'),
    worktree: gitDir === commonDir ? 'main' : linkedName(path.basename(gitDir)),
    zero: '0'.repeat(format === 'sha256' ? 64 : 40),
    absolute: (raw) => Buffer.concat([topBytes, pathBytes(raw)]),
  };
  await mkdir(repository.privateDir, { recursive: true });
  return repository;
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
