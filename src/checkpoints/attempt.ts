import { said } from '../protocol/sentence.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { CheckpointError, type CheckpointFailure } from './failure.ts';
import { filterFailure } from './git/filterFailure.ts';
import { GitError } from './git/git.ts';

export type Outcome<Value> = Promise<Result<Value, CheckpointFailure>>;

/** Turns what this folder throws into a value. */
export async function attempt<Value>(work: () => Promise<Value>): Outcome<Value> {
  try {
    return succeed(await work());
  } catch (error) {
    if (error instanceof CheckpointError) return fail(error.failure);
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
      return fail({ reason: 'aborted', ...said('Stopped before it was done.') });
    }
    const inWords = error instanceof GitError ? filterFailure(error) : null;
    if (inWords) return fail(inWords);
    // What git and the disk refuse (no space, no permission) is expected too; a mistake of ours is not, and goes up.
    if (error instanceof GitError || errorCode(error) !== null)
      return fail({ reason: 'failed', message: errorText(error) });
    throw error;
  }
}
