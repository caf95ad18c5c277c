import type { Skipped } from '../../protocol/checkpoint.ts';
import { displayPath, type RawPath } from '../git/git.ts';
import { isReadable, lstatOrNull, type Repository } from '../git/repository.ts';
import type { Status } from '../git/status.ts';

/** What of a status goes into a checkpoint. */
export interface CapturePlan {
  readonly add: readonly RawPath[];
  readonly remove: readonly RawPath[];
  readonly skipped: readonly Skipped[];
  /** nested repositories and submodules with changes of their own */
  readonly nested: readonly RawPath[];
  /** files that differ from HEAD */
  readonly changedFiles: number;
}

const noLimit = Number.MAX_SAFE_INTEGER;

/** What is to be added, removed and left out, decided from a status and a look at each file. */
export function planCapture(repository: Repository, status: Status, maxFileBytes: number): CapturePlan {
  const add: RawPath[] = [];
  const remove: RawPath[] = [];
  const skipped: Skipped[] = [];
  const nested: RawPath[] = [];
  const leaveOut = (path: RawPath, reason: string, bytes = 0): void => {
    skipped.push({ path: displayPath(path), reason, bytes });
  };
  const consider = (path: RawPath, cap: number): void => {
    const info = lstatOrNull(repository, path);
    if (!info) remove.push(path);
    else if (info.isSymbolicLink()) add.push(path);
    else if (!info.isFile()) leaveOut(path, 'not a regular file');
    else if (info.size > BigInt(cap)) leaveOut(path, 'larger than the limit', Number(info.size));
    else if (!isReadable(repository, path)) leaveOut(path, 'unreadable', Number(info.size));
    else add.push(path);
  };
  for (const entry of status.entries) {
    if (entry.submodule.startsWith('S')) {
      if (entry.unstaged !== '.') nested.push(entry.path);
    } else if (entry.unstaged === 'D') remove.push(entry.path);
    // A file git already holds is saved whatever its size: the cap is for strays that nobody asked git to keep.
    else if (entry.unstaged !== '.') consider(entry.path, noLimit);
  }
  for (const entry of status.unmerged) {
    consider(entry.path, noLimit);
    // A folder, say, where the conflict was: left out, but its stages must not stay either, or no tree can be written.
    if (!add.includes(entry.path) && !remove.includes(entry.path)) remove.push(entry.path);
  }
  for (const path of status.untracked) {
    if (path.endsWith('/')) nested.push(path.slice(0, -1));
    else if (lstatOrNull(repository, path)) consider(path, maxFileBytes);
  }
  // Submodules are entries too, but no files.
  const own = new Set(nested);
  const nestedEntries = status.entries.filter((entry) => own.has(entry.path)).length;
  const untracked = status.untracked.filter((path) => !path.endsWith('/')).length;
  const changedFiles = status.entries.length + status.unmerged.length + untracked - skipped.length - nestedEntries;
  return { add, remove, skipped, nested, changedFiles };
}
