import path from 'node:path';
import type { CheckpointRecord, StoredCheckpoint } from '../record/checkpointRecord.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { rewriteTag } from '../record/checkpointRefs.ts';
import { openFolderStore, type FolderStore } from './folderStore.ts';
import { rawPath, type RawPath } from '../git/git.ts';
import { rememberState } from '../record/lastState.ts';
import { removeStore } from './makeStore.ts';
import { copyCheckpoints } from './moveCheckpoints.ts';
import { newObject, type NewObject } from '../git/objects.ts';
import { writeObjects } from '../git/writeObjects.ts';
import type { Repository } from '../git/repository.ts';
import { recoverFromCrash } from '../restore/restoreJournal.ts';

/**
 * Brings the checkpoints of a folder that has become a repository, or part of one, into the repository's own refs, and takes the store
 * away. The user's index, branch and configuration are not touched. To be called under the locks of both.
 */
export async function takeOver(repository: Repository, { store, top }: FolderStore): Promise<void> {
  const folder = openFolderStore({ store, top }, {});
  await recoverFromCrash(folder);
  const scope = path.relative(repository.top, top).split(path.sep).join('/');
  // In the store, before the repository sees any of them: there, a checkpoint whose tree begins at another folder would be taken for
  // one of the whole repository. Whatever of this was done by one that was killed is not done again.
  if (scope !== '') for (const checkpoint of await listCheckpoints(folder)) await setScope(folder, checkpoint, scope);
  await copyCheckpoints(folder, repository, { worktree: repository.worktree });
  const [newest] = await listCheckpoints(repository, { limit: 1 });
  await removeStore(store.dir);
  await rememberState(repository, newest?.record.id ?? '', null);
}

/** Puts a checkpoint's tree where the folder is in the repository, and says that it holds nothing else. */
async function setScope(folder: Repository, checkpoint: StoredCheckpoint, scope: string): Promise<void> {
  if (checkpoint.record.scope !== undefined) return;
  const trees = treesAround(folder, checkpoint.tree, rawPath(scope));
  await writeObjects(folder, trees);
  const tree = trees.at(-1)?.oid ?? checkpoint.tree;
  await rewriteTag(folder, { ...checkpoint, tree, record: scopedRecord(checkpoint.record, scope) });
}

/** The trees of the folders above, the outermost last. */
function treesAround(repository: Repository, tree: string, scope: RawPath): NewObject[] {
  const trees: NewObject[] = [];
  for (const name of scope.split('/').reverse()) {
    const inner = trees.at(-1)?.oid ?? tree;
    const content = Buffer.concat([Buffer.from(`40000 ${name}\0`, 'latin1'), Buffer.from(inner, 'hex')]);
    trees.push(newObject(repository, 'tree', content));
  }
  return trees;
}

function scopedRecord(record: CheckpointRecord, scope: string): CheckpointRecord {
  const below = (inner: string): string => `${scope}/${inner}`;
  const { before } = record;
  return {
    ...record,
    scope,
    nested: record.nested.map((inner) => `${rawPath(scope)}/${inner}`),
    skipped: record.skipped.map((skipped) => ({ ...skipped, path: below(skipped.path) })),
    ...(record.members ? { members: record.members.map((member) => ({ ...member, path: below(member.path) })) } : {}),
    ...(before ? { before: { ...before, paths: before.paths.length === 0 ? [scope] : before.paths.map(below) } } : {}),
  };
}
