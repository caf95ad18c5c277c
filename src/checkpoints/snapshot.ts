import type { Skipped } from '../protocol/checkpoint.ts';
import { CheckpointError } from './failure.ts';
import { displayPath, records, type Oid, type RawPath } from './git.ts';
import { clearHiddenFlags, hasHiddenFiles, readHiddenFlags, type HiddenFlags } from './hiddenFlags.ts';
import { copyPrivateIndex, copyUserIndex, userIndexStamp, type PrivateIndex } from './privateIndex.ts';
import { isReadable, lstatOrNull, type Repository } from './repository.ts';
import { parseStatus, statusCommand, type Status, type UnmergedEntry } from './status.ts';

/** The whole working state as git objects, written but not yet named by a ref. */
export interface Snapshot {
  /** tree of the working folder: tracked and untracked files, not the ignored ones */
  readonly worktree: Oid;
  /** tree of the index; null where it equals HEAD's (or where there is neither) */
  readonly staged: Oid | null;
  readonly head: Oid | null;
  readonly headTree: Oid | null;
  readonly branch: string | null;
  readonly unmerged: readonly UnmergedEntry[];
  /** tree that keeps the conflict's stages from garbage collection; null without a conflict */
  readonly conflict: Oid | null;
  readonly intentToAdd: readonly RawPath[];
  readonly skipped: readonly Skipped[];
  /** nested repositories and submodules with changes of their own: not in `worktree` */
  readonly nested: readonly RawPath[];
  readonly flags: HiddenFlags;
  /** those of the sparse paths that HEAD does not have as the index has them */
  readonly stagedSparse: readonly RawPath[];
  /** the look at the repository that this was made from: a later one than was given if the index changed meanwhile */
  readonly survey: Survey;
  /** files that differ from HEAD */
  readonly changedFiles: number;
  /** private index that matches `worktree`, with stat data */
  readonly index: PrivateIndex;
}

export interface Survey {
  readonly status: Status;
  readonly statusText: string;
  readonly flags: HiddenFlags;
  readonly indexStamp: string;
}

/** Reads everything `status` and the index flags tell; writes nothing, takes no lock. */
export async function surveyRepository(repository: Repository): Promise<Survey> {
  const indexStamp = await userIndexStamp(repository);
  const [statusText, flags] = await Promise.all([repository.git.text(statusCommand), readHiddenFlags(repository)]);
  return { status: parseStatus(statusText), statusText, flags, indexStamp };
}

const noLimit = Number.MAX_SAFE_INTEGER;

/** What is to be added, removed and left out, decided from a status and a look at each file. */
function sortOut(repository: Repository, status: Status, maxFileBytes: number) {
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
  return { add, remove, skipped, nested };
}

/** The index as a tree (conflicts collapsed to "ours"), and a tree of all conflict stages. */
async function stagedTrees(repository: Repository, index: PrivateIndex, unmerged: readonly UnmergedEntry[]) {
  const { git, zero } = repository;
  const copy = await copyPrivateIndex(repository, index);
  try {
    let conflict: Oid | null = null;
    if (unmerged.length > 0) {
      const collapse = unmerged.flatMap(({ path, modes, oids }) => [
        `0 ${zero}\t${path}`,
        ...(oids[1] === zero ? [] : [`${modes[1]} ${oids[1]} 0\t${path}`]),
      ]);
      await git.run(['update-index', '-z', '--index-info'], { index: copy.file, input: records(collapse) });
      const stages = unmerged.flatMap(({ modes, oids }) => oids.map((oid, stage) => ({ oid, mode: modes[stage] })));
      const lines = stages
        .filter(({ oid }) => oid !== zero)
        .map(({ oid, mode = '' }, number) => {
          const type = mode === '160000' ? 'commit' : 'blob';
          return `${mode} ${type} ${oid}\t${String(number).padStart(6, '0')}`;
        });
      conflict = await git.oid(['mktree', '-z'], { input: records(lines) });
    }
    return { staged: await git.oid(['write-tree'], { index: copy.file }), conflict };
  } finally {
    await copy.dispose();
  }
}

/**
 * Writes the present working state into git's object store by way of a private index. The user's index is only read.
 * `survey` must be fresh; if the index is replaced between the two, the whole look is repeated.
 */
export async function takeSnapshot(
  repository: Repository,
  survey: Survey,
  options: { readonly maxFileBytes: number },
): Promise<Snapshot> {
  const { git } = repository;
  for (let attempt = 1; ; attempt++) {
    const index = await copyUserIndex(repository);
    try {
      if ((await userIndexStamp(repository)) !== survey.indexStamp) {
        if (attempt === 5) {
          throw new CheckpointError(
            'busy',
            'Another git process keeps changing the index. Nothing was changed; try again.',
          );
        }
        await index.dispose();
        survey = await surveyRepository(repository);
        continue;
      }
      const { flags } = survey;
      let { status } = survey;
      if (hasHiddenFiles(flags)) {
        await clearHiddenFlags(repository, index, flags);
        status = parseStatus(await git.text(statusCommand, { index: index.file }));
      }
      const { head, unmerged } = status;
      const headTree = head === null ? null : await git.oid(['rev-parse', '--verify', '-q', `${head}^{tree}`]);
      const isStaged = status.entries.some((entry) => entry.staged !== '.') || unmerged.length > 0;
      const { staged, conflict } =
        isStaged || (head === null && survey.indexStamp !== 'none')
          ? await stagedTrees(repository, index, unmerged)
          : { staged: null, conflict: null };

      const { add, remove, skipped, nested } = sortOut(repository, status, options.maxFileBytes);
      // --force-remove: plain --remove dies where a parent has become a symbolic link.
      if (remove.length > 0) {
        await git.run(['update-index', '-z', '--force-remove', '--stdin'], {
          index: index.file,
          input: records(remove),
        });
      }
      if (add.length > 0) {
        await git.run(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], {
          index: index.file,
          input: records(add),
        });
      }
      const worktree =
        headTree !== null && !isStaged && add.length + remove.length === 0
          ? headTree
          : await git.oid(['write-tree'], { index: index.file });
      const sparse = new Set(flags.sparse);
      const untracked = status.untracked.filter((path) => !path.endsWith('/')).length;
      return {
        worktree,
        staged: staged === headTree ? null : staged,
        head,
        headTree,
        branch: status.branch,
        unmerged,
        conflict,
        intentToAdd: status.entries.filter((entry) => entry.unstaged === 'A').map((entry) => entry.path),
        skipped,
        nested,
        flags,
        stagedSparse: status.entries.filter((entry) => sparse.has(entry.path)).map((entry) => entry.path),
        survey,
        changedFiles:
          status.entries.length + unmerged.length + untracked - skipped.length - countNestedEntries(status, nested),
        index,
      };
    } catch (error) {
      await index.dispose();
      throw error;
    }
  }
}

/** Submodule entries were counted among the entries; they are not files. */
function countNestedEntries(status: Status, nested: readonly RawPath[]): number {
  const own = new Set(nested);
  return status.entries.filter((entry) => own.has(entry.path)).length;
}
