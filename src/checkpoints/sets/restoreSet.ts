import { said } from '../../protocol/sentence.ts';
import { errorText } from '../../store/errno.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { findCheckpoint, listCheckpoints } from '../record/checkpointList.ts';
import { rewriteTag } from '../record/checkpointRefs.ts';
import { CheckpointError, type CheckpointFailure } from '../failure.ts';
import { displayPath, GitError, type Oid, type RawPath } from '../git/git.ts';
import { rememberState } from '../record/lastState.ts';
import { isChanged, Looks } from './looks.ts';
import { pathsInside } from './memberPaths.ts';
import {
  forMembers,
  isMembersOwn,
  lockMember,
  openMember,
  type Ancestors,
  type Member,
  type SetTools,
} from './members.ts';
import type { Repository } from '../git/repository.ts';
import { previewRestore, restore, type RestoreRequest, type RestoreTools } from '../restore/restore.ts';
import type { Kept, MemberTarget, RestorePlan } from '../restore/restorePlan.ts';
import { surveyRepository } from '../capture/survey.ts';
import { noteVerdict, verdictAfter } from '../verify/treeVerdict.ts';

export type SetRestoreTools = RestoreTools & SetTools;

/** What became of one nested repository or submodule in a reset, an undo, or the preview of one. */
export interface MemberReport {
  /** relative to the outermost repository's top folder */
  readonly path: string;
  /** what it was to go back to: id of a checkpoint of its own, or of a commit; null: nothing there was done, see `error` */
  readonly restored: string | null;
  readonly written: number;
  readonly deleted: number;
  readonly kept: readonly Kept[];
  /** its own safety checkpoint; null: nothing was changed */
  readonly safety: string | null;
  readonly error?: CheckpointFailure;
}

/** What a reset did, or would do, to one repository and to each inside it. */
export interface SetReport {
  readonly written: number;
  readonly deleted: number;
  readonly kept: readonly Kept[];
  readonly members: readonly MemberReport[];
}

/** All files of a report, those of the repositories inside too, and the repositories in which it failed. */
export function totalsOf({ written, deleted, kept, members }: SetReport): {
  readonly written: number;
  readonly deleted: number;
  readonly kept: number;
  readonly failed: readonly { readonly path: string; readonly error: CheckpointFailure }[];
} {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    written: written + sum(members.map((member) => member.written)),
    deleted: deleted + sum(members.map((member) => member.deleted)),
    kept: kept.length + sum(members.map((member) => member.kept.length)),
    failed: members.flatMap(({ path, error }) => (error ? [{ path, error }] : [])),
  };
}

/**
 * Restores a repository, then each of its members as the repository it is: own lock, safety checkpoint and journal. One that fails is
 * reported and hinders no other. The caller holds the lock of this repository.
 */
export async function restoreSet(
  repository: Repository,
  request: RestoreRequest,
  tools: SetRestoreTools,
  ancestors: Ancestors = [],
): Promise<SetReport & { readonly safety: StoredCheckpoint }> {
  // Nothing is known of the state from here on, however this ends.
  await rememberState(repository, request.target.record.id, null);
  const verdict = verdictAfter(repository, request);
  verdict.catch(() => undefined);
  const { plan, safety } = await restore(repository, request, tools);
  const set = safety.record.set ?? safety.record.id;
  const members = await eachMember(repository, plan, request, tools, ancestors, (target, inner, around) =>
    restoreMember(target, { ...inner, set }, tools, around),
  );
  const named = await nameMembers(repository, safety, members);
  await rememberState(repository, named.record.id, null);
  await noteVerdict(repository, await verdict, tools.stateFolder);
  return { ...report(plan, members), safety: named };
}

/** What `restoreSet` would do; changes nothing. */
export async function previewSet(
  repository: Repository,
  request: RestoreRequest,
  tools: SetRestoreTools,
  ancestors: Ancestors = [],
): Promise<SetReport> {
  const plan = await previewRestore(repository, request, tools.maxFileBytes);
  const members = await eachMember(repository, plan, request, tools, ancestors, async (member, inner, around) => {
    const { kept, members: deeper, ...counts } = await previewSet(member, inner, tools, around);
    return [{ path: '', restored: inner.target.record.id, ...counts, kept, safety: null }, ...deeper];
  });
  return report(plan, members);
}

function report(plan: RestorePlan, members: readonly MemberReport[]): SetReport {
  const deleted = plan.changes.filter((change) => change.kind === 'deleted').length;
  return { written: plan.changes.length - deleted, deleted, kept: plan.kept, members };
}

/** Answers with paths relative to the member: "" is the member itself. */
type MemberWork = (
  member: Repository,
  request: RestoreRequest,
  ancestors: Ancestors,
) => Promise<readonly MemberReport[]>;

async function eachMember(
  repository: Repository,
  plan: RestorePlan,
  request: RestoreRequest,
  tools: SetRestoreTools,
  ancestors: Ancestors,
  work: MemberWork,
): Promise<readonly MemberReport[]> {
  const around = [...ancestors, repository];
  const failed = (member: MemberTarget, error: unknown): readonly MemberReport[] => {
    const nothing = { restored: null, written: 0, deleted: 0, kept: [], safety: null };
    return [{ path: displayPath(member.path), ...nothing, error: failureIn(member, error) }];
  };
  const answers = await forMembers(
    plan.members,
    async (member) => {
      try {
        return await withMember(member, request, tools, around, work);
      } catch (error) {
        if (isMembersOwn(error)) return failed(member, error);
        throw error;
      }
    },
    failed,
  );
  return answers.flat();
}

async function withMember(
  member: MemberTarget,
  outer: RestoreRequest,
  tools: SetRestoreTools,
  ancestors: Ancestors,
  work: MemberWork,
): Promise<readonly MemberReport[]> {
  const { path } = member;
  const repository = await openMember(ancestors, path, tools);
  const lock = await lockMember(repository, tools);
  try {
    const target = await targetOf(repository, member, outer);
    // Of this one the reset had not got that far, or nothing in it was to be changed.
    if (!target) return [];
    const inside = pathsInside(outer.paths, path) ?? [];
    const { headTo = null } = target.record.before ?? {};
    const request: RestoreRequest = outer.undoes
      ? { target, paths: target.record.before?.paths ?? [], moveHead: headTo !== null, undoes: { headTo } }
      : { target, paths: inside, moveHead: outer.moveHead, undoes: null };
    const reports = await work(repository, request, ancestors);
    const prefix = displayPath(path);
    return reports.map((one) => ({ ...one, path: one.path === '' ? prefix : `${prefix}/${one.path}` }));
  } finally {
    lock.release();
  }
}

async function restoreMember(
  repository: Repository,
  request: RestoreRequest,
  tools: SetRestoreTools,
  ancestors: Ancestors,
): Promise<readonly MemberReport[]> {
  const { id } = request.target.record;
  if (!request.undoes && (await isAt(repository, id, tools, ancestors))) {
    return [{ path: '', restored: id, written: 0, deleted: 0, kept: [], safety: null }];
  }
  const { written, deleted, kept, members, safety } = await restoreSet(repository, request, tools, ancestors);
  return [{ path: '', restored: id, written, deleted, kept, safety: safety.record.id }, ...members];
}

/** Whether a member is as the checkpoint has it, all inside it too: then it gets no safety checkpoint for nothing. */
async function isAt(repository: Repository, id: string, tools: SetTools, ancestors: Ancestors): Promise<boolean> {
  const looks = new Looks(tools);
  try {
    const look = await looks.at(repository, surveyRepository(repository), ancestors);
    return look.newest?.record.id === id && !isChanged(look);
  } finally {
    looks.release();
  }
}

async function targetOf(
  repository: Repository,
  { to }: MemberTarget,
  outer: RestoreRequest,
): Promise<StoredCheckpoint | null> {
  switch (to.kind) {
    case 'checkpoint':
      return findCheckpoint(repository, to.id);
    case 'commit':
      return atCommit(repository, to.commit, outer.target);
    case 'undo':
      return safetyOf(repository, to.set);
  }
}

/** A clean submodule's state has no checkpoint: it is its commit. */
async function atCommit(
  { git }: Repository,
  commit: Oid,
  { record, label, ref, createdAt }: StoredCheckpoint,
): Promise<StoredCheckpoint> {
  let tree: Oid;
  try {
    tree = await git.oid(['rev-parse', '--verify', '-q', `${commit}^{tree}`]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new CheckpointError('damaged', 'Commit {0}, at which it was clean, is not there. Nothing was changed.', [
      commit,
    ]);
  }
  const nothing = { staged: null, unmerged: [], intentToAdd: [], nested: [], skipped: [], changedFiles: 0 };
  const flags = { assumeUnchanged: [], skipWorktree: [], sparse: [] };
  // On a branch of its own nobody knows where that one was: only a detached HEAD can be moved back.
  const own = { v: 1, id: commit, worktree: '', head: commit, branch: null, ...nothing, flags } as const;
  const { kind, agent, session, prompt, tool } = record;
  return { record: { ...own, kind, agent, session, prompt, tool }, label, ref, tree, createdAt };
}

/** The safety checkpoint that a reset of the set left in this member; null if it left none, or it was taken back already. */
async function safetyOf(repository: Repository, set: string): Promise<StoredCheckpoint | null> {
  const open: StoredCheckpoint[] = [];
  const takenBack = new Set<string>();
  for (const checkpoint of await listCheckpoints(repository)) {
    const { before, id } = checkpoint.record;
    if (!before) continue;
    if (before.isUndo) takenBack.add(before.reset);
    else if (!takenBack.has(id)) open.push(checkpoint);
  }
  const found = open.find(({ record }) => record.set === set) ?? null;
  if (found && found !== open[0]) {
    throw new CheckpointError(
      'nothing-to-undo',
      'Another reset was done there since. Take that one back first (in that repository); nothing was changed.',
    );
  }
  return found;
}

function failureIn({ path, to }: MemberTarget, error: unknown): CheckpointFailure {
  if (!(error instanceof CheckpointError)) return { reason: 'failed', message: errorText(error) };
  const { reason, sentence } = error;
  if (reason !== 'not-found' || to.kind === 'undo') return error.failure;
  const what =
    to.kind === 'commit'
      ? said(
          'The submodule {0} is not there. “git submodule update --init” brings it back at the commit it was on.',
          displayPath(path),
        )
      : said(
          '{0} Its files are in checkpoints of its own, which are in its git directory: if that is gone, they cannot be brought back; if it is a submodule, “git submodule update --init” brings it back with them, and then this reset can be repeated.',
          sentence,
        );
  return { reason, ...what };
}

/** Tells, once it is known, where what a reset changed in members is saved: its safety checkpoint then stands for all of it. */
async function nameMembers(
  repository: Repository,
  safety: StoredCheckpoint,
  reports: readonly MemberReport[],
): Promise<StoredCheckpoint> {
  const { record } = safety;
  const ids = new Map(reports.map(({ path, safety: id }) => [path, id]));
  const members = (record.before?.members ?? []).flatMap((path: RawPath): Member[] => {
    const id = ids.get(displayPath(path)) ?? null;
    return id === null ? [] : [{ path, id }];
  });
  if (members.length === 0) return safety;
  const isSaved = new Set(members.map(({ path }) => displayPath(path)));
  const skipped = record.skipped.filter(({ path, reason }) => reason !== 'nested repository' || !isSaved.has(path));
  return rewriteTag(repository, { ...safety, record: { ...record, members, skipped } });
}
