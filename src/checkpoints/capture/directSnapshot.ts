import { planCapture, type CapturePlan } from './capturePlan.ts';
import { isSameFile } from './rawBytes.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';
import { stateFromStatus } from './stateFromStatus.ts';
import type { Survey } from './survey.ts';
import { flushedWithRef, GitError, records, type RawPath } from '../git/git.ts';
import { copyUserIndex, userIndexStamp, type PrivateIndex } from '../git/privateIndex.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';

interface Options {
  readonly maxFileBytes: number;
}

/**
 * The working state with an index that matches it. Its objects are made from the status while git brings the index up to date, and are
 * written with the safety checkpoint (`unwritten`): whoever lets git read what the index names before that has to write them first. Rare
 * states go the index's way as a whole.
 */
export async function snapshotForRestore(repository: Repository, survey: Survey, options: Options): Promise<Snapshot> {
  return (await directSnapshot(repository, survey, options)) ?? takeSnapshot(repository, survey, options);
}

async function directSnapshot(repository: Repository, survey: Survey, options: Options): Promise<Snapshot | null> {
  // The index of a folder's store is looked after in other ways, and objects for a mirror's store have to be held there.
  if (repository.store !== null) return null;
  const plan = planCapture(repository, survey.status, options.maxFileBytes);
  const before = stampsOf(repository, plan.add);
  const index = await copyUserIndex(repository);
  let isKept = false;
  try {
    if (userIndexStamp(repository) !== survey.indexStamp) return null;
    // git first: it is at work while we read the same files.
    const [isUpToDate, state] = await Promise.all([
      bringUpToDate(repository, index, plan, before),
      stateFromStatus(repository, survey, { ...options, plan }),
    ]);
    // Both have read the files, and must have read the same.
    const after = stampsOf(repository, plan.add);
    const isSame = before.every((stamp, at) => isSameOrNone(stamp, after[at]));
    if (state === null || !isUpToDate || !isSame) return null;
    isKept = true;
    return { ...state, index };
  } finally {
    if (!isKept) await index.dispose();
  }
}

type Stamp = ReturnType<typeof lstatOrNull>;

function stampsOf(repository: Repository, paths: readonly RawPath[]): readonly Stamp[] {
  return paths.map((path) => lstatOrNull(repository, path));
}

function isSameOrNone(a: Stamp | undefined, b: Stamp | undefined): boolean {
  return a && b ? isSameFile(a, b) : !a && !b;
}

/** Lets the index hold the files as they are; false where git would not. */
async function bringUpToDate(
  repository: Repository,
  index: PrivateIndex,
  { add, remove }: CapturePlan,
  added: readonly Stamp[],
): Promise<boolean> {
  const paths = [...remove, ...add];
  if (paths.length === 0) return true;
  // What is there under a removed name is not that file (a folder, or something beyond a link); git would look at it.
  if (remove.some((path) => !isPlainlyGone(repository, path))) return false;
  try {
    // Only told of files: their blobs come with the other objects. A link is compared with its blob, which has to be there.
    const info = added.some((stamp) => stamp?.isSymbolicLink() === true) ? [] : ['--info-only'];
    await repository.git.run(['update-index', '-z', '--add', '--remove', '--replace', ...info, '--stdin'], {
      index: index.file,
      input: records(paths),
      config: flushedWithRef,
    });
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

function isPlainlyGone(repository: Repository, path: RawPath): boolean {
  if (lstatOrNull(repository, path) !== null) return false;
  const parts = path.split('/').slice(0, -1);
  return parts.every((_, depth) => {
    const parent = lstatOrNull(repository, parts.slice(0, depth + 1).join('/'));
    return parent === null || parent.isDirectory();
  });
}
