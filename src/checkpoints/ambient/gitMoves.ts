import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import type { Repository } from '../git/repository.ts';

/*
 * Whether git itself changed the files: a switch, pull, merge, rebase, reset, stash. Told by what git leaves in its folder, without
 * running it.
 */

/** git's times are whole seconds, and the watcher's news comes late. */
const toleranceMs = 2000;

/** The last entries of a reflog lie within these bytes. */
const tailBytes = 16_384;

export interface ReflogEntry {
  readonly at: number;
  readonly message: string;
}

/** Parses lines of a reflog; the first may be cut off. */
export function parseReflog(text: string): ReflogEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /> (\d+) [+-]\d{4}\t(.*)$/.exec(line);
    return match ? [{ at: Number(match[1]) * 1000, message: match[2] ?? '' }] : [];
  });
}

/** Everything that moves HEAD also writes files, except a commit: agents commit what they have just written. */
export function movesFiles({ message }: ReflogEntry): boolean {
  return !/^commit(?: \((?:initial|amend)\))?:/.test(message);
}

/** Written or removed at the beginning or end of what git does to many files; a directory's time tells of what was removed. */
function traces({ gitDir, commonDir }: Repository): readonly string[] {
  const own = ['ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply'];
  const shared = ['logs/refs/stash', 'logs/refs'];
  return [...own.map((name) => path.join(gitDir, name)), ...shared.map((name) => path.join(commonDir, name))];
}

/** Whether git moved files about at some time between these two. */
export async function didGitMoveFiles(repository: Repository, from: number, to: number): Promise<boolean> {
  const isWithin = (at: number): boolean => at >= from - toleranceMs && at <= to + toleranceMs;
  const entries = parseReflog(await tail(path.join(repository.gitDir, 'logs', 'HEAD')));
  if (entries.some((entry) => isWithin(entry.at) && movesFiles(entry))) return true;
  const times = await Promise.all(traces(repository).map(modifiedAt));
  return times.some((at) => at !== null && isWithin(at));
}

/** Whether the index was written between these two times: `git checkout -- FILES` and `git restore` leave no other trace. */
export async function wasIndexWritten(repository: Repository, from: number, to: number): Promise<boolean> {
  const at = await modifiedAt(path.join(repository.gitDir, 'index'));
  return at !== null && at >= from - toleranceMs && at <= to + toleranceMs;
}

async function modifiedAt(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (errorCode(error) !== null) return null;
    throw error;
  }
}

/** The end of a file; empty where there is none (no reflog is kept, or not in files). */
async function tail(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const length = Math.min(size, tailBytes);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) !== null) return '';
    throw error;
  }
}
