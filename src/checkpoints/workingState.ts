import type { Skipped } from '../protocol/checkpoint.ts';
import type { Oid, RawPath } from './git.ts';
import type { HiddenFlags } from './hiddenFlags.ts';
import type { UnmergedEntry } from './status.ts';
import type { Survey } from './survey.ts';

/** The whole working state as git objects, written but not yet named by a ref. */
export interface WorkingState {
  /** tree of the working folder: tracked and untracked files, not the ignored ones */
  readonly worktree: Oid;
  /** tree of the index; null where it equals HEAD's (or where there is neither) */
  readonly staged: Oid | null;
  readonly head: Oid | null;
  readonly headTree: Oid | null;
  readonly branch: string | null;
  readonly unmerged: readonly UnmergedEntry[];
  /** tree that keeps the conflict's stages from garbage collection; null without a conflict */
  readonly conflict: Oid | null;
  readonly intentToAdd: readonly RawPath[];
  readonly skipped: readonly Skipped[];
  /** nested repositories and submodules with changes of their own: not in `worktree` */
  readonly nested: readonly RawPath[];
  readonly flags: HiddenFlags;
  /** those of the sparse paths that HEAD does not have as the index has them */
  readonly stagedSparse: readonly RawPath[];
  /** the look at the repository that this was made from: a later one than was given if the index changed meanwhile */
  readonly survey: Survey;
  /** files that differ from HEAD */
  readonly changedFiles: number;
  /** the objects written for it, where they are known; null: whatever HEAD does not have */
  readonly written: readonly Oid[] | null;
}
