import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { diffTrees, type Change } from '../git/changes.ts';
import { listCheckpoints } from '../record/checkpointList.ts';
import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import { records, splitRecords, type Oid, type RawPath } from '../git/git.ts';
import type { Repository } from '../git/repository.ts';

const isIgnoreFile = (raw: RawPath): boolean => raw === '.gitignore' || raw.endsWith('/.gitignore');

/**
 * Which files that a restore would delete does the checkpoint's own set of ignore files ignore? It could not hold them, so it
 * cannot know whether they were there. Where no ignore file differs this can only be a file that was since added by force.
 * @param untracked files of the present that git does not track
 * @param brought files that came by our own hand (`broughtByReset`)
 */
export async function ignoredByTarget(
  repository: Repository,
  tree: Oid,
  changes: readonly Change[],
  { untracked, brought }: { readonly untracked: ReadonlySet<RawPath>; readonly brought: ReadonlyMap<RawPath, Oid> },
): Promise<ReadonlySet<RawPath>> {
  const { git } = repository;
  const deletions = changes.filter(({ path, kind, fromOid }) => kind === 'deleted' && brought.get(path) !== fromOid);
  if (deletions.length === 0) return new Set();
  const areSameRules = !changes.some((change) => isIgnoreFile(change.path));
  const candidates = areSameRules ? deletions.filter((change) => !untracked.has(change.path)) : deletions;
  if (candidates.length === 0) return new Set();

  const folder = await mkdtemp(path.join(repository.privateDir, `ignores.${process.pid}.`));
  try {
    const index = path.join(folder, 'index');
    const worktree = path.join(folder, 'worktree');
    await mkdir(worktree);
    await git.run(['read-tree', tree], { index });
    const ignoreFiles = splitRecords(await git.text(['ls-files', '-z'], { index })).filter(isIgnoreFile);
    await git.run(['checkout-index', '-z', '-f', '--stdin', `--prefix=${worktree}/`], {
      index,
      input: records(ignoreFiles),
    });
    const ignored = await git.text(['-C', worktree, 'check-ignore', '-z', '--no-index', '--stdin'], {
      env: { GIT_DIR: repository.gitDir, GIT_WORK_TREE: worktree, GIT_LITERAL_PATHSPECS: '0' },
      input: records(candidates.map((change) => change.path)),
      okCodes: [0, 1],
    });
    return new Set(splitRecords(ignored));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The files that the reset which `safety` was made for has brought, and their blobs: as long as they are as it brought them, its undo
 * takes them away again, whatever the ignore rules of before say.
 */
export async function broughtByReset(
  repository: Repository,
  safety: StoredCheckpoint,
  all?: readonly StoredCheckpoint[],
): Promise<ReadonlyMap<RawPath, Oid>> {
  const id = safety.record.before?.reset;
  const reset = (all ?? (await listCheckpoints(repository))).find(({ record }) => record.id === id);
  if (!reset) return new Map();
  const brought = (await diffTrees(repository, safety.tree, reset.tree)).filter(({ kind }) => kind === 'added');
  return new Map(brought.map(({ path, toOid }) => [path, toOid]));
}
