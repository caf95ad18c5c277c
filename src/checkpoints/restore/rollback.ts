import { applyTrees, refreshIndex } from './applyTrees.ts';
import { diffTrees, indexInfo, type Change } from '../git/changes.ts';
import { writeCheckpoint, type CheckpointTools } from '../record/checkpointRefs.ts';
import { captureInTheWay } from './inTheWay.ts';
import type { Oid, RawPath } from '../git/git.ts';
import { takeOverlaysBack, type Overlay } from './overlay.ts';
import { copyPrivateIndex } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';
import { takeSnapshot, type Snapshot } from '../capture/snapshot.ts';
import { surveyRepository } from '../capture/survey.ts';

/**
 * Takes back a restore that failed half-way: reverts those paths whose present content is what the restore wrote (or whose
 * file it had removed). Anything else on disk is somebody's newer work and stays. What is there is saved first, as always.
 */
export async function rollBack(
  repository: Repository,
  before: Snapshot,
  changes: readonly Change[],
  overlays: readonly Overlay[],
  tools: CheckpointTools,
): Promise<void> {
  const { git, zero } = repository;
  const seen = await takeSnapshot(repository, await surveyRepository(repository), tools);
  try {
    // A file that is ignored is there although no tree shows it: without this it would be taken for removed, and overwritten.
    const hidden = await captureInTheWay(
      repository,
      seen,
      changes.filter((change) => change.kind !== 'added').map((change) => ({ ...change, kind: 'added' })),
    );
    const now: Snapshot =
      hidden.length === 0 ? seen : { ...seen, worktree: await git.oid(['write-tree'], { index: seen.index.file }) };
    const current = new Map(
      (await diffTrees(repository, before.worktree, now.worktree)).map((change) => [change.path, change]),
    );
    const ours: Change[] = [];
    for (const change of changes) {
      const found = current.get(change.path);
      if (!found) continue;
      const isWritten = found.toMode === change.toMode && found.toOid === change.toOid;
      const isRemoved = found.kind === 'deleted' && change.kind === 'modified';
      if (isWritten || isRemoved || (await isTorn(repository, found, change))) ours.push(change);
    }
    if (ours.length > 0) await revert(now, ours);
    const reverted = ours.map((change) => change.path);
    await takeOverlaysBack(repository, overlays, before.raw?.files ?? new Map<RawPath, Oid>(), reverted);
  } finally {
    await seen.index.dispose();
  }

  async function revert(now: Snapshot, ours: readonly Change[]): Promise<void> {
    await writeCheckpoint(
      repository,
      now,
      { kind: 'failed-restore', label: 'Half-way through a reset that failed' },
      tools,
    );
    const index = await copyPrivateIndex(repository, now.index);
    try {
      const reverse = ours.map((change): Change => ({
        path: change.path,
        fromMode: change.toMode,
        toMode: change.fromMode,
        fromOid: change.toOid,
        toOid: change.fromOid,
        kind: change.kind === 'added' ? 'deleted' : change.kind === 'deleted' ? 'added' : 'modified',
      }));
      await git.run(['update-index', '-z', '--replace', '--index-info'], {
        index: index.file,
        input: indexInfo(reverse, zero),
      });
      const to = await git.oid(['write-tree'], { index: index.file });
      await refreshIndex(repository, now);
      await applyTrees(repository, now, now.worktree, to);
    } finally {
      await index.dispose();
    }
  }
}

/** Whether what is there is the beginning of what was to be written: git was stopped, or the disk was full, in mid-file. */
async function isTorn({ git }: Repository, found: Change, wanted: Change): Promise<boolean> {
  const isFile = (mode: string): boolean => mode.startsWith('100');
  if (!isFile(found.toMode) || !isFile(wanted.toMode)) return false;
  const [there, whole] = await Promise.all(
    [found.toOid, wanted.toOid].map((oid) => git.run(['cat-file', 'blob', oid])),
  );
  return there !== undefined && whole?.subarray(0, there.length).equals(there) === true;
}
