import type { Skipped } from '../../protocol/checkpoint.ts';
import { findAmong, listCheckpoints } from '../record/checkpointList.ts';
import type { Oid } from '../git/git.ts';
import { emptyTreeId } from '../git/objects.ts';
import { compareFiles, stateOf, type ComparedFile, type ComparedState } from './inspect.ts';
import type { Repository } from '../git/repository.ts';

/** Where the files of one side are to be read: from a checkpoint (`fileAt`), or, if there is none, from a tree (`fileIn`). */
export interface ComparedSide {
  readonly checkpoint: string | null;
  readonly tree: Oid;
}

/** What a viewer of differences needs. */
export interface Comparison {
  readonly label: string;
  readonly from: ComparedSide;
  readonly to: ComparedSide;
  readonly files: readonly ComparedFile[];
  /** what one of the two states does not hold, so that nothing can be said about it */
  readonly notCompared: readonly Skipped[];
}

/**
 * From a checkpoint to `present`, or, where that is null, to the checkpoint from the one before; the first one is compared with the
 * commit that it was made on.
 */
export async function compareCheckpoint(
  repository: Repository,
  id: string,
  present: ComparedState | null,
): Promise<Comparison> {
  const all = await listCheckpoints(repository);
  const checkpoint = await findAmong(repository, all, id);
  const { label, record } = checkpoint;
  const own = { checkpoint: record.id, ...stateOf(checkpoint) };
  const previous = present ? undefined : all[all.indexOf(checkpoint) + 1];
  if (present) return compare(own, { checkpoint: null, ...present });
  if (previous) return compare({ checkpoint: previous.record.id, ...stateOf(previous) }, own);
  const tree =
    record.head === null
      ? emptyTreeId(repository)
      : await repository.git.oid(['rev-parse', '--verify', '-q', `${record.head}^{tree}`]);
  return compare({ checkpoint: null, tree, skipped: [] }, own);

  async function compare(from: ComparedSide & ComparedState, to: ComparedSide & ComparedState): Promise<Comparison> {
    // Of a checkpoint that holds one folder only, the absence of all else means nothing.
    const scope = record.scope ?? previous?.record.scope;
    const sides = {
      from: { checkpoint: from.checkpoint, tree: from.tree },
      to: { checkpoint: to.checkpoint, tree: to.tree },
    };
    return { label, ...sides, ...(await compareFiles(repository, from, to, scope === undefined ? [] : [scope])) };
  }
}
