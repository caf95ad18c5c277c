import { said, type Wording } from '../../protocol/sentence.ts';
import { timeOfId, type CheckpointPurpose, type CheckpointRecord } from '../record/checkpointRecord.ts';
import { displayPath, type Oid } from '../git/git.ts';

/** Why commit mode made no commit. The hidden checkpoint stands in every case. */
export type CommitSkipReason =
  | 'no-changes'
  | 'operation-in-progress'
  | 'unmerged'
  | 'detached-head'
  | 'nested-repository'
  | 'hidden-files'
  | 'outside-git'
  | 'index-locked'
  | 'changed-meanwhile'
  | 'aborted'
  | 'failed';

/** `message` is a sentence for people. */
export interface CommitSkipped extends Wording {
  readonly reason: CommitSkipReason;
}

/** What a checkpoint and the repository's state tell against committing it; null: nothing. */
export function whyNotCommit(record: CheckpointRecord, operation: string | null): CommitSkipped | null {
  if (record.outsideGit)
    return { reason: 'outside-git', ...said('This folder has no git repository of its own to commit to.') };
  if (operation !== null) {
    // A commit now would conclude it: conflict markers as a finished merge.
    return { reason: 'operation-in-progress', ...said('A {0} is in progress; finish or abort it first.', operation) };
  }
  if (record.unmerged.length > 0)
    return { reason: 'unmerged', ...said('Some files are in conflict; resolve them first.') };
  if (record.branch === null)
    return { reason: 'detached-head', ...said('HEAD is detached: the commit would be on no branch.') };
  const [nested] = record.nested;
  if (nested !== undefined) {
    // `git add -A` would commit a bare reference to whatever commit it is at, or die if it has none.
    return {
      reason: 'nested-repository',
      ...said('{0} is a repository of its own with changes of its own.', displayPath(nested)),
    };
  }
  return null;
}

/** Why what `git add -A` made is not what the checkpoint holds. */
export function whyOtherTree({ flags }: CheckpointRecord): CommitSkipped {
  const isHidden = flags.assumeUnchanged.length + flags.skipWorktree.length + flags.sparse.length > 0;
  return isHidden
    ? {
        reason: 'hidden-files',
        ...said('git is told to look away from some changed files (assume-unchanged, skip-worktree, sparse checkout).'),
      }
    : changedMeanwhile;
}

export const changedMeanwhile: CommitSkipped = {
  reason: 'changed-meanwhile',
  ...said('Files, index or branch were changed while the checkpoint was being made.'),
};

const trailerKey = 'Soft-Landing-Checkpoint';
const subjectStart = 'Checkpoint: ';

/** What the commit of a checkpoint is called in `git log`. */
function subject({ kind, label }: Pick<CheckpointPurpose, 'kind' | 'label'>): string {
  const bare = label.replace(/^Before /, '');
  switch (kind) {
    case 'prompt':
    case 'tool':
      return `${subjectStart}Before ${bare}`;
    case 'turn':
      return subjectStart + (label.startsWith('End of ') ? label : `After ${label}`);
    case 'manual':
    case 'session':
    case 'ambient':
    case 'interrupted':
    case 'verify':
    case 'safety':
    case 'failed-restore':
      return subjectStart + label;
  }
}

/** The paragraphs of the message. `label` is clean already: one line, bounded, no control characters. */
export function commitMessage(purpose: Pick<CheckpointPurpose, 'kind' | 'label'>, id: string): readonly string[] {
  return [subject(purpose), `${trailerKey}: ${id}`];
}

/** The checkpoint whose commit this message is of; null for every other commit, one with words of the user's own too. */
export function checkpointOfMessage(message: string): string | null {
  const match = new RegExp(String.raw`^${subjectStart}[^\n]*\n\n${trailerKey}: (\S+)\s*$`).exec(message);
  const id = match?.[1];
  return id !== undefined && timeOfId(id) !== null ? id : null;
}

/** A commit object as `cat-file` prints it. */
export interface Commit {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
}

export function parseCommit(text: string): Commit {
  const end = text.indexOf('\n\n');
  const headers = (end < 0 ? text : text.slice(0, end)).split('\n').map((line) => line.split(' '));
  const values = (key: string): string[] => headers.flatMap(([name, value = '']) => (name === key ? [value] : []));
  return { tree: values('tree')[0] ?? '', parents: values('parent'), message: end < 0 ? '' : text.slice(end + 2) };
}
