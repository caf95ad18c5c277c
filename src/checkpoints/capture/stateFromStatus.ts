import { readlinkSync } from 'node:fs';
import { areOnDisk } from './attributeFiles.ts';
import { planCapture } from './capturePlan.ts';
import { convertibleFiles } from './conversion.ts';
import { GitError, pathBytes, type Oid, type RawPath } from '../git/git.ts';
import { hasHiddenFiles } from '../git/hiddenFlags.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Survey } from './survey.ts';
import { captureRaw, stampFiles } from './rawBytes.ts';
import { quoteForStdin } from '../git/stdinPaths.ts';
import { trackedFiles, type StatusEntry } from '../git/status.ts';
import { buildTrees, readFolders, type TreeEntry } from '../git/trees.ts';
import type { WorkingState } from './workingState.ts';

/**
 * The working state from one `git status` alone: only changed files are hashed, only trees on the way to a change are built, and
 * no index is copied. Costs what the changes cost, whatever the repository's size, and cannot be misled by the index's times.
 *
 * Answers null for every state that is rare or in which the status does not tell all (no commit yet, conflicts, intent-to-add,
 * hidden flags, sparse checkouts, a file that changes its kind right now): `takeSnapshot` then takes the index's way.
 */
export async function stateFromStatus(
  repository: Repository,
  survey: Survey,
  options: { readonly maxFileBytes: number },
): Promise<WorkingState | null> {
  const { status, flags } = survey;
  const { head } = status;
  const isRare =
    status.unmerged.length > 0 ||
    hasHiddenFiles(flags) ||
    flags.sparse.length > 0 ||
    status.entries.some((entry) => entry.unstaged === 'A');
  if (head === null || isRare) return null;

  const { add, remove, ...plan } = planCapture(repository, status, options.maxFileBytes);
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
  const [blobs, trees, convertible] = await Promise.all([
    hashFiles(repository, status.entries, add),
    readFolders(repository, head, [...worktree.keys(), ...staged.keys(), ...add]),
    convertibleFiles(repository, [...stamps.keys()], { onDisk: areOnDisk(status, flags) }),
  ]);
  if (!blobs || !trees) return null;
  for (const [path, entry] of blobs) worktree.set(path, entry);
  const oidOf = new Map([...worktree].flatMap(([path, entry]) => (entry ? [[path, entry.oid] as const] : [])));
  const { raw, skipped, isTorn } = await captureRaw(repository, {
    stamps,
    convertible,
    oidsOf: () => Promise.resolve(oidOf),
  });
  if (isTorn) return null;

  const built = buildTrees(repository, trees, [worktree, staged]);
  const [worktreeTree, stagedTree] = built?.roots ?? [];
  if (!built || worktreeTree === undefined || stagedTree === undefined) return null;
  return {
    worktree: worktreeTree,
    staged: stagedTree === built.base ? null : stagedTree,
    head,
    headTree: built.base,
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
    written: [...staged.values(), ...blobs.values()].flatMap(objectOf),
    unwritten: built.unwritten,
  };
}

/** A submodule's commit is in another repository. */
function objectOf(entry: TreeEntry | null): Oid[] {
  return entry === null || entry.mode === '160000' ? [] : [entry.oid];
}

function inIndex(entry: StatusEntry): TreeEntry | null {
  return entry.staged === 'D' ? null : { mode: entry.indexMode, oid: entry.indexOid };
}

/** Writes the files' content into the object store as git would (filters, line ends). Null if a file vanished or changed its kind. */
async function hashFiles(
  repository: Repository,
  entries: readonly StatusEntry[],
  paths: readonly RawPath[],
): Promise<Map<RawPath, TreeEntry> | null> {
  const { git } = repository;
  const modes = new Map(entries.map((entry) => [entry.path, entry.worktreeMode]));
  const result = new Map<RawPath, TreeEntry>();
  const files: { path: RawPath; mode: string }[] = [];
  let hasFileModes: Promise<boolean> | undefined;
  for (const path of paths) {
    const info = lstatOrNull(repository, path);
    const known = modes.get(path);
    const isKnownFile = known === '100644' || known === '100755';
    if (info?.isSymbolicLink() && (known === undefined || known === '120000')) {
      const target = readlinkSync(repository.absolute(path), { encoding: 'buffer' });
      result.set(path, {
        mode: '120000',
        oid: await git.oid(['hash-object', '-w', '--no-filters', '--stdin'], { input: target }),
      });
    } else if (info?.isFile() && isKnownFile) {
      files.push({ path, mode: known });
    } else if (info?.isFile() && (known === undefined || known === '000000')) {
      const isExecutable = (info.mode & 0o100n) !== 0n && (await (hasFileModes ??= readFileModes(repository)));
      files.push({ path, mode: isExecutable ? '100755' : '100644' });
    } else {
      return null;
    }
  }
  if (files.length === 0) return result;
  try {
    const input = Buffer.concat(files.map(({ path }) => pathBytes(`${quoteForStdin(path)}\n`)));
    const oids = (await git.text(['hash-object', '-w', '--stdin-paths'], { input })).trim().split('\n');
    if (oids.length !== files.length) return null;
    files.forEach(({ path, mode }, at) => result.set(path, { mode, oid: oids[at] ?? '' }));
    return result;
  } catch (error) {
    // The first file that cannot be read ends it all; the index's way can leave single files out.
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Whether the executable bit on disk means anything here. */
async function readFileModes({ git }: Repository): Promise<boolean> {
  return (await git.text(['config', '--type=bool', '--default=true', '--get', 'core.fileMode'])).trim() === 'true';
}
