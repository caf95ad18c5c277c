import { listCheckpoints } from '../record/checkpointList.ts';
import { findUndo, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import type { RawPath } from '../git/git.ts';
import { rememberState } from '../record/lastState.ts';
import { deleteCheckpoints, pinCheckpoint } from '../keep/managing.ts';
import { forMembers, isMembersOwn, lockMember, openMember, type Ancestors, type SetTools } from './members.ts';
import type { Repository } from '../git/repository.ts';

/*
 * A checkpoint with members is one thing to a person. What is done to it is done to the members' checkpoints that it names, as far as
 * they were made for it (or for another set) and nothing else names them. A member that is gone or busy is passed over: what is left
 * there takes some space, and that repository's own pruning finds it.
 */

type NamedIds = ReadonlyMap<RawPath, ReadonlySet<string>>;

function namedBy(checkpoints: readonly StoredCheckpoint[]): NamedIds {
  const named = new Map<RawPath, Set<string>>();
  for (const { record } of checkpoints) {
    for (const { path, id } of record.members ?? []) {
      if (id !== null) named.set(path, (named.get(path) ?? new Set()).add(id));
    }
  }
  return named;
}

/** Does something to the members' checkpoints that `chosen` name and `others` do not. */
async function forNamed(
  ancestors: Ancestors,
  chosen: readonly StoredCheckpoint[],
  others: readonly StoredCheckpoint[],
  tools: SetTools,
  work: (member: Repository, all: readonly StoredCheckpoint[], own: readonly StoredCheckpoint[]) => Promise<void>,
): Promise<void> {
  const wanted = [...namedBy(chosen)];
  if (wanted.length === 0) return;
  const needed = namedBy(others);
  const passedOver = (): void => undefined;
  await forMembers(
    wanted,
    async ([path, ids]) => {
      try {
        const member = await openMember(ancestors, path, tools);
        const lock = await lockMember(member, tools);
        try {
          const all = await listCheckpoints(member);
          const isOwn = ({ record: { id, set } }: StoredCheckpoint): boolean =>
            set !== undefined && ids.has(id) && !(needed.get(path)?.has(id) ?? false);
          await work(member, all, all.filter(isOwn));
        } finally {
          lock.release();
        }
      } catch (error) {
        if (!isMembersOwn(error)) throw error;
      }
    },
    passedOver,
  );
}

/** Keeps the members' checkpoints as long as the one that names them, or lets go of those that no pinned one names. */
export async function pinMembers(
  repository: Repository,
  checkpoint: StoredCheckpoint,
  tools: SetTools,
  ancestors: Ancestors = [],
): Promise<void> {
  if (checkpoint.record.members === undefined) return;
  const pinned = checkpoint.record.pinned === true;
  const all = await listCheckpoints(repository);
  const others = all.filter(({ record }) => record.pinned === true && record.id !== checkpoint.record.id);
  const around = [...ancestors, repository];
  await forNamed(around, [checkpoint], pinned ? [] : others, tools, async (member, _all, own) => {
    for (const one of own) {
      const changed = await pinCheckpoint(member, one, pinned);
      await rememberState(member, changed.record.id, null);
      await pinMembers(member, changed, tools, around);
    }
  });
}

/** Runs what deletes checkpoints of a repository, then deletes in its members what only those had named. */
export async function deletingMembers<Value>(
  repository: Repository,
  tools: SetTools,
  deleting: () => Promise<Value>,
): Promise<Value> {
  const before = await listCheckpoints(repository);
  const value = await deleting();
  if (before.every(({ record }) => record.members === undefined)) return value;
  const left = await listCheckpoints(repository);
  const isLeft = new Set(left.map(({ record }) => record.id));
  const gone = before.filter(({ record }) => !isLeft.has(record.id));
  await deleteNamedBy([repository], gone, left, tools);
  return value;
}

async function deleteNamedBy(
  ancestors: Ancestors,
  gone: readonly StoredCheckpoint[],
  left: readonly StoredCheckpoint[],
  tools: SetTools,
): Promise<void> {
  await forNamed(ancestors, gone, left, tools, async (member, all, own) => {
    const undo = findUndo(all)?.record.id;
    const chosen = own.filter(({ record: { id, pinned } }) => pinned !== true && id !== undo);
    await deleteCheckpoints(member, all, chosen);
    const isChosen = new Set(chosen);
    const rest = all.filter((one) => !isChosen.has(one));
    await deleteNamedBy([...ancestors, member], chosen, rest, tools);
  });
}
