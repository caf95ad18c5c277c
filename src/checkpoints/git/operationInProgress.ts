import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Repository } from './repository.ts';

/** git's own marks, in this working tree's git directory, and what people call what they stand for. */
const marks = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['sequencer', 'cherry-pick or revert'],
  ['BISECT_LOG', 'bisect'],
] as const;

/** What git is in the middle of, as a word for people; null: nothing. */
export async function operationInProgress(repository: Repository): Promise<string | null> {
  for (const [name, word] of marks) {
    const found = await access(path.join(repository.gitDir, name)).then(
      () => true,
      () => false,
    );
    if (found) return word;
  }
  return null;
}
