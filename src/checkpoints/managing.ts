import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { cleanLabel, findUndo, summarize, type StoredCheckpoint } from './checkpointRecord.ts';
import {
  deleteCheckpointRefs,
  deleteRefs,
  disownReset,
  findAmong,
  listCheckpoints,
  listEverywhere,
  listRefs,
  rewriteTag,
  type Ref,
} from './checkpointRefs.ts';
import { GitError, type Oid } from './git.ts';
import { rememberState } from './lastState.ts';
import { refNamespace, type Repository } from './repository.ts';
import { planRetention } from './retention.ts';

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
async function deleteCheckpoints(
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

export interface Pruned {
  readonly deleted: readonly CheckpointSummary[];
  /** how many there are left */
  readonly kept: number;
  /** what those take on disk beyond the repository's own files */
  readonly bytes: number;
  /** what git's next gc can free */
  readonly freedBytes: number;
}

/** Deletes what the retention policy lets go of; a dry run only says what that would be. */
export async function prune(repository: Repository, now: number, dryRun: boolean): Promise<Pruned> {
  const all = await listCheckpoints(repository);
  const retainable = all.map(({ record, createdAt }) => ({
    id: record.id,
    kind: record.kind,
    pinned: record.pinned === true,
    createdAt,
  }));
  const ids = new Set(planRetention(retainable, { now, undo: findUndo(all)?.record.id ?? null }));
  const expired = all.filter(({ record }) => ids.has(record.id));
  const kept = all.filter(({ record }) => !ids.has(record.id));
  const [before, bytes] = await Promise.all([diskUse(repository, all), diskUse(repository, kept)]);
  if (!dryRun) await deleteCheckpoints(repository, all, expired);
  return { deleted: expired.map(summarize), kept: kept.length, bytes, freedBytes: Math.max(0, before - bytes) };
}

/**
 * Bytes on disk that only these checkpoints hold: what is neither in the present HEAD's files nor in those of the commits that the
 * checkpoints were made on. Compared with trees, not commits: git then looks at single files (measured: 120 times too much else).
 * Commits which only a checkpoint keeps alive are not counted.
 */
export async function diskUse(repository: Repository, checkpoints: readonly StoredCheckpoint[]): Promise<number> {
  if (checkpoints.length === 0) return 0;
  const { refs } = repository;
  const heads = new Set(['HEAD', ...checkpoints.flatMap(({ record }) => record.head ?? [])]);
  // An unborn HEAD has no tree, and a commit may be gone: those just do not count.
  const answers = await refs.text(['cat-file', '--batch-check=%(objectname)'], {
    input: [...heads].map((head) => `${head}^{tree}\n`).join(''),
  });
  const known = answers.split('\n').filter((line) => /^[0-9a-f]+$/.test(line));
  const trees = checkpoints.flatMap(({ ref }) => [ref, ref.replace(/w$/, 'i'), ref.replace(/w$/, 'u')]);
  const there = new Set((await listRefs(repository, refNamespace)).map(({ name }) => name));
  const wanted = trees.filter((ref) => there.has(Buffer.from(ref, 'utf8').toString('latin1')));
  const input = [...wanted, ...known.map((tree) => `^${tree}`), ''].join('\n');
  return Number(
    await refs.text(['rev-list', '--objects', '--missing=allow-any', '--disk-usage', '--stdin'], { input }),
  );
}
