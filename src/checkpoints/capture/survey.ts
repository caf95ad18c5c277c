import { statusWithoutSubmodules } from './brokenSubmodules.ts';
import { GitError, type RawPath } from '../git/git.ts';
import { readIndexListing, type HiddenFlags } from '../git/hiddenFlags.ts';
import { userIndexStamp } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';
import { parseStatus, statusCommand, type Status } from '../git/status.ts';

/** One look at a repository. */
export interface Survey {
  readonly status: Status;
  readonly statusText: string;
  readonly flags: HiddenFlags;
  /** every `.gitattributes` of the index */
  readonly attributeFiles: readonly RawPath[];
  readonly indexStamp: string;
}

/**
 * Reads everything `status` and the index flags tell; writes nothing, takes no lock.
 * @param known what `status` has said already, of an index that has not been replaced since
 */
export async function surveyRepository(repository: Repository, known?: string): Promise<Survey> {
  const indexStamp = userIndexStamp(repository);
  const [statusText, { flags, attributeFiles }] = await Promise.all([
    known ?? readStatus(repository),
    readIndexListing(repository, indexStamp),
  ]);
  return { status: parseStatus(statusText), statusText, flags, attributeFiles, indexStamp };
}

async function readStatus(repository: Repository): Promise<string> {
  try {
    return await repository.git.text(statusCommand);
  } catch (error) {
    // What git says of a submodule it cannot look into differs by what is broken; if it is anything else, this fails too.
    if (!(error instanceof GitError) || error.code !== 128) throw error;
    return statusWithoutSubmodules(repository);
  }
}
