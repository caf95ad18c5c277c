import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import { rewriteTag } from '../record/checkpointRefs.ts';
import { checkpointOfMessage, parseCommit, type Commit } from './commitPlan.ts';
import type { Oid } from '../git/git.ts';
import { hasOwnIndexLock } from '../git/indexLock.ts';
import { rememberState } from '../record/lastState.ts';
import type { Repository } from '../git/repository.ts';

const journalSchema = v.object({
  v: v.literal(1),
  /** of the checkpoint that is being committed */
  id: v.string(),
  branch: v.string(),
  /** HEAD before; null on an unborn branch */
  base: v.nullable(v.string()),
  tree: v.string(),
  /** name of the private index that becomes the user's as soon as the commit stands */
  index: v.string(),
});
/** A commit of commit mode while it is being made: enough to finish it, or to tell that it never happened. */
export type CommitJournal = Omit<v.InferOutput<typeof journalSchema>, 'v'>;

/** Its name in our own folder. */
export const commitJournal = 'commit.json';

function journalFile(repository: Repository): string {
  return path.join(repository.privateDir, commitJournal);
}

export async function writeCommitJournal(repository: Repository, journal: CommitJournal): Promise<void> {
  await writeFileAtomic(journalFile(repository), JSON.stringify({ v: 1, ...journal }));
}

export async function removeCommitJournal(repository: Repository): Promise<void> {
  await rm(journalFile(repository), { force: true });
}

export async function readHead({ git }: Repository): Promise<Oid | null> {
  const text = await git.text(['rev-parse', '--verify', '-q', 'HEAD'], { okCodes: [0, 1] });
  return text === '' ? null : text.trim();
}

export async function readCommit({ git }: Repository, oid: Oid): Promise<Commit> {
  return parseCommit((await git.run(['cat-file', 'commit', oid])).toString('utf8'));
}

/**
 * Looks whether the journal's commit stands, and finishes what belongs to it: the index becomes the one that was committed, and the
 * checkpoint's record names the commit. The repository is asked, never whoever was to make the commit.
 *
 * A commit of ours on top of something else than expected (a branch moved between our last look and git's own) holds a tree that
 * would take that other work back: it is taken off the branch again, unless the branch has moved on.
 *
 * To be called while index.lock is ours. Answers the commit; null: it was not made, or does not stand.
 */
export async function settleCommit(repository: Repository, journal: CommitJournal): Promise<Oid | null> {
  const head = await readHead(repository);
  if (head === null || head === journal.base) return null;
  const commit = await readCommit(repository, head);
  if (checkpointOfMessage(commit.message) !== journal.id) return null;
  const [parent = null, ...others] = commit.parents;
  if (commit.tree !== journal.tree || parent !== journal.base || others.length > 0) {
    await moveBranch(repository, journal.branch, { from: head, to: parent }, 'checkpoint: commit taken back');
    return null;
  }
  await rename(path.join(repository.privateDir, journal.index), path.join(repository.gitDir, 'index'));
  await recordCommit(repository, journal.id, head);
  return head;
}

/** Moves a branch from exactly one commit to another (null: unborn), with a line in its reflog, since it is the user's. */
export async function moveBranch(
  { git }: Repository,
  branch: string,
  move: { readonly from: Oid; readonly to: Oid | null },
  reflog: string,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const args = move.to === null ? ['-d', ref, move.from] : [ref, move.to, move.from];
  // Without a deadline: a killed update-ref leaves the branch locked.
  await git.uninterrupted().run(['update-ref', '-m', reflog, ...args], { config: { 'core.logAllRefUpdates': 'true' } });
}

async function recordCommit(repository: Repository, id: string, commit: Oid): Promise<void> {
  const [newest] = await listCheckpoints(repository, { limit: 1 });
  if (newest?.record.id !== id) return;
  const stored = await rewriteTag(repository, { ...newest, record: { ...newest.record, commit } });
  await rememberState(repository, stored, null);
}

/** A git whose parent was killed is believed to be alive while the journal is this young. */
const orphanMs = 2000;

/**
 * Finishes what a killed process began. To be called under the repository's lock, before a dead index.lock is removed: while that is
 * there, nobody else has changed the index.
 */
export async function recoverCommit(repository: Repository): Promise<void> {
  const journal = await readJsonFile(journalFile(repository), journalSchema);
  if (!journal) return;
  const age = Date.now() - (await stat(journalFile(repository))).mtimeMs;
  // A clock that was set back makes no journal younger than new.
  const end = performance.now() + orphanMs - Math.max(0, age);
  while (await hasOwnIndexLock(repository)) {
    if ((await settleCommit(repository, journal)) !== null || performance.now() > end) break;
    await sleep(20);
  }
  await removeCommitJournal(repository);
}
