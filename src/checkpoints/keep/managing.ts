import { cleanLabel, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import { findAmong, listCheckpoints, listEverywhere } from '../record/checkpointList.ts';
import { deleteCheckpointRefs, disownReset, rewriteTag } from '../record/checkpointRefs.ts';
import { deleteRefs, listRefs, type Ref } from '../git/ourRefs.ts';
import { GitError, type Oid } from '../git/git.ts';
import { rememberState } from '../record/lastState.ts';
import { refNamespace, type Repository } from '../git/repository.ts';
import { collectGarbage } from '../outside/storeGarbage.ts';

/** Keeps a checkpoint until it is deleted by hand, or leaves it to the policy again. */
export async function pinCheckpoint(
  repository: Repository,
  checkpoint: StoredCheckpoint,
  pinned: boolean,
): Promise<StoredCheckpoint> {
  const { pinned: was, ...record } = checkpoint.record;
  if ((was === true) === pinned) return checkpoint;
  return rewriteTag(repository, { ...checkpoint, record: pinned ? { ...record, pinned } : record });
}

export async function renameCheckpoint(
  repository: Repository,
  checkpoint: StoredCheckpoint,
  label: string,
): Promise<StoredCheckpoint> {
  return rewriteTag(repository, { ...checkpoint, label: cleanLabel(label) });
}

/** Deletes the checkpoints that these ids, or unambiguous beginnings of ids, name: all, or none. Answers their whole ids. */
export async function deleteNamed(repository: Repository, ids: readonly string[]): Promise<readonly string[]> {
  const all = await listCheckpoints(repository);
  const named = await Promise.all(ids.map((id) => findAmong(repository, all, id)));
  const chosen = [...new Set(named)];
  await deleteCheckpoints(repository, all, chosen);
  return chosen.map(({ record }) => record.id);
}

/** `all`: every checkpoint of this working tree. The deleted ones' objects stay until git's own gc. */
export async function deleteCheckpoints(
  repository: Repository,
  all: readonly StoredCheckpoint[],
  chosen: readonly StoredCheckpoint[],
): Promise<void> {
  if (chosen.length === 0) return;
  const ids = new Set(chosen.map(({ record }) => record.id));
  const left = all.filter(({ record }) => !ids.has(record.id));
  // That a reset was taken back is told by the undo's own safety checkpoint. Without it, undo would do the same once more.
  const takenBack = new Set(chosen.flatMap(({ record: { before } }) => (before?.isUndo ? [before.reset] : [])));
  for (const { record } of left) if (takenBack.has(record.id)) await disownReset(repository, record.id);
  await deleteCheckpointRefs(repository, [...ids]);
  await rememberState(repository, left[0]?.record.id ?? '', null);
  await dropUnusedHeads(repository);
  await collectGarbage(repository);
}

const headsFolder = `${refNamespace}/heads/`;

/** Lets go of the commits that no checkpoint of any working tree needs any more. */
async function dropUnusedHeads(repository: Repository): Promise<void> {
  const heads = await listRefs(repository, headsFolder);
  const { usable, newer } = await listEverywhere(repository);
  // What a newer version's checkpoints need is not for us to say.
  if (newer.length > 0) return;
  const needed = headsOf(usable);
  // A linked worktree may be called "heads", and what is not named as we name it is not ours.
  const isOurs = ({ name, oid, isSymbolic }: Ref): boolean => !isSymbolic && name === headsFolder + oid;
  const unused = heads.filter((ref) => isOurs(ref) && !needed.has(ref.oid));
  if (unused.length === 0) return;
  try {
    await deleteRefs(repository, unused);
  } catch (error) {
    // Another working tree is just writing one of them. They do no harm, and the next deletion comes by here again.
    if (error instanceof GitError) return;
    throw error;
  }
  // The lock is this working tree's: another one may have made a checkpoint of one of these commits since they were listed.
  const neededNow = headsOf((await listEverywhere(repository)).usable);
  for (const { name, oid } of unused) if (neededNow.has(oid)) await repository.refs.run(['update-ref', name, oid]);
}

function headsOf(checkpoints: readonly StoredCheckpoint[]): ReadonlySet<Oid> {
  return new Set(checkpoints.flatMap(({ record }) => record.head ?? []));
}
