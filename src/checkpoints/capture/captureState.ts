import { keepIndex, withoutGitState } from '../outside/folderStore.ts';
import type { Repository } from '../git/repository.ts';
import { takeSnapshot } from './snapshot.ts';
import { stateFromStatus } from './stateFromStatus.ts';
import type { Status } from '../git/status.ts';
import type { Survey } from './survey.ts';
import type { WorkingState } from './workingState.ts';

interface Options {
  readonly maxFileBytes: number;
}

/** Puts the present working state into git's objects: from the status alone where that tells all, else through an index. */
export async function captureState(repository: Repository, survey: Survey, options: Options): Promise<WorkingState> {
  if (repository.store?.kind === 'folder') return captureFolder(repository, survey, options);
  const direct = await stateFromStatus(repository, survey, options);
  if (direct) return direct;
  const snapshot = await takeSnapshot(repository, survey, options);
  await snapshot.index.dispose();
  return snapshot;
}

/** Here the index is ours and can be brought along: what it has learnt of the files makes the next look cost what changed since. */
async function captureFolder(repository: Repository, survey: Survey, options: Options): Promise<WorkingState> {
  const direct = isClean(survey.status) ? await stateFromStatus(repository, survey, options) : null;
  if (direct) return withoutGitState(repository, direct);
  const snapshot = await takeSnapshot(repository, survey, options);
  try {
    await keepIndex(repository, snapshot.index);
  } finally {
    await snapshot.index.dispose();
  }
  return withoutGitState(repository, snapshot);
}

function isClean({ entries, unmerged, untracked }: Status): boolean {
  return entries.length + unmerged.length + untracked.length === 0;
}
