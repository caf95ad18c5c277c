import type { CheckpointRecord } from './checkpointRecord.ts';
import { gitlink, type Change } from './changes.ts';
import { displayPath, rawPath, type RawPath } from './git.ts';

/** A path that a restore leaves as it is, though the checkpoint differs there. */
export interface Kept {
  readonly path: string;
  readonly reason: 'not-captured' | 'nested-repository' | 'ignored-by-checkpoint' | 'sparse';
}

/** What a restore will do to files, decided before anything is touched. */
export interface RestorePlan {
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
}

export interface PlanInput {
  /** from the present working tree to the checkpoint's */
  readonly changes: readonly Change[];
  readonly target: Pick<CheckpointRecord, 'skipped' | 'nested' | 'flags'>;
  readonly presentNested: readonly RawPath[];
  readonly sparse: readonly RawPath[];
  /** untracked files which the checkpoint's own ignore files ignore */
  readonly ignoredByTarget: ReadonlySet<RawPath>;
  readonly isSelected: (path: RawPath) => boolean;
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
  const selected = input.changes.filter((change) => input.isSelected(change.path));
  const isWritten = (change: Change): boolean => change.kind !== 'deleted' && keepReason(change) === null;
  const written = new Set(selected.filter(isWritten).map((change) => change.path));
  const folders = new Set([...written].flatMap(parentsOf));
  const changes: Change[] = [];
  const kept: Kept[] = [];
  for (const change of selected) {
    // Where a file takes the place of a folder nothing inside can stay, nor the other way round; the safety checkpoint has it.
    const makesRoom = hasParentIn(written, change.path) || folders.has(change.path);
    const reason = change.kind === 'deleted' && makesRoom ? null : keepReason(change);
    if (reason) kept.push({ path: displayPath(change.path), reason });
    else changes.push(change);
  }
  return { changes, kept };

  function keepReason({ path, kind, fromMode, toMode }: Change): Kept['reason'] | null {
    // A submodule is a repository of its own, and is restored as one.
    if (fromMode === gitlink || toMode === gitlink) return 'nested-repository';
    if (sparse.has(path) || (kind === 'added' && wasSparse.has(path))) return 'sparse';
    // Of a file that could not be read its tree holds at best an older content.
    if (kind !== 'added' && notCaptured.has(path)) return 'not-captured';
    if (kind !== 'deleted') return null;
    if (nested.some((folder) => path === folder || path.startsWith(`${folder}/`))) return 'nested-repository';
    return input.ignoredByTarget.has(path) ? 'ignored-by-checkpoint' : null;
  }
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
