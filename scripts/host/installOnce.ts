import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const stampName = '.complete';

/**
 * Fills `folder` through `build`, once. The stamp is written last and the whole is renamed into place, so an install that was cut off is
 * done again, and of two processes that install at once neither sees the half of the other. The lock only saves the double work.
 */
export async function installOnce(folder: string, build: (partial: string) => Promise<void>): Promise<void> {
  if (isInstalled(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, () => isInstalled(folder));
  try {
    if (isInstalled(folder)) return;
    await removeLeftovers(folder);
    const partial = `${folder}.partial-${process.pid}`;
    await mkdir(partial);
    try {
      await build(partial);
      await writeFile(join(partial, stampName), '');
      await putInPlace(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } finally {
    await release();
  }
}

function isInstalled(folder: string): boolean {
  return existsSync(join(folder, stampName));
}

async function putInPlace(partial: string, folder: string): Promise<void> {
  if (isInstalled(folder)) return;
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

/** Takes the lock folder, or returns without it as soon as `done`. A lock whose process is gone is taken over. */
async function lock(path: string, done: () => boolean): Promise<() => Promise<void>> {
  while (!done()) {
    try {
      await mkdir(path);
      await writeFile(join(path, 'pid'), String(process.pid));
      return () => rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (await isStale(path)) await rm(path, { recursive: true, force: true });
      else await wait(300);
    }
  }
  return () => Promise.resolve();
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(join(path, 'pid'), 'utf8').catch(() => ''));
  if (pid > 0) return !isAlive(pid);
  // No pid yet: the owner is between its two steps, or died there.
  const made = await stat(path).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > 5000;
}

async function removeLeftovers(folder: string): Promise<void> {
  const start = `${basename(folder)}.partial-`;
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(start) && !isAlive(Number(name.slice(start.length)))) {
      await rm(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
