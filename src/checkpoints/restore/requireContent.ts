import type { Snapshot } from '../capture/snapshot.ts';
import { CheckpointError } from '../failure.ts';
import type { Change } from '../git/changes.ts';
import { missingObjects } from '../git/objects.ts';
import type { Repository } from '../git/repository.ts';
import { requireLfsObjects } from './lfs.ts';

/** All that will be written must be there before the first file is touched. Throws `damaged` / `lfs-missing`. */
export async function requireContent(
  repository: Repository,
  snapshot: Snapshot,
  changes: readonly Change[],
): Promise<void> {
  await requireObjects(repository, changes);
  await requireLfsObjects(repository, snapshot, changes);
}

async function requireObjects(repository: Repository, changes: readonly Change[]): Promise<void> {
  const wanted = new Set(changes.filter((change) => change.kind !== 'deleted').map((change) => change.toOid));
  const missing = await missingObjects(repository, wanted);
  if (missing.length > 0) {
    throw new CheckpointError(
      'damaged',
      "{0} of the checkpoint's files are missing from the repository. Nothing was changed.",
      [missing.length],
    );
  }
}
