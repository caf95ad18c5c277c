import type { CheckpointFailure } from '../failure.ts';
import type { GitError } from './git.ts';

/** A filter program that fails, or is not there, stops git itself. In words for a person; null for any other failure. */
export function filterFailure({ stderr }: GitError): CheckpointFailure | null {
  const match = /^fatal: (.+): (clean|smudge) filter '?(.+?)'? failed$/m.exec(stderr);
  if (!match) return null;
  const [, file = '', direction = '', filter = ''] = match;
  const what =
    direction === 'clean'
      ? `git cannot read ${file}, because its filter '${filter}' fails. Nothing was saved or changed.`
      : `git cannot write ${file}, because its filter '${filter}' fails. Whatever it had written was taken back.`;
  const key = `filter.${filter}.${direction}`;
  return { reason: 'failed', message: `${what} Install its program, or correct the setting ${key}, and try again.` };
}
