import type { CheckpointFailure } from '../failure.ts';
import { said } from '../../protocol/sentence.ts';
import type { GitError } from './git.ts';

/** A filter program that fails, or is not there, stops git itself. In words for a person; null for any other failure. */
export function filterFailure({ stderr }: GitError): CheckpointFailure | null {
  const match = /^fatal: (.+): (clean|smudge) filter '?(.+?)'? failed$/m.exec(stderr);
  if (!match) return null;
  const [, file = '', direction = '', filter = ''] = match;
  const key = `filter.${filter}.${direction}`;
  const words =
    direction === 'clean'
      ? said(
          "git cannot read {0}, because its filter '{1}' fails. Nothing was saved or changed. Install its program, or correct the setting {2}, and try again.",
          ...[file, filter, key],
        )
      : said(
          "git cannot write {0}, because its filter '{1}' fails. Whatever it had written was taken back. Install its program, or correct the setting {2}, and try again.",
          ...[file, filter, key],
        );
  return { reason: 'failed', ...words };
}
