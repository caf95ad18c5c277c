import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { findUndo, summarize, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { addedBytes } from './diskUse.ts';
import { deleteCheckpoints } from './managing.ts';
import type { Repository } from '../git/repository.ts';
import { readRepositorySettings } from '../repositorySettings.ts';
import { overSize, planRetention, type ExpiryReason, type RetentionPolicy } from './retention.ts';

export interface PrunedCheckpoint extends CheckpointSummary {
  readonly reason: ExpiryReason;
}

export interface Pruned {
  /** newest first */
  readonly deleted: readonly PrunedCheckpoint[];
  /** how many there are left */
  readonly kept: number;
  /** what those take on disk beyond the repository's own files */
  readonly bytes: number;
  /** what git's next gc can free */
  readonly freedBytes: number;
  readonly policy: RetentionPolicy;
}

export interface PruneOptions {
  /** only says what would be deleted */
  readonly dryRun: boolean;
  /** ids of those that a person has agreed to: nothing else is deleted, though the policy may say so by now; null: all it says */
  readonly only: readonly string[] | null;
}

interface Selection {
  readonly expired: ReadonlyMap<string, ExpiryReason>;
  readonly bytes: number;
  readonly freedBytes: number;
}

/** Deletes what the retention policy lets go of. To be called under the repository's lock. */
export async function prune(repository: Repository, now: number, { dryRun, only }: PruneOptions): Promise<Pruned> {
  const { retention: policy } = await readRepositorySettings(repository);
  const all = await listCheckpoints(repository);
  const { expired, bytes, freedBytes } = await select(repository, all, policy, now);
  const agreed = only === null ? null : new Set(only);
  const chosen = all.filter(({ record: { id } }) => expired.has(id) && (agreed?.has(id) ?? true));
  if (!dryRun) await deleteCheckpoints(repository, all, chosen);
  const deleted = chosen.flatMap((checkpoint) => {
    const reason = expired.get(checkpoint.record.id);
    return reason === undefined ? [] : [{ ...summarize(checkpoint), reason }];
  });
  return { deleted, kept: all.length - deleted.length, bytes, freedBytes, policy };
}

async function select(
  repository: Repository,
  all: readonly StoredCheckpoint[],
  policy: RetentionPolicy,
  now: number,
): Promise<Selection> {
  const retainable = all.map(({ record, createdAt }) => ({
    id: record.id,
    kind: record.kind,
    pinned: record.pinned === true,
    isGreen: record.verified?.ok === true,
    createdAt,
  }));
  const { expired, expendable } = planRetention(retainable, { now, undo: findUndo(all)?.record.id ?? null, policy });
  const reasons = new Map(expired.map(({ id, reason }) => [id, reason]));
  const mayGo = new Set(expendable);
  // Measured in this order, each sum from the beginning is what is left if the rest goes: first those that stay whatever their size,
  // then those that may go (the oldest last), then those that go.
  const staying = all.filter(({ record: { id } }) => !reasons.has(id) && !mayGo.has(id));
  const known = new Map(all.map((checkpoint) => [checkpoint.record.id, checkpoint]));
  const find = (id: string): StoredCheckpoint[] => [known.get(id) ?? []].flat();
  const going = expired.flatMap(({ id }) => find(id));
  const sums = [0];
  for (const bytes of await addedBytes(repository, [
    ...staying,
    ...[...expendable].reverse().flatMap(find),
    ...going,
  ])) {
    sums.push((sums.at(-1) ?? 0) + bytes);
  }

  const bytesWithout = sums.slice(staying.length, staying.length + expendable.length + 1).reverse();
  const extra = overSize(bytesWithout, policy.maxBytes);
  for (const id of expendable.slice(0, extra)) reasons.set(id, 'too-large');
  const bytes = bytesWithout[extra] ?? 0;
  return { expired: reasons, bytes, freedBytes: (sums.at(-1) ?? 0) - bytes };
}

/** How many checkpoints of this working tree there are, and what they take on disk. */
export async function measure(repository: Repository): Promise<{ readonly count: number; readonly bytes: number }> {
  const all = await listCheckpoints(repository);
  const added = await addedBytes(repository, all);
  return { count: all.length, bytes: added.reduce((total, bytes) => total + bytes, 0) };
}
