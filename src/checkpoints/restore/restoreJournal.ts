import { existsSync, readdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { isAlive } from '../../store/fileLock.ts';
import { disownReset } from '../record/checkpointRefs.ts';
import { commitJournal, recoverCommit } from '../commit/commitJournal.ts';
import { removeDeadIndexLock } from '../git/indexLock.ts';
import type { Repository } from '../git/repository.ts';

const journalSchema = v.object({
  v: v.literal(1),
  pid: v.number(),
  /** begun: no file touched yet · applying: files may be half changed, `safety` has them all as they were */
  phase: v.picklist(['begun', 'applying']),
  target: v.string(),
  /** id of the safety checkpoint, known before it is made */
  safety: v.string(),
  isUndo: v.boolean(),
});
export type RestoreJournal = v.InferOutput<typeof journalSchema>;

const restoreJournal = 'restore.json';

function journalFile(repository: Repository): string {
  return path.join(repository.privateDir, restoreJournal);
}

export async function writeJournal(repository: Repository, entry: Omit<RestoreJournal, 'v' | 'pid'>): Promise<void> {
  // Before a file is touched nothing would be lost with it.
  const options = { isExpendable: entry.phase === 'begun' };
  await writeFileAtomic(journalFile(repository), JSON.stringify({ v: 1, pid: process.pid, ...entry }), 0o600, options);
}

export async function removeJournal(repository: Repository): Promise<void> {
  await rm(journalFile(repository), { force: true });
}

/** An orphaned git is believed to be alive while its lock is this young. */
const orphanMs = 5000;

/** Killing a process does not end the git it had started: that one may still be writing files. Its index lock shows it. */
async function waitForOrphans(repository: Repository): Promise<void> {
  // No lock is young for longer than that, whatever the clock says meanwhile.
  const end = performance.now() + orphanMs;
  for (;;) {
    const locks = (await readdir(repository.privateDir)).filter((name) => /^index\.\d+\..*\.lock$/.test(name));
    const ages = await Promise.all(
      locks.map(async (name) => {
        const info = await stat(path.join(repository.privateDir, name)).catch(() => null);
        return info ? Date.now() - info.mtimeMs : Infinity;
      }),
    );
    if (!ages.some((age) => age < orphanMs) || performance.now() > end) return;
    await sleep(20);
  }
}

async function removeLeftovers(folder: string, pattern: RegExp): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = pattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

const leftover = /^(?:index|ignores|intentions|lock|\.[\w.]+)\.(\d+)\./;

/** Whether there is anything that a killed process could have left: two calls, where a look at each kind of it is half a millisecond. */
function mayHaveLeftovers({ privateDir, gitDir }: Repository): boolean {
  const isOne = (name: string): boolean => name === restoreJournal || name === commitJournal || leftover.test(name);
  return readdirSync(privateDir).some(isOne) || existsSync(path.join(gitDir, 'index.lock'));
}

/**
 * Cleans up after a process that was killed: its index.lock, private indexes and journal. To be called under the
 * repository's lock, which makes certain that whoever wrote a journal found here is dead.
 * Answers the journal of a restore that was cut off while it changed files: its safety checkpoint is what undo goes back to.
 */
export async function recoverFromCrash(repository: Repository): Promise<RestoreJournal | null> {
  if (!mayHaveLeftovers(repository)) return null;
  const journal = await readJsonFile(journalFile(repository), journalSchema);
  if (journal) {
    await waitForOrphans(repository);
    // A reset that had not begun needs no undo, and an undo that was cut off is still to be done.
    if (journal.phase === 'begun' || journal.isUndo) await disownReset(repository, journal.safety);
    await removeLeftovers(repository.gitDir, /^index\.lock\.(\d+)\.[0-9a-f]{8}$/);
  }
  await recoverCommit(repository);
  await removeDeadIndexLock(repository);
  await removeLeftovers(repository.privateDir, leftover);
  await removeJournal(repository);
  return journal?.phase === 'applying' ? journal : null;
}
