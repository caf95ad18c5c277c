import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readFile,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../../store/errno.ts';
import type { Repository } from './repository.ts';

/** A copy of an index that we may write to. `file` may not exist: an unborn repository has no index. */
export interface PrivateIndex {
  readonly file: string;
  dispose(): Promise<void>;
}

/** A name for an index that git will make. */
export function newPrivateIndex(repository: Repository): PrivateIndex {
  // The pid in the name lets a later run tell what a killed process left behind.
  const file = path.join(repository.privateDir, `index.${process.pid}.${randomBytes(4).toString('hex')}`);
  return {
    file,
    async dispose() {
      await Promise.all([rm(file, { force: true }), rm(`${file}.lock`, { force: true })]);
    },
  };
}

/**
 * Copies an index with its modification time rounded DOWN to the millisecond. git decides by that time which entries are
 * "racy" and must be compared by content; with a newer time it misses a same-size edit made within the second of the
 * last index write (measured: 12 of 12 missed with a plain copy, 0 of 12 this way).
 */
async function copyIndexFile(repository: Repository, source: string): Promise<PrivateIndex> {
  const copy = newPrivateIndex(repository);
  let file;
  try {
    file = openSync(source, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return copy;
    throw error;
  }
  try {
    // Bytes and time of the same file, even if git renames a new index into place meanwhile.
    const info = fstatSync(file);
    const options = { mode: 0o600 };
    if (info.size > mostAtOnce) await writeFile(copy.file, await readOpenFile(file), options);
    else writeFileSync(copy.file, readFileSync(file), options);
    const seconds = Math.floor(info.mtimeMs) / 1000;
    utimesSync(copy.file, seconds, seconds);
    return copy;
  } catch (error) {
    await copy.dispose();
    throw error;
  } finally {
    closeSync(file);
  }
}

/** An index of up to forty thousand files is copied at once: that is quicker than the detours through the thread pool. */
const mostAtOnce = 4_000_000;
const readOpenFile = promisify(readFile);

/** A private copy of the user's index. Of this working tree's own index: a linked worktree has one (opencode #39388). */
export function copyUserIndex(repository: Repository): Promise<PrivateIndex> {
  return copyIndexFile(repository, path.join(repository.gitDir, 'index'));
}

/** By a second name: git never writes into an index, it puts a new file in its place. */
export async function copyPrivateIndex(repository: Repository, source: PrivateIndex): Promise<PrivateIndex> {
  const copy = newPrivateIndex(repository);
  try {
    linkSync(source.file, copy.file);
    return copy;
  } catch {
    // Not every file system has second names, and there may be no index.
    return copyIndexFile(repository, source.file);
  }
}

/** Changes whenever the user's index is replaced: git always writes a new file and renames it. */
export function userIndexStamp(repository: Repository): string {
  const info = statSync(path.join(repository.gitDir, 'index'), { bigint: true, throwIfNoEntry: false });
  return info ? `${info.ino}:${info.mtimeNs}:${info.size}` : 'none';
}
