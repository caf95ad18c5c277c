import { diffTrees, indexInfo } from '../git/changes.ts';
import type { CheckpointRecord } from '../record/checkpointRecord.ts';
import { records, type Oid, type RawPath } from '../git/git.ts';
import { applyHiddenFlags } from '../git/hiddenFlags.ts';
import { addIntentions, modeOnDisk, type Intention } from '../git/intentions.ts';
import { emptyTreeId } from '../git/objects.ts';
import { copyPrivateIndex, newPrivateIndex, type PrivateIndex } from '../git/privateIndex.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Snapshot } from '../capture/snapshot.ts';

type Target = Pick<
  CheckpointRecord,
  'head' | 'staged' | 'unmerged' | 'intentToAdd' | 'intentToAddModes' | 'flags' | 'outsideGit'
>;

export interface StagedRestoreOptions {
  readonly isSelected: (path: RawPath) => boolean;
  readonly headMoves: boolean;
  /** the tree that the snapshot's index is known to equal, now that the files are restored */
  readonly filesTree: Oid | null;
}

async function treeOf({ git }: Repository, commit: Oid): Promise<Oid> {
  return git.oid(['rev-parse', '--verify', '-q', `${commit}^{tree}`]);
}

function intentionsOf(repository: Repository, { intentToAdd, intentToAddModes = [] }: Target): readonly Intention[] {
  return intentToAdd.flatMap((path, at) => {
    const mode = intentToAddModes[at] ?? modeOnDisk(repository, path);
    return mode === null ? [] : [{ path, mode }];
  });
}

/** `base` with the given part of the way to `target` applied. */
async function overlay(
  repository: Repository,
  base: Oid,
  from: Oid,
  to: Oid,
  isSelected: (path: RawPath) => boolean,
): Promise<Oid> {
  const changes = (await diffTrees(repository, from, to)).filter((change) => isSelected(change.path));
  if (changes.length === 0) return base;
  const scratch = newPrivateIndex(repository);
  try {
    await repository.git.run(['read-tree', base], { index: scratch.file });
    await repository.git.run(['update-index', '-z', '--replace', '--index-info'], {
      index: scratch.file,
      input: indexInfo(changes, repository.zero),
    });
    return await repository.git.oid(['write-tree'], { index: scratch.file });
  } finally {
    await scratch.dispose();
  }
}

/**
 * Builds the index that the user gets: staged, conflicted and intent-to-add entries as the checkpoint has them for the
 * selected paths, as they are now for all others. Starts from the private index that matches the restored files, whose stat
 * data make the user's next `git status` fast.
 *
 * Where HEAD has moved since and stays, the checkpoint's index as it was would show all commits since as staged reversals;
 * so then it is the present HEAD plus only what was staged at that time.
 */
export async function buildStagedState(
  repository: Repository,
  snapshot: Snapshot,
  target: Target,
  options: StagedRestoreOptions,
): Promise<PrivateIndex> {
  // A folder's store: its index matches the files, and nothing is ever staged.
  if (repository.store?.kind === 'folder') return copyPrivateIndex(repository, snapshot.index);
  const { git, zero } = repository;
  const { isSelected } = options;
  const empty = emptyTreeId(repository);
  const presentHead = snapshot.headTree ?? empty;
  const present = snapshot.staged ?? presentHead;
  const targetHead =
    target.head === null ? empty : target.head === snapshot.head ? presentHead : await treeOf(repository, target.head);
  const targetStaged = target.staged ?? targetHead;
  // Where the checkpoint is from before there was a repository, nothing of it was staged: as HEAD has it.
  const isOutside = target.outsideGit === true;
  const isExact = options.headMoves || target.head === snapshot.head || target.head === null;
  const wanted = isOutside
    ? presentHead
    : isExact
      ? targetStaged
      : await overlay(repository, presentHead, targetHead, targetStaged, () => true);
  const staged = await overlay(repository, present, present, wanted, isSelected);

  const index = await copyPrivateIndex(repository, snapshot.index);
  try {
    const inIndex = { index: index.file };
    if (staged !== options.filesTree) {
      const read = staged === empty ? ['--empty'] : ['-m', '--no-sparse-checkout', staged];
      await git.run(['read-tree', ...read], inIndex);
    }

    const unmerged = [
      ...snapshot.unmerged.filter((entry) => !isSelected(entry.path)),
      ...(isExact ? target.unmerged.filter((entry) => isSelected(entry.path)) : []),
    ];
    const stages = unmerged.flatMap(({ path, modes, oids }) => [
      `0 ${zero}\t${path}`,
      ...oids.flatMap((oid, at) => (oid === zero ? [] : [`${modes[at] ?? ''} ${oid} ${at + 1}\t${path}`])),
    ]);
    if (stages.length > 0) {
      await git.run(['update-index', '-z', '--index-info'], { ...inIndex, input: records(stages) });
    }

    await addIntentions(repository, index, [
      ...snapshot.intentToAdd.filter(({ path }) => !isSelected(path)),
      ...(isExact ? intentionsOf(repository, target).filter(({ path }) => isSelected(path)) : []),
    ]);
    const mix = (present: readonly RawPath[], then: readonly RawPath[]): RawPath[] => [
      ...present.filter((path) => !isSelected(path)),
      ...then.filter(isSelected),
    ];
    // Flags that were set since are the repository's, of which such a checkpoint says nothing.
    const flags = isOutside ? { ...target.flags, ...snapshot.flags } : target.flags;
    await applyHiddenFlags(repository, index, {
      assumeUnchanged: mix(snapshot.flags.assumeUnchanged, flags.assumeUnchanged),
      skipWorktree: mix(snapshot.flags.skipWorktree, flags.skipWorktree),
      sparse: [
        ...snapshot.flags.sparse,
        ...target.flags.sparse.filter((path) => isSelected(path) && !lstatOrNull(repository, path)),
      ],
    });
    return index;
  } catch (error) {
    await index.dispose();
    throw error;
  }
}
