import { CheckpointError } from './failure.ts';
import { GitError, type Oid } from './git.ts';
import type { Repository } from './repository.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A two-tree merge into the working folder: writes only what differs, deletes only what `from` holds, and refuses as a whole
 * if any file concerned is not what `from` says, that is, was edited in the meantime.
 */
export async function applyTrees(repository: Repository, snapshot: Snapshot, from: Oid, to: Oid): Promise<void> {
  try {
    await repository.git.run(['read-tree', '-m', '-u', '--no-sparse-checkout', from, to], {
      index: snapshot.index.file,
    });
  } catch (error) {
    if (error instanceof GitError && /not uptodate|would be overwritten|would be removed/.test(error.stderr)) {
      throw new CheckpointError(
        'changed-meanwhile',
        `A file changed while the reset was being prepared, so it was not done: ${error.stderr.trim().split('\n')[0] ?? ''}`,
        { cause: error },
      );
    }
    throw error;
  }
}
