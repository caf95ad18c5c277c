import { errorCode } from '../../store/errno.ts';
import { writeTreeVerdict, type TreeVerdict } from '../../store/verdictFile.ts';
import { CheckpointError } from '../failure.ts';
import { GitError } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import type { RestoreRequest } from '../restore/restore.ts';

/**
 * What the verify command last said of the files that a checkpoint holds, or came from. A reset jumps: what lies between it and the
 * checkpoint that it went to says nothing of the files it left. Pure.
 */
export function verdictAt(newestFirst: readonly StoredCheckpoint[], id: string): TreeVerdict | null {
  let from = id;
  for (const { record } of newestFirst) {
    if (record.id > from) continue;
    const { before, verified } = record;
    // Of a safety checkpoint that was gone back to itself its reset is nothing that came before.
    if (before && record.id !== from) {
      // Nobody has verified files of which some were brought back.
      if (before.paths.length > 0) return null;
      from = before.reset;
    } else if (verified) return verified.ok ? 'green' : 'red';
  }
  return null;
}

/** Leaves word of it, for programs that cannot ask git. The state folder may be read-only or full: nothing depends on that. */
export async function noteVerdict(
  { top }: Repository,
  verdict: TreeVerdict | null,
  stateFolder: string,
): Promise<void> {
  try {
    await writeTreeVerdict(stateFolder, top, verdict);
  } catch (error) {
    if (errorCode(error) === null) throw error;
  }
}

/**
 * What it said of the files that a reset will leave. Told by what is older than the checkpoint it goes to, so that it can be found out
 * before, and beside the reset: whoever has found the checkpoint has just read the list. If it cannot, that changes nothing of the reset.
 */
export async function verdictAfter(
  repository: Repository,
  { target, paths, all }: Pick<RestoreRequest, 'target' | 'paths' | 'all'>,
): Promise<TreeVerdict | null> {
  const isWhole = paths.length === 0;
  const list = isWhole ? (all ?? (await listCheckpoints(repository).catch(nothingFrom))) : [];
  return verdictAt(list, target.record.id);
}

function nothingFrom(error: unknown): readonly StoredCheckpoint[] {
  if (error instanceof CheckpointError || error instanceof GitError) return [];
  throw error;
}
