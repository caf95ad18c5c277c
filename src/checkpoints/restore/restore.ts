import path from 'node:path';
import { applyTrees, refreshIndex } from './applyTrees.ts';
import { bytesThen } from './bytesThen.ts';
import { beginComparison } from './comparison.ts';
import { diffTrees, indexInfo, type Change } from '../git/changes.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { disownReset, nextCheckpointId, writeCheckpoint, type CheckpointTools } from '../record/checkpointRefs.ts';
import { CheckpointError } from '../failure.ts';
import { records, type Oid, type RawPath } from '../git/git.ts';
import { captureInTheWay } from './inTheWay.ts';
import { takeIndexLock } from '../git/indexLock.ts';
import { operationInProgress } from '../git/operationInProgress.ts';
import { provideForIndex } from '../outside/mirrorStore.ts';
import { byteChanges, planOverlays, withRawOf, writeOverlays, type Overlay } from './overlay.ts';
import { copyPrivateIndex } from '../git/privateIndex.ts';
import { uninterrupted, type Repository } from '../git/repository.ts';
import { writeObjects } from '../git/writeObjects.ts';
import { tooLargeToKeep } from '../capture/rawBytes.ts';
import { requireContent } from './requireContent.ts';
import { removeJournal, writeJournal } from './restoreJournal.ts';
import { pathSelector, planRestore, type RestorePlan } from './restorePlan.ts';
import { rollBack } from './rollback.ts';
import { snapshotForRestore } from '../capture/directSnapshot.ts';
import type { Snapshot } from '../capture/snapshot.ts';
import type { Status } from '../git/status.ts';
import { surveyRepository, type Survey } from '../capture/survey.ts';
import { safetyPurpose } from './safetyPurpose.ts';
import { buildStagedState } from './stagedRestore.ts';
import { broughtByReset, ignoredByTarget } from './targetIgnores.ts';

export interface RestoreRequest {
  readonly target: StoredCheckpoint;
  /** relative to the top folder; empty: everything */
  readonly paths: readonly string[];
  /** also move the branch back to the checkpoint's HEAD */
  readonly moveHead: boolean;
  /** what the reset did that this takes back; null: this is a reset */
  readonly undoes: { readonly headTo: Oid | null } | null;
  /** the set whose members this is one of, or all of whose members are to go back with it: its id is the safety checkpoint's */
  readonly set?: string;
  /** a look that was begun already: one from before the index changed is repeated, and files that change later git refuses to touch */
  readonly survey?: Promise<Survey>;
  /** all there are, where they were just listed */
  readonly all?: readonly StoredCheckpoint[];
}

export interface RestoreTools extends CheckpointTools {
  readonly lockWaitMs: number;
}

export interface RestoreOutcome {
  readonly plan: RestorePlan;
  readonly safety: StoredCheckpoint;
}

interface Prepared {
  readonly snapshot: Snapshot;
  readonly plan: RestorePlan;
  /** all that differs between the present tree and the checkpoint's */
  readonly blobChanges: readonly Change[];
  /** the bytes that the checkpoint keeps beside its blobs */
  readonly rawThen: ReadonlyMap<RawPath, Oid>;
}

/** Looks at the present state and decides what would change. Writes objects only; the caller disposes of the index. */
async function prepare(repository: Repository, request: RestoreRequest, maxFileBytes: number): Promise<Prepared> {
  const survey = await (request.survey ?? surveyRepository(repository));
  const compare = beginComparison(repository, survey, request.target.tree);
  const seen = await snapshotForRestore(repository, survey, { maxFileBytes });
  try {
    const { target } = request;
    const blobChanges = await compare(seen);
    const rawThen = await bytesThen(repository, target, seen, blobChanges);
    const touched = blobChanges.filter((change) => change.kind !== 'added').map((change) => change.path);
    const snapshot = await withRawOf(repository, seen, touched, new Set(rawThen.keys()));
    const changes = [...blobChanges, ...(await byteChanges(repository, snapshot, target, rawThen, blobChanges))];
    const brought = request.undoes ? await broughtByReset(repository, target, request.all) : new Map<RawPath, Oid>();
    const unkept = snapshot.skipped.filter(({ reason }) => reason === tooLargeToKeep);
    const plan = planRestore({
      changes,
      // A file that undo could not bring back as it is stays.
      target: { ...target.record, skipped: [...target.record.skipped, ...unkept] },
      presentNested: snapshot.nested,
      submodules: submodulesOf(snapshot.nested, snapshot.survey.status),
      undoes: request.undoes && {
        set: target.record.set ?? target.record.id,
        members: target.record.before?.members ?? [],
      },
      paths: request.paths,
      sparse: snapshot.flags.sparse,
      ignoredByTarget: await ignoredByTarget(repository, target.tree, changes, {
        untracked: new Set(snapshot.survey.status.untracked),
        brought,
      }),
    });
    return { snapshot, plan, blobChanges, rawThen };
  } catch (error) {
    await seen.index.dispose();
    throw error;
  }
}

/** Of these repositories, those that the outer index has a commit of. */
function submodulesOf(nested: readonly RawPath[], { entries }: Status): ReadonlyMap<RawPath, Oid> {
  const isNested = new Set(nested);
  return new Map(entries.filter(({ path }) => isNested.has(path)).map(({ path, indexOid }) => [path, indexOid]));
}

/** The snapshot of a working state with more in it, as its index has it. */
async function withTreeOfIndex(repository: Repository, snapshot: Snapshot): Promise<Snapshot> {
  // git makes no tree of what it does not have.
  await writeObjects(repository, snapshot.unwritten);
  const worktree = await repository.git.oid(['write-tree'], { index: snapshot.index.file });
  return { ...snapshot, written: null, worktree };
}

/** What a restore would do, without doing it. */
export async function previewRestore(
  repository: Repository,
  request: RestoreRequest,
  maxFileBytes: number,
): Promise<RestorePlan> {
  const { snapshot, plan } = await prepare(repository, request, maxFileBytes);
  await snapshot.index.dispose();
  return plan;
}

/** Why moving HEAD would move something else than the branch the checkpoint was made on; null where it would not. */
async function whyHeadStays(
  repository: Repository,
  snapshot: Snapshot,
  { record }: StoredCheckpoint,
): Promise<string | null> {
  if (record.outsideGit) return 'the checkpoint is from before this folder was a repository';
  if (record.head === null) return 'the checkpoint is from before the first commit';
  if (snapshot.branch !== record.branch) {
    return `the checkpoint was made on ${record.branch ?? 'a detached HEAD'}, this is ${snapshot.branch ?? 'a detached HEAD'}`;
  }
  const operation = await operationInProgress(repository);
  return operation === null ? null : `a ${operation} is in progress`;
}

/** Whether HEAD is to move. A reset that cannot move it is refused; an undo leaves alone what somebody has moved since. */
async function decideHead(repository: Repository, snapshot: Snapshot, request: RestoreRequest): Promise<boolean> {
  if (!request.moveHead) return false;
  const why = await whyHeadStays(repository, snapshot, request.target);
  if (request.undoes) return why === null && snapshot.head === request.undoes.headTo;
  if (why === null) return true;
  throw new CheckpointError('head-elsewhere', 'HEAD cannot be moved back: {0}. Nothing was changed.', [why]);
}

/** The tree to go to: the present one with the plan's changes, and without whatever makes room for them. */
async function targetTree(
  repository: Repository,
  snapshot: Snapshot,
  plan: RestorePlan,
  inTheWay: readonly RawPath[],
): Promise<Oid> {
  const index = await copyPrivateIndex(repository, snapshot.index);
  try {
    const written = new Set(plan.changes.map((change) => change.path));
    const gone = inTheWay.filter((path) => !written.has(path)).map((path) => `0 ${repository.zero}\t${path}`);
    await repository.git.run(['update-index', '-z', '--replace', '--index-info'], {
      index: index.file,
      input: Buffer.concat([records(gone), indexInfo(plan.changes, repository.zero)]),
    });
    return await repository.git.oid(['write-tree'], { index: index.file });
  } finally {
    await index.dispose();
  }
}

/** Whether the plan leaves no file as it is that the checkpoint has otherwise: the tree to go to is then the checkpoint's own. */
function isEverything(plan: RestorePlan, blobChanges: readonly Change[]): boolean {
  const planned = new Set(plan.changes.map((change) => change.path));
  return blobChanges.every((change) => planned.has(change.path));
}

async function moveHead({ git }: Repository, snapshot: Snapshot, target: StoredCheckpoint): Promise<void> {
  const { head, branch, id } = target.record;
  if (head === null || head === snapshot.head) return;
  const ref = branch === null ? ['--no-deref', 'HEAD'] : [`refs/heads/${branch}`];
  const option = ref.length === 2 ? ['--no-deref'] : [];
  await git.run(
    ['update-ref', '-m', `checkpoint: reset to ${id}`, ...option, ref.at(-1) ?? 'HEAD', head, snapshot.head ?? ''],
    // The user's own branch moves at the user's own wish: it belongs into their reflog.
    { config: { 'core.logAllRefUpdates': 'true' } },
  );
}

/** After a failure: the files as they were, and no reset on record that did not happen. */
async function takeBack(
  repository: Repository,
  present: Snapshot,
  changes: readonly Change[],
  overlays: readonly Overlay[],
  journal: { readonly safety: string; readonly isUndo: boolean },
  tools: RestoreTools,
): Promise<void> {
  let isBack = false;
  try {
    await rollBack(repository, present, changes, overlays, tools);
    isBack = true;
  } finally {
    // Files left half-way need their undo: that of this reset, or that which this undo was.
    if (isBack || journal.isUndo) await disownReset(repository, journal.safety);
  }
}

/**
 * Brings files and staged state back to a checkpoint. Under git's index.lock; the present state is saved and verified first;
 * git itself refuses, before it touches anything, if a file was edited since; whatever then fails is rolled back.
 * The caller holds the repository's checkpoint lock.
 */
export async function restore(
  repository: Repository,
  request: RestoreRequest,
  tools: RestoreTools,
): Promise<RestoreOutcome> {
  const { target } = request;
  // Journal before lock: a lock without a journal could not be told from somebody else's.
  const journal = {
    target: target.record.id,
    safety: await nextCheckpointId(repository, tools, request.set),
    isUndo: request.undoes !== null,
  };
  await writeJournal(repository, { ...journal, phase: 'begun' });
  const lock = await takeIndexLock(repository, tools.lockWaitMs).catch(async (error: unknown) => {
    await removeJournal(repository);
    throw error;
  });
  try {
    const { snapshot, plan, blobChanges, rawThen } = await prepare(repository, request, tools.maxFileBytes);
    try {
      const headMoves = await decideHead(repository, snapshot, request);
      const inTheWay = await captureInTheWay(repository, snapshot, plan.changes);
      // What was in the way is in the index now, and in no list of what was written.
      const captured = inTheWay.length === 0 ? snapshot : await withTreeOfIndex(repository, snapshot);
      const from = captured.worktree;
      // The point of no return: from here on it ends as it should, or rolls back, whoever has lost patience meanwhile.
      const steady = uninterrupted(repository);
      const present = await withRawOf(repository, captured, inTheWay);
      const overlays = planOverlays(plan.changes, rawThen, present.raw?.files ?? new Map<RawPath, Oid>());
      const safety = await writeCheckpoint(
        steady,
        present,
        safetyPurpose(request, plan, headMoves),
        tools,
        journal.safety,
        () => requireContent(repository, snapshot, plan.changes),
      );

      let to = from;
      try {
        const isWhole = isEverything(plan, blobChanges) && inTheWay.length === 0;
        to = isWhole ? target.tree : await targetTree(steady, present, plan, inTheWay);
        await writeJournal(steady, { ...journal, phase: 'applying' });
        // The overlay tells by the index's times whether a file was edited meanwhile.
        if (overlays.length > 0) await refreshIndex(steady, snapshot);
        await applyTrees(steady, snapshot, from, to, isWhole ? blobChanges : undefined);
        await writeOverlays(steady, snapshot.index, overlays);
        const index = await buildStagedState(steady, snapshot, target.record, {
          isSelected: pathSelector(request.paths),
          headMoves,
          filesTree: overlays.length === 0 ? to : null,
        });
        await provideForIndex(steady, index.file);
        if (headMoves) await moveHead(steady, snapshot, target);
        await lock.install(index);
        // Once more, in case a prune ran before the index named them.
        await provideForIndex(steady, path.join(steady.gitDir, 'index'));
      } catch (error) {
        await takeBack(steady, present, await diffTrees(steady, from, to), overlays, journal, tools);
        throw error;
      }
      return { plan, safety };
    } finally {
      await snapshot.index.dispose();
    }
  } finally {
    await lock.release();
    await removeJournal(repository);
  }
}
