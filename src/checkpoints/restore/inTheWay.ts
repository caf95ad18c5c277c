import { readdirSync } from 'node:fs';
import { errorCode } from '../../store/errno.ts';
import type { Change } from '../git/changes.ts';
import { CheckpointError } from '../failure.ts';
import { displayPath, records, splitRecords, type RawPath } from '../git/git.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Snapshot } from '../capture/snapshot.ts';

const maxBytes = 200_000_000n;

function* filesBelow(repository: Repository, folder: RawPath): Generator<RawPath> {
  let entries;
  try {
    entries = readdirSync(repository.absolute(folder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return;
    throw error;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name.toString('latin1')}`;
    if (entry.isDirectory()) yield* filesBelow(repository, path);
    else yield path;
  }
}

/** Every path on disk that writing `changes` would overwrite or remove although the snapshot does not hold it. */
function findUncaptured(repository: Repository, changes: readonly Change[]): Set<RawPath> {
  const held = new Set(changes.filter((change) => change.kind !== 'added').map((change) => change.path));
  const found = new Set<RawPath>();
  const folders = new Set<string>();

  /** Whether all parents are real folders; a parent that is a file (or a link: never looked through) is itself in the way. */
  const parentsAreFolders = (path: RawPath): boolean => {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (folders.has(parent)) continue;
      const info = lstatOrNull(repository, parent);
      if (!info) return false;
      if (!info.isDirectory()) {
        if (!held.has(parent)) found.add(parent);
        return false;
      }
      folders.add(parent);
    }
    return true;
  };

  for (const { path, kind } of changes) {
    if (kind === 'deleted' || !parentsAreFolders(path)) continue;
    const info = lstatOrNull(repository, path);
    if (info?.isDirectory()) for (const file of filesBelow(repository, path)) found.add(file);
    else if (info && kind === 'added') found.add(path);
  }
  return found;
}

/**
 * Adds to the snapshot's private index whatever is in the way of a restore and was not captured (ignored files, files above
 * the size limit), so that the safety checkpoint holds it: git treats ignored files as expendable and would overwrite them.
 * Answers the paths. Throws `in-the-way` where something cannot be saved; nothing has been changed then.
 */
export async function captureInTheWay(
  repository: Repository,
  snapshot: Snapshot,
  changes: readonly Change[],
): Promise<readonly RawPath[]> {
  const found = findUncaptured(repository, changes);
  if (found.size === 0) return [];
  const index = snapshot.index.file;
  const known = new Set(splitRecords(await repository.git.text(['ls-files', '-z'], { index })));
  const uncaptured = [...found].filter((path) => !known.has(path));
  if (uncaptured.length === 0) return [];

  let bytes = 0n;
  for (const path of uncaptured) {
    if (path.split('/').includes('.git')) {
      throw new CheckpointError('in-the-way', 'A nested repository is in the way: {0}. Nothing was changed.', [
        displayPath(path),
      ]);
    }
    const info = lstatOrNull(repository, path);
    if (info?.isFile()) bytes += info.size;
  }
  if (bytes > maxBytes) {
    throw new CheckpointError(
      'in-the-way',
      'Files that no checkpoint holds are in the way and too large to save first ({0} MB, for example {1}). Nothing was changed; move them away and try again.',
      [Number(bytes / 1_000_000n), displayPath(uncaptured[0] ?? '')],
    );
  }
  await repository.git.run(['update-index', '-z', '--add', '--replace', '--stdin'], {
    index,
    input: records(uncaptured),
  });
  return uncaptured;
}
