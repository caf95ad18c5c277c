import { areOnDisk } from './attributeFiles.ts';
import { captureCleanFiles } from './cleanFiles.ts';
import { planCapture, type CapturePlan } from './capturePlan.ts';
import { conversionsOf } from './conversion.ts';
import { fileBlobs } from './fileBlobs.ts';
import type { Oid, RawPath } from '../git/git.ts';
import { hasHiddenFiles } from '../git/hiddenFlags.ts';
import { mayBeIntention } from '../git/intentions.ts';
import type { Repository } from '../git/repository.ts';
import type { Survey } from './survey.ts';
import { captureRaw, stampFiles } from './rawBytes.ts';
import { trackedFiles, type StatusEntry } from '../git/status.ts';
import { readFolders } from '../git/folders.ts';
import { buildTrees, type TreeEntry } from '../git/trees.ts';
import type { WorkingState } from './workingState.ts';

/**
 * The working state from one `git status` alone: only changed files are read, only trees on the way to a change are built, and
 * no index is copied. Costs what the changes cost, whatever the repository's size, and cannot be misled by the index's times.
 *
 * Answers null for every state that is rare or in which the status does not tell all (no commit yet, conflicts, intent-to-add,
 * hidden flags, sparse checkouts, a file that changes its kind right now): `takeSnapshot` then takes the index's way.
 */
export async function stateFromStatus(
  repository: Repository,
  survey: Survey,
  options: { readonly maxFileBytes: number; readonly plan?: CapturePlan },
): Promise<WorkingState | null> {
  const { status, flags } = survey;
  const { head } = status;
  const isRare =
    status.unmerged.length > 0 ||
    hasHiddenFiles(flags) ||
    flags.sparse.length > 0 ||
    status.entries.some((entry) => mayBeIntention(repository, entry));
  if (head === null || isRare) return null;

  const { add, remove, ...plan } = options.plan ?? planCapture(repository, status, options.maxFileBytes);
  const worktree = new Map<RawPath, TreeEntry | null>();
  const staged = new Map<RawPath, TreeEntry | null>();
  for (const entry of status.entries) {
    if (entry.staged === '.') continue;
    staged.set(entry.path, inIndex(entry));
    // What the plan then says of the file on disk comes over it.
    worktree.set(entry.path, inIndex(entry));
  }
  for (const path of remove) worktree.set(path, null);
  // Before git reads the files: whatever changes from here on shows.
  const stamps = stampFiles(repository, [...add, ...trackedFiles(status)]);
  // Git reads the folders while we read the files.
  const reading = readFolders(repository, head, [...worktree.keys(), ...staged.keys(), ...add]);
  reading.catch(() => undefined);
  const { convertible, plain } = await conversionsOf(repository, [...stamps.keys()], {
    onDisk: areOnDisk(status, flags),
  });
  const blobs = await fileBlobs(repository, status.entries, add, plain);
  const trees = await reading;
  if (!blobs || !trees) return null;
  for (const [path, entry] of blobs.entries) worktree.set(path, entry);
  const oidOf = new Map([...worktree].flatMap(([path, entry]) => (entry ? [[path, entry.oid] as const] : [])));
  const { raw, skipped, isTorn } = await captureRaw(repository, {
    stamps,
    convertible,
    oidsOf: () => Promise.resolve(oidOf),
    known: await captureCleanFiles(repository, survey),
  });
  if (isTorn) return null;

  const built = buildTrees(repository, trees, [worktree, staged]);
  const [worktreeTree, stagedTree] = built?.roots ?? [];
  if (!built || worktreeTree === undefined || stagedTree === undefined) return null;
  const isUnwritten = new Set(blobs.unwritten.map(({ oid }) => oid));
  return {
    worktree: worktreeTree,
    staged: stagedTree === built.base ? null : stagedTree,
    head,
    headTree: built.base,
    againstHead: worktree,
    branch: status.branch,
    unmerged: [],
    conflict: null,
    intentToAdd: [],
    ...plan,
    skipped: [...plan.skipped, ...skipped],
    raw,
    flags,
    stagedSparse: [],
    survey,
    // The staged ones are git's own work, but nothing that lasts refers to them.
    written: [...staged.values(), ...blobs.entries.values()].flatMap(objectOf).filter((oid) => !isUnwritten.has(oid)),
    unwritten: [...blobs.unwritten, ...built.unwritten],
  };
}

/** A submodule's commit is in another repository. */
function objectOf(entry: TreeEntry | null): Oid[] {
  return entry === null || entry.mode === '160000' ? [] : [entry.oid];
}

function inIndex(entry: StatusEntry): TreeEntry | null {
  return entry.staged === 'D' ? null : { mode: entry.indexMode, oid: entry.indexOid };
}
