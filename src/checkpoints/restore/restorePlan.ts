import type { CheckpointRecord } from '../record/checkpointRecord.ts';
import { gitlink, type Change } from '../git/changes.ts';
import { displayPath, rawPath, type Oid, type RawPath } from '../git/git.ts';
import { pathsInside } from '../sets/memberPaths.ts';

/** A path that a restore leaves as it is, though the checkpoint differs there. */
export interface Kept {
  readonly path: string;
  readonly reason: 'not-captured' | 'nested-repository' | 'ignored-by-checkpoint' | 'sparse';
}

/** A repository inside that is restored as one, and to what: a checkpoint of its own, a commit, or as it was before a reset. */
export interface MemberTarget {
  readonly path: RawPath;
  readonly to:
    | { readonly kind: 'checkpoint'; readonly id: string }
    | { readonly kind: 'commit'; readonly commit: Oid }
    | { readonly kind: 'undo'; readonly set: string };
}

/** What a restore will do to files, decided before anything is touched. */
export interface RestorePlan {
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
  readonly members: readonly MemberTarget[];
}

export interface PlanInput {
  /** from the present working tree to the checkpoint's */
  readonly changes: readonly Change[];
  readonly target: Pick<CheckpointRecord, 'skipped' | 'nested' | 'members' | 'flags'>;
  readonly presentNested: readonly RawPath[];
  /** those of them that are submodules, and the commit that the outer index has of each */
  readonly submodules: ReadonlyMap<RawPath, Oid>;
  /** what an undo takes back of members; null: this is a reset */
  readonly undoes: { readonly set: string; readonly members: readonly RawPath[] } | null;
  /** relative to the top folder; empty: everything */
  readonly paths: readonly string[];
  readonly sparse: readonly RawPath[];
  /** untracked files which the checkpoint's own ignore files ignore */
  readonly ignoredByTarget: ReadonlySet<RawPath>;
}

/**
 * Chooses what a restore changes. Pure, so that it can be shown before it is done.
 * Whatever the checkpoint could not know of is never deleted: a file it left out, a nested repository's content, and a file
 * it would have ignored (an agent that un-ignores `.env` must not get `.env` deleted by the way back: cline #14367).
 */
export function planRestore(input: PlanInput): RestorePlan {
  const notCaptured = new Set(input.target.skipped.map((skipped) => rawPath(skipped.path)));
  const nested = [...input.target.nested, ...input.presentNested];
  const sparse = new Set(input.sparse);
  const wasSparse = new Set(input.target.flags.sparse);
  const isSelected = pathSelector(input.paths);
  const selected = input.changes.filter((change) => isSelected(change.path));
  const members = planMembers(input);
  const isMember = new Set(members.map((member) => member.path));
  const isWritten = (change: Change): boolean => change.kind !== 'deleted' && keepReason(change) === null;
  const written = new Set(selected.filter(isWritten).map((change) => change.path));
  const folders = new Set([...written].flatMap(parentsOf));
  const changes: Change[] = [];
  const kept: Kept[] = [];
  for (const change of selected) {
    // Where a file takes the place of a folder nothing inside can stay, nor the other way round; the safety checkpoint has it.
    const makesRoom = hasParentIn(written, change.path) || folders.has(change.path);
    const reason = change.kind === 'deleted' && makesRoom ? null : keepReason(change);
    if (isLink(change) && isMember.has(change.path)) continue;
    if (reason) kept.push({ path: displayPath(change.path), reason });
    else changes.push(change);
  }
  const isKept = new Set(kept.map((one) => one.path));
  for (const path of input.undoes ? [] : input.presentNested) {
    const name = displayPath(path);
    if (isMember.has(path) || isKept.has(name) || pathsInside(input.paths, path) === null) continue;
    kept.push({ path: name, reason: 'nested-repository' });
  }
  return { changes, kept, members };

  function keepReason({ path, kind, fromMode, toMode }: Change): Kept['reason'] | null {
    // A submodule is a repository of its own, and is restored as one.
    if (isLink({ fromMode, toMode })) return 'nested-repository';
    if (sparse.has(path) || (kind === 'added' && wasSparse.has(path))) return 'sparse';
    // Of a file that could not be read its tree holds at best an older content.
    if (kind !== 'added' && notCaptured.has(path)) return 'not-captured';
    if (kind !== 'deleted') return null;
    if (nested.some((folder) => path === folder || path.startsWith(`${folder}/`))) return 'nested-repository';
    return input.ignoredByTarget.has(path) ? 'ignored-by-checkpoint' : null;
  }
}

function isLink({ fromMode, toMode }: Pick<Change, 'fromMode' | 'toMode'>): boolean {
  return fromMode === gitlink || toMode === gitlink;
}

/**
 * The members that go back too. A submodule that was clean is in no list of the checkpoint: its state of that time is the commit
 * that the checkpoint's tree has for it. One that the checkpoint could not save is left alone.
 */
function planMembers({ target, changes, submodules, undoes, paths }: PlanInput): MemberTarget[] {
  const isMeant = ({ path }: MemberTarget): boolean => pathsInside(paths, path) !== null;
  if (undoes) {
    const { set, members } = undoes;
    return members.map((path): MemberTarget => ({ path, to: { kind: 'undo', set } })).filter(isMeant);
  }
  const saved = (target.members ?? []).flatMap(({ path, id }): MemberTarget[] =>
    id === null ? [] : [{ path, to: { kind: 'checkpoint', id } }],
  );
  const isKnown = new Set([...target.nested, ...(target.members ?? []).map((member) => member.path)]);
  const commits = new Map(submodules);
  for (const { path, fromMode, toMode, toOid } of changes) {
    if (toMode === gitlink) commits.set(path, toOid);
    // It is no submodule in the checkpoint.
    else if (fromMode === gitlink) commits.delete(path);
  }
  const wereClean = [...commits]
    .filter(([path]) => !isKnown.has(path))
    .map(([path, commit]): MemberTarget => ({ path, to: { kind: 'commit', commit } }));
  return [...saved, ...wereClean].filter(isMeant).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parentsOf(path: RawPath): RawPath[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

/** Whether one of the folders that a path lies in is itself among `paths`. */
export function hasParentIn(paths: ReadonlySet<RawPath>, path: RawPath): boolean {
  return parentsOf(path).some((parent) => paths.has(parent));
}

/** Selects a file, or everything below a folder; an empty list selects everything. Paths are relative to the top folder. */
export function pathSelector(paths: readonly string[]): (path: RawPath) => boolean {
  if (paths.length === 0) return () => true;
  const wanted = paths.map((path) => rawPath(path.replace(/\/+$/, '')));
  if (wanted.includes('')) return () => true;
  return (path) => wanted.some((want) => path === want || path.startsWith(`${want}/`));
}
