import { records, splitRecords, type Git, type RawPath } from './git.ts';
import type { PrivateIndex } from './privateIndex.ts';
import { lstatOrNull, type Repository } from './repository.ts';

/** Index flags that make git look away from a file, so that `status` says nothing of its changes. */
export interface HiddenFlags {
  readonly assumeUnchanged: readonly RawPath[];
  /** skip-worktree on a file that is there all the same: its content is the user's and must be saved */
  readonly skipWorktree: readonly RawPath[];
  /** skip-worktree on a file that is not there (sparse checkout): it must stay absent */
  readonly sparse: readonly RawPath[];
}

export async function readHiddenFlags(repository: Repository): Promise<HiddenFlags> {
  const assumeUnchanged: RawPath[] = [];
  const skipWorktree: RawPath[] = [];
  const sparse: RawPath[] = [];
  // `ls-files -v`: a lower-case letter is assume-unchanged, S (or s) is skip-worktree.
  for (const line of splitRecords(await repository.git.text(['ls-files', '-v', '-z']))) {
    const letter = line.charAt(0);
    const path = line.slice(2);
    if (letter >= 'a' && letter <= 'z') assumeUnchanged.push(path);
    if (letter === 'S' || letter === 's') (lstatOrNull(repository, path) ? skipWorktree : sparse).push(path);
  }
  return { assumeUnchanged, skipWorktree, sparse };
}

async function setFlag(git: Git, index: PrivateIndex, option: string, paths: readonly RawPath[]): Promise<void> {
  if (paths.length === 0) return;
  await git.run(['update-index', '-z', option, '--stdin'], { index: index.file, input: records(paths) });
}

/** Makes git look at every file that is there. */
export async function clearHiddenFlags(repository: Repository, index: PrivateIndex, flags: HiddenFlags): Promise<void> {
  await setFlag(repository.git, index, '--no-assume-unchanged', flags.assumeUnchanged);
  await setFlag(repository.git, index, '--no-skip-worktree', flags.skipWorktree);
}

/** Puts the flags back on whatever of those paths the index still has. */
export async function applyHiddenFlags(repository: Repository, index: PrivateIndex, flags: HiddenFlags): Promise<void> {
  const skipped = [...flags.skipWorktree, ...flags.sparse];
  if (flags.assumeUnchanged.length + skipped.length === 0) return;
  const present = new Set(splitRecords(await repository.git.text(['ls-files', '-z'], { index: index.file })));
  const there = (path: RawPath): boolean => present.has(path);
  await setFlag(repository.git, index, '--assume-unchanged', flags.assumeUnchanged.filter(there));
  await setFlag(repository.git, index, '--skip-worktree', skipped.filter(there));
}

export function hasHiddenFiles(flags: HiddenFlags): boolean {
  return flags.assumeUnchanged.length + flags.skipWorktree.length > 0;
}
