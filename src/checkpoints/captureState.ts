import type { Repository } from './repository.ts';
import { takeSnapshot } from './snapshot.ts';
import { stateFromStatus } from './stateFromStatus.ts';
import type { Survey } from './survey.ts';
import type { WorkingState } from './workingState.ts';

/** Writes the present working state into git's object store: from the status alone where that tells all, else through an index. */
export async function captureState(
  repository: Repository,
  survey: Survey,
  options: { readonly maxFileBytes: number },
): Promise<WorkingState> {
  const direct = await stateFromStatus(repository, survey, options);
  if (direct) return direct;
  const snapshot = await takeSnapshot(repository, survey, options);
  await snapshot.index.dispose();
  return snapshot;
}
