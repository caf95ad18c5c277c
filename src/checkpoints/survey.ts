import { readHiddenFlags, type HiddenFlags } from './hiddenFlags.ts';
import { userIndexStamp } from './privateIndex.ts';
import type { Repository } from './repository.ts';
import { parseStatus, statusCommand, type Status } from './status.ts';

/** One look at a repository. */
export interface Survey {
  readonly status: Status;
  readonly statusText: string;
  readonly flags: HiddenFlags;
  readonly indexStamp: string;
}

/** Reads everything `status` and the index flags tell; writes nothing, takes no lock. */
export async function surveyRepository(repository: Repository): Promise<Survey> {
  const indexStamp = await userIndexStamp(repository);
  const [statusText, flags] = await Promise.all([
    repository.git.text(statusCommand),
    readHiddenFlags(repository, indexStamp),
  ]);
  return { status: parseStatus(statusText), statusText, flags, indexStamp };
}
