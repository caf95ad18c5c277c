import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { findUndo, summarize } from '../record/checkpointRecord.ts';
import type { Repository } from '../git/repository.ts';

export interface CheckpointsOverview {
  /** null when HEAD is detached */
  readonly branch: string | null;
  readonly checkpoints: readonly CheckpointSummary[];
  /** label of the checkpoint that the reset which `undo` takes back went to; null when there is nothing to undo */
  readonly undoable: string | null;
  /** id of that checkpoint */
  readonly undoableTo: string | null;
}

/** What a list view shows, read in one go. */
export async function readOverview(repository: Repository): Promise<CheckpointsOverview> {
  const { git } = repository;
  const [branch, list] = await Promise.all([
    git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { okCodes: [0, 1] }),
    listCheckpoints(repository),
  ]);
  const undo = findUndo(list)?.record.before;
  const resetTo = undo && list.find((checkpoint) => checkpoint.record.id === undo.reset);
  return {
    branch: branch.toString('utf8').trim() || null,
    checkpoints: list.map(summarize),
    undoable: undo ? (resetTo?.label ?? undo.reset) : null,
    undoableTo: undo?.reset ?? null,
  };
}
