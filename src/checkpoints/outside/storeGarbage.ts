import { GitError } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

/** Loose objects from which on they are packed, and those that nothing names deleted. */
const manyObjects = 1000;

/**
 * In the user's repository garbage is left to their own git. In a store of ours nobody ever runs one, so it is collected here, after
 * checkpoints were deleted. To be called under the repository's lock.
 */
export async function collectGarbage({ refs, store }: Repository): Promise<void> {
  if (store === null) return;
  const config = {
    'gc.auto': String(manyObjects),
    'gc.autoDetach': 'false',
    // Which checkpoint is the newest is told by a look at its ref's file.
    'gc.packRefs': 'false',
    // A mirrored repository's worktrees share a store, and each has a lock of its own: one may be writing just now.
    'gc.pruneExpire': store.kind === 'folder' ? 'now' : '1.hour.ago',
  };
  try {
    await refs.run(['gc', '--auto', '--quiet'], { config });
  } catch (error) {
    // It only takes room. In a mirror's store it fails where the user's prune took what a checkpoint was made on.
    if (!(error instanceof GitError)) throw error;
  }
}
