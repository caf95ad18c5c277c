import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isInside } from '../../store/isInside.ts';
import { realPath } from '../../store/realPath.ts';
import { GitError } from './git.ts';
import { refNamespace, type Repository } from './repository.ts';

/** git holds a ref's lock for milliseconds, and waits for somebody else's for a tenth of a second. */
const deadMs = 2000;
/** A checkpoint has some refs, and each can have been locked. */
const mostLocks = 8;

/**
 * Changes refs of ours, past the locks of gits that are gone. A git that dies with its machine, or with all that was started around it,
 * leaves its locks behind, and nobody takes them away: on that commit no checkpoint could ever be made again, nor that one be deleted.
 * Of the user's refs none is touched.
 * @param begun the change; refused as a whole where a ref is locked
 * @param again the same change once more
 */
export async function pastDeadLocks(
  repository: Repository,
  begun: Promise<unknown>,
  again: () => Promise<unknown>,
): Promise<void> {
  let change = begun;
  for (let left = mostLocks; ; left -= 1) {
    try {
      await change;
      return;
    } catch (error) {
      const lock = lockOfOurs(repository, error);
      if (lock === null || left === 0) throw error;
      await untilGone(lock);
    }
    change = again();
  }
}

/** The lock in the way of a change, where it is one of our refs'. */
function lockOfOurs({ refs, refsDir }: Repository, error: unknown): string | null {
  if (!(error instanceof GitError)) return null;
  const [, named] = /Unable to create '([^\n]+\.lock)': File exists/.exec(error.stderr) ?? [];
  if (named === undefined) return null;
  const lock = path.resolve(refs.cwd, named);
  const folder = realPath(path.join(refsDir, ...refNamespace.split('/')));
  return isInside(realPath(path.dirname(lock)), folder) ? lock : null;
}

/** Until its git has let go of it, or it has stood there for so long that there is none: then it is removed. */
async function untilGone(lock: string): Promise<void> {
  const from = performance.now();
  const first = statSync(lock, { throwIfNoEntry: false });
  // By our own waiting too: a clock that was set back makes it no younger.
  const age = (): number => Math.max(performance.now() - from, Date.now() - (first?.mtimeMs ?? 0));
  for (;;) {
    const now = statSync(lock, { throwIfNoEntry: false });
    // Another one is another git's, which lives.
    if (now === undefined || now.ino !== first?.ino) return;
    if (age() > deadMs) {
      rmSync(lock, { force: true });
      return;
    }
    await sleep(20);
  }
}
