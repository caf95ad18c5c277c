import type { Skipped } from '../../protocol/checkpoint.ts';
import type { Oid, RawPath } from '../git/git.ts';
import type { HiddenFlags } from '../git/hiddenFlags.ts';
import type { Intention } from '../git/intentions.ts';
import type { NewObject } from '../git/objects.ts';
import type { RawBytes } from './rawBytes.ts';
import type { UnmergedEntry } from '../git/status.ts';
import type { TreeChanges } from '../git/trees.ts';
import type { Survey } from './survey.ts';

/** The whole working state as git objects, not yet named by a ref. */
export interface WorkingState {
  /** tree of the working folder: tracked and untracked files, not the ignored ones */
  readonly worktree: Oid;
  /** tree of the index; null where it equals HEAD's (or where there is neither) */
  readonly staged: Oid | null;
  readonly head: Oid | null;
  readonly headTree: Oid | null;
  /** what `worktree` has otherwise than HEAD, or perhaps as HEAD has it; null: not told path by path */
  readonly againstHead: TreeChanges | null;
  readonly branch: string | null;
  readonly unmerged: readonly UnmergedEntry[];
  /** tree that keeps the conflict's stages from garbage collection; null without a conflict */
  readonly conflict: Oid | null;
  readonly intentToAdd: readonly Intention[];
  readonly skipped: readonly Skipped[];
  /** nested repositories and submodules with changes of their own: not in `worktree` */
  readonly nested: readonly RawPath[];
  readonly flags: HiddenFlags;
  /** those of the sparse paths that HEAD does not have as the index has them */
  readonly stagedSparse: readonly RawPath[];
  /** the look at the repository that this was made from: a later one than was given if the index changed meanwhile */
  readonly survey: Survey;
  /** the bytes of those files that git would not give back as they are; null: there are none */
  readonly raw: RawBytes | null;
  /** files that differ from HEAD */
  readonly changedFiles: number;
  /** the objects written for it, where they are known; null: whatever HEAD does not have */
  readonly written: readonly Oid[] | null;
  /** those still to be written (`writeObjects`) before git can read them */
  readonly unwritten: readonly NewObject[];
}
