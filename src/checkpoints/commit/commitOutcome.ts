import type { Oid } from '../git/git.ts';
import type { CommitSkipped } from './commitPlan.ts';

/** Both null where checkpoints are not committed at all (mode hidden). */
export interface CommitOutcome {
  /** the commit that holds the checkpoint's files */
  readonly commit: Oid | null;
  readonly commitSkipped: CommitSkipped | null;
}

export const notCommitted: CommitOutcome = { commit: null, commitSkipped: null };
