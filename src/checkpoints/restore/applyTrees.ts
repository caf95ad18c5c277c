import { diffTrees, type Change } from '../git/changes.ts';
import { CheckpointError } from '../failure.ts';
import { displayPath, GitError, type Oid } from '../git/git.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import { hasParentIn } from './restorePlan.ts';
import type { Snapshot } from '../capture/snapshot.ts';

/**
 * A two-tree merge into the working folder: writes only what differs, deletes only what `from` holds, and refuses as a whole
 * if any file concerned is not what `from` says, that is, was edited in the meantime.
 * @param known the differences between the two, if they have been looked at
 */
export async function applyTrees(
  repository: Repository,
  snapshot: Snapshot,
  from: Oid,
  to: Oid,
  known?: readonly Change[],
): Promise<void> {
  const { git } = repository;
  const index = snapshot.index.file;
  const merge = () => git.run(['read-tree', '-m', '-u', '--no-sparse-checkout', from, to], { index });
  try {
    await merge().catch(async (error: unknown) => {
      if (!(error instanceof GitError) || !error.stderr.includes('not uptodate')) throw error;
      // Files that were only touched must count as clean. Looking at all files for that takes as long as a status, so only now.
      await refreshIndex(repository, snapshot);
      await merge();
    });
  } catch (error) {
    if (error instanceof GitError && /not uptodate|would be overwritten|would be removed/.test(error.stderr)) {
      throw new CheckpointError(
        'changed-meanwhile',
        'A file changed while the reset was being prepared, so it was not done: {0}',
        [error.stderr.trim().split('\n')[0] ?? ''],
        { cause: error },
      );
    }
    throw error;
  }
  requireDeleted(repository, known ?? (await diffTrees(repository, from, to)));
}

/** Lets a snapshot's index know the present times of all files that are as it says. */
export async function refreshIndex({ git }: Repository, { index }: Snapshot): Promise<void> {
  await git.run(['update-index', '-q', '--refresh'], { index: index.file, okCodes: [0, 1] });
}

/** git only warns of a file that it could not delete, and reports success. */
function requireDeleted(repository: Repository, changes: readonly Change[]): void {
  const written = new Set(changes.filter((change) => change.kind !== 'deleted').map((change) => change.path));
  for (const { path, kind } of changes) {
    if (kind !== 'deleted') continue;
    // What is found through a parent that is a link or a file now is another file.
    if (hasParentIn(written, path)) continue;
    const left = lstatOrNull(repository, path);
    if (left && !left.isDirectory()) {
      throw new CheckpointError('failed', '{0} could not be deleted.', [displayPath(path)]);
    }
  }
}
