import { errorCode } from '../../store/errno.ts';
import { writeTreeVerdict, type TreeVerdict } from '../../store/verdictFile.ts';
import { CheckpointError } from '../failure.ts';
import { GitError } from '../git/git.ts';
import { uninterrupted, type Repository } from '../git/repository.ts';
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

/** The same after a reset, which is done: whoever has lost patience since, and whatever git says now, changes nothing of that. */
export async function noteVerdictAfter(
  repository: Repository,
  { target, paths }: Pick<RestoreRequest, 'target' | 'paths'>,
  stateFolder: string,
): Promise<void> {
  const isWhole = paths.length === 0;
  const list = isWhole ? await listCheckpoints(uninterrupted(repository)).catch(nothingFrom) : [];
  const verdict = verdictAt(list, target.record.id);
  await noteVerdict(repository, verdict, stateFolder);
}

function nothingFrom(error: unknown): readonly StoredCheckpoint[] {
  if (error instanceof CheckpointError || error instanceof GitError) return [];
  throw error;
}
