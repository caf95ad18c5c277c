import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makePrivateFolder } from '../../store/atomicFile.ts';
import { errorCode } from '../../store/errno.ts';
import { isAlive } from '../../store/fileLock.ts';

const temporaryName = /^\.(?:new|old)\.(\d+)\.[0-9a-f]{8}$/;

function temporary(dir: string, state: 'new' | 'old'): string {
  return path.join(path.dirname(dir), `.${state}.${process.pid}.${randomBytes(4).toString('hex')}`);
}

/**
 * Makes a store under another name and gives it its own when it is whole: whoever finds one, finds a finished one. Of two processes
 * that do so at once one wins, and both have the same.
 */
export async function makeStore(dir: string, fill: (dir: string) => Promise<void>): Promise<void> {
  await makePrivateFolder(path.dirname(dir));
  await removeLeftovers(path.dirname(dir));
  const fresh = temporary(dir, 'new');
  try {
    await makePrivateFolder(fresh);
    await fill(fresh);
    await rename(fresh, dir);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Windows says EPERM where the other store is.
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Takes a store away in one step: a half deleted one would look like one. */
export async function removeStore(dir: string): Promise<void> {
  const old = temporary(dir, 'old');
  await rename(dir, old);
  await rm(old, { recursive: true, force: true });
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = temporaryName.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}
