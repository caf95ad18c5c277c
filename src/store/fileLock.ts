import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errno.ts';

/** Nothing that takes one of our locks works this long; a pid in such a lock is somebody else's by now. */
const longestMs = 30 * 60_000;

/** A process that is alive on another machine (a shared folder) cannot be asked; its lock is believed this long. */
const foreignLockMs = 120_000;

/** Whether a process of this machine exists. Another user's process answers EPERM, and lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Creates `file` with its content in one atomic step, or answers false where it exists.
 * A hard link, because open(O_EXCL) followed by a write shows others an empty lock in between. Synchronous: four calls of some
 * microseconds, where the thread pool's queue takes a millisecond.
 */
export function createWhole(file: string, content: string): boolean {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(temporary, content, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // No hard links here (FAT, some network drives).
    try {
      writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (second) {
      if (errorCode(second) === 'EEXIST') return false;
      throw second;
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function readLock(file: string): { text: string; ageMs: number } | null {
  try {
    return { text: readFileSync(file, 'utf8'), ageMs: Date.now() - statSync(file).mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * When a process of this machine started, in the kernel's ticks; "-" where the kernel does not tell (not Linux).
 * Pids come again, soon in containers and after a restart: only together with this does one name a process.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets, and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}

function ownToken(): string {
  return `${process.pid} ${os.hostname()} ${startOf(process.pid)}`;
}

function isStale(lock: { text: string; ageMs: number }): boolean {
  const [pid, host, start = '-'] = lock.text.trim().split(' ');
  if (host !== os.hostname() || !pid || !/^\d+$/.test(pid)) return lock.ageMs > foreignLockMs;
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start || lock.ageMs > longestMs;
}

/**
 * Removes a lock whose owner is dead. Two processes may come to that conclusion at once, and the slower one would then
 * delete the faster one's fresh lock: so breaking is itself done under a lock, on a second look.
 */
async function breakStale(file: string): Promise<void> {
  const breaker = `${file}.break`;
  const current = readLock(breaker);
  if (current && isStale(current)) await rm(breaker, { force: true });
  if (!createWhole(breaker, `${ownToken()}\n`)) return;
  try {
    const lock = readLock(file);
    if (lock && isStale(lock)) await rm(file, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

export interface FileLock {
  /** whether somebody else had it first */
  readonly waited: boolean;
  release(): void;
}

/**
 * Takes a lock that other processes respect, waiting up to `waitMs`; null when it was not to be had in time.
 * Own code instead of proper-lockfile: that one tells a dead owner only by a missed heartbeat (seconds), and a hook that
 * follows a killed hook has no such time; here a dead owner is known at once by its pid.
 */
export async function takeFileLock(file: string, waitMs: number, signal?: AbortSignal): Promise<FileLock | null> {
  const token = `${ownToken()} ${randomBytes(6).toString('hex')}\n`;
  // Not the machine's clock: one that is set back would have a hook wait for an hour.
  const end = performance.now() + waitMs;
  let waited = false;
  for (let pause = 5; ; pause = Math.min(pause * 1.5, 100)) {
    signal?.throwIfAborted();
    if (createWhole(file, token)) break;
    waited = true;
    const lock = readLock(file);
    if (lock && isStale(lock)) await breakStale(file);
    else if (lock && performance.now() > end) return null;
    else await sleep(pause * (0.5 + Math.random()), undefined, signal ? { signal } : {});
  }
  return {
    waited,
    release() {
      // Never remove a lock that is no longer ours.
      if (readLock(file)?.text === token) rmSync(file, { force: true });
    },
  };
}
