import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { isAlive } from '../store/fileLock.ts';
import { removeDeadIndexLock } from './indexLock.ts';
import type { Repository } from './repository.ts';

const journalSchema = v.object({
  v: v.literal(1),
  pid: v.number(),
  /** begun: no file touched yet · applying: files may be half changed, `safety` has them all as they were */
  phase: v.picklist(['begun', 'applying']),
  target: v.string(),
  safety: v.nullable(v.string()),
});
export type RestoreJournal = v.InferOutput<typeof journalSchema>;

function journalFile(repository: Repository): string {
  return path.join(repository.privateDir, 'restore.json');
}

export async function writeJournal(repository: Repository, entry: Omit<RestoreJournal, 'v' | 'pid'>): Promise<void> {
  await writeFileAtomic(journalFile(repository), JSON.stringify({ v: 1, pid: process.pid, ...entry }));
}

export async function removeJournal(repository: Repository): Promise<void> {
  await rm(journalFile(repository), { force: true });
}

/**
 * Cleans up after a process that was killed: its index.lock, private indexes and journal. To be called under the
 * repository's lock, which makes certain that whoever wrote a journal found here is dead.
 * Answers the journal of a restore that was cut off while it changed files: its safety checkpoint is what undo goes back to.
 */
export async function recoverFromCrash(repository: Repository): Promise<RestoreJournal | null> {
  const journal = await readJsonFile(journalFile(repository), journalSchema);
  await removeDeadIndexLock(repository);
  for (const name of await readdir(repository.privateDir)) {
    const pid = /^(?:index|ignores|\.[\w.]+)\.(\d+)\./.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(path.join(repository.privateDir, name), { recursive: true, force: true });
  }
  await removeJournal(repository);
  return journal?.phase === 'applying' ? journal : null;
}
