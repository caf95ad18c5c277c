import { phrase, said } from '../../protocol/sentence.ts';
/*
 * Commit mode: beside each checkpoint also a commit on the branch, as people make it by hand (`git add -A`, `git commit`), for those
 * who want to see checkpoints in `git log`. The hidden checkpoint comes first and stands whatever happens here; it alone holds the
 * staged state that such a commit wipes out.
 *
 * `git add -A` runs on a private copy of the index. Only when it has made exactly the checkpoint's tree, and nobody has touched index
 * or branch meanwhile, is git's index.lock taken (for the milliseconds of the commit alone, so that a user's own git beside us does
 * not fail on it), the commit made and the copy put in the index's place. So a refusal at any point changes nothing of the user's.
 */
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../../store/errno.ts';
import type { CheckpointPurpose, StoredCheckpoint } from '../record/checkpointRecord.ts';
import { cleanLabel } from '../record/checkpointRecord.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { readHead, removeCommitJournal, settleCommit, writeCommitJournal } from './commitJournal.ts';
import type { CommitOutcome } from './commitOutcome.ts';
import { changedMeanwhile, commitMessage, whyNotCommit, whyOtherTree, type CommitSkipped } from './commitPlan.ts';
import type { RitualPlace } from './commitRitual.ts';
import { CheckpointError } from '../failure.ts';
import { fixedConfig, gitEnvironment, type Oid } from '../git/git.ts';
import { identityEnvironment } from '../git/identity.ts';
import { takeIndexLock } from '../git/indexLock.ts';
import { emptyTreeId } from '../git/objects.ts';
import { operationInProgress } from '../git/operationInProgress.ts';
import { copyUserIndex, userIndexStamp, type PrivateIndex } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';

interface CommitTools {
  /** how long to wait for a git that has locked the index */
  readonly lockWaitMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Commits the newest checkpoint, whose files are those on disk. The caller holds the repository's lock. What stands in the way is
 * part of the answer: the checkpoint itself has succeeded.
 */
export async function commitCheckpoint(
  repository: Repository,
  purpose: CheckpointPurpose,
  tools: CommitTools,
): Promise<CommitOutcome> {
  const skipped = (commitSkipped: CommitSkipped): CommitOutcome => ({ commit: null, commitSkipped });
  try {
    const [newest] = await listCheckpoints(repository, { limit: 1 });
    if (!newest) return skipped(changedMeanwhile);
    const result = await tryCommit(repository, newest, purpose, tools);
    return typeof result === 'string' ? { commit: result, commitSkipped: null } : skipped(result);
  } catch (error) {
    if (tools.signal?.aborted) return skipped({ reason: 'aborted', ...said('There was no time left to commit it.') });
    if (error instanceof CheckpointError && error.reason === 'index-locked') {
      return skipped({ reason: 'index-locked', ...said('Another git process is using this repository.') });
    }
    return skipped({ reason: 'failed', ...said('git could not commit it: {0}', errorText(error)) });
  }
}

async function tryCommit(
  repository: Repository,
  checkpoint: StoredCheckpoint,
  purpose: CheckpointPurpose,
  tools: CommitTools,
): Promise<Oid | CommitSkipped> {
  const { record, tree } = checkpoint;
  const head = await readHead(repository);
  if (head !== null && head === record.commit) return head;
  const against = whyNotCommit(record, await operationInProgress(repository));
  if (against) return against;
  if (head !== record.head) return changedMeanwhile;
  const headTree = head === null ? null : await repository.git.oid(['rev-parse', '--verify', '-q', `${head}^{tree}`]);
  if (tree === (headTree ?? emptyTreeId(repository))) {
    return { reason: 'no-changes', ...said('The files are as they were last committed.') };
  }
  const stamp = userIndexStamp(repository);
  const index = await copyUserIndex(repository);
  try {
    if (!(await holdsStaged(repository, index, record.staged ?? headTree))) return changedMeanwhile;
    const place = await ritualPlace(repository, index);
    const ritual = await import('./commitRitual.ts');
    await leavingOut(index, record.skipped, (pathspecs) => ritual.stageEverything(place, pathspecs, tools.signal));
    const staged = await repository.git.oid(['write-tree'], { index: index.file });
    if (staged !== tree) return whyOtherTree(record);

    const lock = await takeIndexLock(repository, tools.lockWaitMs);
    try {
      const isAsSaved =
        userIndexStamp(repository) === stamp &&
        (await readHead(repository)) === head &&
        (await readBranch(repository)) === record.branch;
      // Without a branch there was no way here (whyNotCommit).
      if (!isAsSaved || record.branch === null) return changedMeanwhile;
      await keepMode(repository, index);
      const { id, branch } = record;
      const journal = { id, branch, base: head, tree, index: path.basename(index.file) };
      await writeCommitJournal(repository, journal);
      const message = commitMessage({ kind: purpose.kind, label: cleanLabel(purpose.label) }, id);
      const problem = await ritual.commitStaged(place, message).then(() => null, errorText);
      const commit = await settleCommit(repository, journal);
      if (commit !== null) return commit;
      if ((await readHead(repository)) !== head) return changedMeanwhile;
      return {
        reason: 'failed',
        ...said('git could not commit it: {0}', problem ?? phrase('it was stopped')),
      };
    } finally {
      await lock.release();
      await removeCommitJournal(repository);
    }
  } finally {
    await index.dispose();
  }
}

async function ritualPlace(repository: Repository, index: PrivateIndex): Promise<RitualPlace> {
  const identity = await identityEnvironment(repository);
  return {
    top: repository.top,
    env: gitEnvironment({ ...identity, GIT_INDEX_FILE: index.file, GIT_LITERAL_PATHSPECS: '0' }),
    // The branch is the user's, and so is its reflog: kept or not as they have it. Hooks are the ritual's own business.
    config: fixedConfig
      .filter(([key]) => !/^core\.(?:logAllRefUpdates|hooksPath)$/.test(key))
      .map(([key, value]) => `${key}=${value}`),
  };
}

async function readBranch({ git }: Repository): Promise<string | null> {
  const name = await git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { okCodes: [0, 1] });
  return name.toString('utf8').trim() || null;
}

/** Whether the checkpoint holds what is staged right now: the commit wipes it out. */
async function holdsStaged(repository: Repository, index: PrivateIndex, staged: Oid | null): Promise<boolean> {
  const present = await repository.git.oid(['write-tree'], { index: index.file });
  return present === (staged ?? emptyTreeId(repository));
}

/** Gives `work` a file of pathspecs that leaves out what the checkpoint does not hold either; null where it holds everything. */
async function leavingOut(
  index: PrivateIndex,
  skipped: readonly { readonly path: string }[],
  work: (pathspecs: string | null) => Promise<void>,
): Promise<void> {
  if (skipped.length === 0) {
    await work(null);
    return;
  }
  const file = `${index.file}.pathspecs`;
  await writeFile(file, ['.', ...skipped.map((entry) => `:(exclude,literal)${entry.path}`), ''].join('\0'));
  try {
    await work(file);
  } finally {
    await rm(file, { force: true });
  }
}

/** A shared repository's index is readable to others, a private copy is not. */
async function keepMode(repository: Repository, index: PrivateIndex): Promise<void> {
  const old = await stat(path.join(repository.gitDir, 'index')).catch(() => null);
  if (old) await chmod(index.file, old.mode & 0o777);
}
