import { planCapture } from './capturePlan.ts';
import { areOnDisk } from './attributeFiles.ts';
import { captureCleanFiles } from './cleanFiles.ts';
import { convertibleFiles } from './conversion.ts';
import { CheckpointError } from '../failure.ts';
import { flushedWithRef, records, type Oid } from '../git/git.ts';
import { clearHiddenFlags, hasHiddenFiles } from '../git/hiddenFlags.ts';
import { readIntentions } from '../git/intentions.ts';
import { emptyTreeId } from '../git/objects.ts';
import { copyPrivateIndex, copyUserIndex, userIndexStamp, type PrivateIndex } from '../git/privateIndex.ts';
import { blobsInIndex, captureRaw, stampFiles } from './rawBytes.ts';
import type { Repository } from '../git/repository.ts';
import { parseStatus, statusCommand, trackedFiles, type UnmergedEntry } from '../git/status.ts';
import { surveyRepository, type Survey } from './survey.ts';
import type { WorkingState } from './workingState.ts';

/** A working state together with a private index that matches its `worktree`, with stat data: what a restore starts from. */
export interface Snapshot extends WorkingState {
  readonly index: PrivateIndex;
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
      conflict = await git.oid(['mktree', '-z'], { input: records(lines), config: flushedWithRef });
    }
    return { staged: await git.oid(['write-tree'], { index: copy.file, config: flushedWithRef }), conflict };
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
      if (userIndexStamp(repository) !== survey.indexStamp) {
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

      const intentToAdd = await readIntentions(repository, index, status);
      const { add, remove, ...plan } = planCapture(repository, status, options.maxFileBytes);
      const stamps = stampFiles(repository, [...add, ...trackedFiles(status)]);
      // --force-remove: plain --remove dies where a parent has become a symbolic link.
      if (remove.length > 0) {
        await git.run(['update-index', '-z', '--force-remove', '--stdin'], {
          index: index.file,
          input: records(remove),
          config: flushedWithRef,
        });
      }
      if (add.length > 0) {
        await git.run(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], {
          index: index.file,
          input: records(add),
          config: flushedWithRef,
        });
      }
      const worktree =
        headTree !== null && !isStaged && add.length + remove.length === 0
          ? headTree
          : await git.oid(['write-tree'], { index: index.file, config: flushedWithRef });
      const sparse = new Set(flags.sparse);
      // A file that changes just now comes back as git makes it; the index says that it is not what it was.
      const { raw, skipped } = await captureRaw(repository, {
        stamps,
        convertible: await convertibleFiles(repository, [...stamps.keys()], { onDisk: areOnDisk(status, flags) }),
        oidsOf: (paths) => blobsInIndex(repository, index, paths),
        known: await captureCleanFiles(repository, survey),
      });
      return {
        worktree,
        // Before the first commit an empty index is what HEAD has; a ref to the empty tree would be one to an object that is nowhere.
        staged: staged === (headTree ?? emptyTreeId(repository)) ? null : staged,
        head,
        headTree,
        againstHead: null,
        branch: status.branch,
        unmerged,
        conflict,
        intentToAdd,
        ...plan,
        skipped: [...plan.skipped, ...skipped],
        raw,
        flags,
        stagedSparse: status.entries.filter((entry) => sparse.has(entry.path)).map((entry) => entry.path),
        survey,
        written: null,
        unwritten: [],
        index,
      };
    } catch (error) {
      await index.dispose();
      throw error;
    }
  }
}
