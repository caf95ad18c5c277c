import { existsSync, lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import type { FileLock } from '../../store/fileLock.ts';
import type { CheckpointTools } from '../record/checkpointRefs.ts';
import type { CheckpointRecord } from '../record/checkpointRecord.ts';
import { CheckpointError, type CheckpointReason } from '../failure.ts';
import { displayPath, GitError, rawPath, type RawPath } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { recoverFromCrash } from '../restore/restoreJournal.ts';
import type { Status } from '../git/status.ts';
import { lockWorkingTree, type Waiting } from '../workingTreeLock.ts';

/*
 * Members: the nested repositories and submodules of a repository that have a state of their own. git's trees do not hold it, so each is
 * saved and restored as the repository that it is, with its own refs, lock, journal and undo; the outer checkpoint's record names the
 * checkpoint of each (`members`). Locks are always taken from the outside to the inside, so no two processes wait for each other.
 */

/** What the record of a checkpoint says of one member. */
export type Member = NonNullable<CheckpointRecord['members']>[number];

/** What working on members takes beside the tools for one repository. */
export interface SetTools extends CheckpointTools, Waiting {
  /** opens whatever lies there, its refs where they are to be */
  readonly open: (dir: string) => Promise<Repository>;
  readonly stateFolder: string;
}

/** More in one repository are no work of a person: a folder full of clones, which nobody wants saved before each edit. */
const mostMembers = 50;
const deepest = 8;
/** A look starts a few git processes; all at once they would only wait for each other. */
const atOnce = 8;

/** The members that a status tells of: submodules with anything that is not staged, and repositories that nobody tracks. */
export function memberPaths({ entries, untracked }: Status): RawPath[] {
  const submodules = entries.filter((entry) => entry.submodule.startsWith('S') && entry.unstaged !== '.');
  const nested = untracked.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
  return [...submodules.map((entry) => entry.path), ...nested].sort();
}

/** Why a member was not saved, as people read it after "not captured". */
export function whyNotSaved(error: unknown): string {
  const words: Partial<Record<CheckpointReason, string>> = {
    busy: 'busy with another checkpoint or reset',
    'dubious-ownership': 'git does not trust it, because another user owns it',
    'not-a-repository': 'git cannot open it',
    'not-found': 'git cannot open it',
    'index-locked': 'busy with another git command',
  };
  if (error instanceof CheckpointError) return words[error.reason] ?? error.message;
  if (error instanceof GitError) return 'git cannot read it';
  throw error;
}

/** Whether an error is about this one member; anything else (a deadline, a mistake of ours) ends the whole. */
export function isMembersOwn(error: unknown): boolean {
  if (error instanceof CheckpointError) return error.reason !== 'aborted' && error.reason !== 'no-git';
  return error instanceof GitError;
}

/** The repositories from the outermost to the one that is worked on: none of them is its own member. */
export type Ancestors = readonly Repository[];

/** Throws CheckpointError. */
export async function openMember(ancestors: Ancestors, member: RawPath, tools: SetTools): Promise<Repository> {
  const parent = ancestors.at(-1);
  if (!parent) throw new Error('a member has a parent');
  if (ancestors.length > deepest) {
    throw new CheckpointError('failed', 'nested more than {0} repositories deep', [deepest]);
  }
  const name = displayPath(member);
  if (rawPath(name) !== member) throw new CheckpointError('failed', 'its path is not UTF-8');
  const dir = path.join(parent.top, name);
  // Without this git would answer with the repository around it.
  if (!isFolder(dir) || !existsSync(path.join(dir, '.git'))) {
    throw new CheckpointError('not-found', 'There is no repository at {0} any more.', [name]);
  }
  const repository = await tools.open(dir);
  if (realpathSync(repository.top) !== realpathSync(dir)) {
    throw new CheckpointError('not-a-repository', 'git cannot open the repository at {0}.', [name]);
  }
  if (ancestors.some(({ gitDir }) => gitDir === repository.gitDir)) {
    throw new CheckpointError('failed', 'it has the git directory of the repository around it');
  }
  return repository;
}

function isFolder(dir: string): boolean {
  try {
    return lstatSync(dir).isDirectory();
  } catch (error) {
    if (errorCode(error) !== null) return false;
    throw error;
  }
}

/** Takes a member's lock and repairs what a killed process has left there. */
export async function lockMember(repository: Repository, tools: SetTools): Promise<FileLock> {
  const lock = await lockWorkingTree(repository, tools);
  try {
    await recoverFromCrash(repository);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Does the same for every member, several at a time, in the order of their paths; those above the limit are refused. */
export async function forMembers<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
  refused: (item: Item, why: CheckpointError) => Answer,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.slice(0, mostMembers).entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of waiting) answers[at] = await work(item);
  };
  // All are waited for even if one throws: none may go on after the locks are let go.
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const why = new CheckpointError('failed', 'there are more than {0} nested repositories', [mostMembers]);
  for (const item of items.slice(mostMembers)) answers.push(refused(item, why));
  return answers;
}
