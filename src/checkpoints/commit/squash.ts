import { captureState } from '../capture/captureState.ts';
import { writeCheckpoint, type CheckpointTools } from '../record/checkpointRefs.ts';
import { moveBranch, readCommit, readHead } from './commitJournal.ts';
import { CheckpointError } from '../failure.ts';
import type { Oid } from '../git/git.ts';
import { identityEnvironment } from '../git/identity.ts';
import { rememberState } from '../record/lastState.ts';
import { operationInProgress } from '../git/operationInProgress.ts';
import type { Repository } from '../git/repository.ts';
import { historyFormat, parseHistory, planSquash, squashMessage, type SquashPlan } from './squashPlan.ts';
import { surveyRepository } from '../capture/survey.ts';

/** How far back checkpoint commits are looked for. */
const mostCommits = 10_000;

export interface SquashPreview extends SquashPlan {
  readonly branch: string;
  /** where the branch is: what leads back */
  readonly oldTip: Oid;
  readonly message: string;
}

export interface Squashed extends SquashPreview {
  /** the one commit in their place */
  readonly commit: Oid;
  /** id of the safety checkpoint, which keeps the old commits alive; a reset to it that moves HEAD brings them back */
  readonly safety: string;
}

/**
 * What would be folded: the run of checkpoint commits at the branch's tip. Refused where the folding would take something from
 * somebody: commits that others may have, staged changes, an operation in progress.
 * @param message of the one commit; empty: made from what is folded
 */
export async function previewSquash(repository: Repository, message: string): Promise<SquashPreview> {
  const { status } = await surveyRepository(repository);
  const { branch, head } = status;
  const operation = await operationInProgress(repository);
  if (operation !== null) {
    throw new CheckpointError('operation-in-progress', 'A {0} is in progress. Nothing was changed.', [operation]);
  }
  if (branch === null) {
    throw new CheckpointError(
      'head-elsewhere',
      'HEAD is detached: there is no branch to squash on. Nothing was changed.',
    );
  }
  if (status.unmerged.length > 0 || status.entries.some((entry) => entry.staged !== '.')) {
    throw new CheckpointError(
      'staged-changes',
      'There are staged changes. Commit or unstage them first, so that they stay apart. Nothing was changed.',
    );
  }
  const plan = head === null ? null : planSquash(await readHistory(repository));
  if (head === null || !plan) {
    throw new CheckpointError(
      'nothing-to-squash',
      'The newest commit of {0} is no checkpoint commit. Nothing was changed.',
      [branch],
    );
  }
  await requireUnshared(repository, plan);
  return { ...plan, branch, oldTip: head, message: squashMessage(message, plan.folded) };
}

/** The commits that first parents lead to, newest first. `rev-list`, because `log` would run gpg for those who have it show signatures. */
async function readHistory({ git }: Repository) {
  const args = ['rev-list', '--first-parent', `--max-count=${mostCommits}`, '--no-commit-header'];
  const output = await git.run([...args, `--format=${historyFormat}`, 'HEAD'], {
    config: { 'i18n.logOutputEncoding': 'UTF-8' },
  });
  return parseHistory(output.toString('utf8'));
}

/** Whoever has one of them has the oldest too. */
async function requireUnshared({ git }: Repository, { folded }: SquashPlan): Promise<void> {
  const oldest = folded.at(-1)?.commit ?? '';
  const format = ['--count=1', '--format=%(refname:short)'];
  const holder = await git.run(['for-each-ref', ...format, '--contains', oldest, 'refs/remotes', 'refs/tags']);
  const name = holder.toString('utf8').trim();
  if (name === '') return;
  throw new CheckpointError(
    'already-shared',
    'Some of these commits are on {0} already: others may build on them. Nothing was changed.',
    [name],
  );
}

/**
 * Puts one commit with the tip's very tree in the place of the run. Index and files are not touched; a safety checkpoint is made
 * first. The caller holds the repository's lock.
 */
export async function squash(repository: Repository, message: string, tools: CheckpointTools): Promise<Squashed> {
  const { git } = repository;
  const preview = await previewSquash(repository, message);
  const { folded, base, branch, oldTip } = preview;
  const state = await captureState(repository, await surveyRepository(repository), tools);
  if (state.head !== oldTip || state.branch !== branch) {
    throw new CheckpointError('changed-meanwhile', 'The branch was changed meanwhile. Nothing was squashed.');
  }
  const words = folded.length === 1 ? '1 checkpoint commit' : `${folded.length} checkpoint commits`;
  const purpose = { kind: 'safety', label: `Before squashing ${words}` } as const;
  // Not `createCheckpoint`: that makes none of a state it knows, and only one made on the tip itself keeps the old commits alive.
  const safety = await writeCheckpoint(repository, state, purpose, tools);
  await rememberState(repository, safety, null);

  const { tree } = await readCommit(repository, oldTip);
  const parent = base === null ? [] : ['-p', base];
  const commit = await git.oid(['commit-tree', '--no-gpg-sign', tree, ...parent], {
    input: preview.message,
    env: await identityEnvironment(repository),
    config: { 'i18n.commitEncoding': 'UTF-8' },
  });
  const made = await readCommit(repository, commit);
  if (made.tree !== tree || (made.parents[0] ?? null) !== base || made.parents.length > 1) {
    throw new CheckpointError('damaged', 'git made another commit than was asked for. Nothing was squashed.');
  }
  await moveBranch(repository, branch, { from: oldTip, to: commit }, `checkpoint: squash of ${words}`);
  if ((await readHead(repository)) !== commit) {
    throw new CheckpointError('changed-meanwhile', 'HEAD was moved elsewhere meanwhile; {0} is squashed.', [branch]);
  }
  return { ...preview, commit, safety: safety.record.id };
}
