import { readFile, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../../store/errno.ts';
import { createWhole } from '../../store/fileLock.ts';
import { CheckpointError } from '../failure.ts';
import type { PrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';

const mark = 'soft-landing restore';

/** git's own index.lock, held by us during a restore so that no other git replaces the index under our hands. */
export interface IndexLock {
  /** Makes a finished private index the user's index. By rename: a copy would get a new time and hide racy edits. */
  install(index: PrivateIndex): Promise<void>;
  release(): Promise<void>;
}

function lockFile(repository: Repository): string {
  return path.join(repository.gitDir, 'index.lock');
}

/**
 * Waits up to `waitMs` for a lock of somebody else, then refuses; a foreign lock is never deleted.
 * The file says that it is ours, so that a later run can tell what a killed restore left behind.
 */
export async function takeIndexLock(repository: Repository, waitMs: number): Promise<IndexLock> {
  const file = lockFile(repository);
  const end = performance.now() + waitMs;
  while (!createWhole(file, `${mark} ${process.pid} ${os.hostname()}\n`)) {
    if (performance.now() > end) {
      throw new CheckpointError(
        'index-locked',
        'Another git process is using this repository ({0}). Nothing was changed; try again when it has finished.',
        [file],
      );
    }
    await sleep(50);
  }
  return {
    install: (index) => rename(index.file, path.join(repository.gitDir, 'index')),
    release: () => rm(file, { force: true }),
  };
}

/**
 * Removes an index.lock that a killed restore of this machine left behind; answers whether there was one. To be called under the
 * repository's lock, under which restores run: so its owner is dead, even if another process has got its pid by now.
 */
export async function removeDeadIndexLock(repository: Repository): Promise<boolean> {
  if (!(await hasOwnIndexLock(repository))) return false;
  await rm(lockFile(repository), { force: true });
  return true;
}

/** Whether there is an index.lock of ours, made on this machine. */
export async function hasOwnIndexLock(repository: Repository): Promise<boolean> {
  try {
    const match = /^soft-landing restore \d+ (\S+)\n/.exec(await readFile(lockFile(repository), 'latin1'));
    return match?.[1] === os.hostname();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
