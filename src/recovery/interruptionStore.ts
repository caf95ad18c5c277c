import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { errorCode } from '../store/errno.ts';
import { takeFileLock } from '../store/fileLock.ts';
import {
  freshState,
  reportSchema,
  stateSchema,
  type InterruptionState,
  type Report,
  type StoredInterruption,
} from './report.ts';

/** After that nobody goes on with it; prompts and code are not kept longer than they are of use. */
const keepMs = 30 * 24 * 3600_000;
const lockWaitMs = 5000;

export function interruptionsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'interruptions');
}

/**
 * The same for whoever finds it, and whenever: a turn is cut off once. It begins with the turn's time, so that names sort by it.
 */
export function interruptionId(agent: string, sessionId: string, turnAt: number): string {
  const time = new Date(turnAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${time}-${createHash('sha256').update(`${agent}\0${sessionId}\0${turnAt}`).digest('hex').slice(0, 12)}`;
}

/** One that is recorded, or null: none of that id, or one of another version. */
export async function readInterruption(stateFolder: string, id: string): Promise<StoredInterruption | null> {
  const folder = path.join(interruptionsFolder(stateFolder), id);
  const report = await readJsonFile(path.join(folder, 'report.json'), reportSchema);
  if (report?.id !== id) return null;
  return { report, state: (await readJsonFile(path.join(folder, 'state.json'), stateSchema)) ?? freshState, folder };
}

/** All that are recorded, the newest first. */
export async function listInterruptions(stateFolder: string): Promise<readonly StoredInterruption[]> {
  const names = await idsIn(stateFolder);
  const read = await Promise.all(names.map((id) => readInterruption(stateFolder, id)));
  return read.filter((each) => each !== null).sort((a, b) => b.report.at - a.report.at);
}

async function idsIn(stateFolder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(interruptionsFolder(stateFolder), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && /^\d{8}T\d{6}-[\da-f]{12}$/.test(entry.name))
      .map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What a report consists of beside its data, by name; names may have one folder in them. */
export type ReportFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Lets one process record an interruption; null where it is recorded already, or somebody is just doing so.
 * @param record makes the report and its files
 */
export async function recordOnce(
  stateFolder: string,
  id: string,
  record: () => Promise<{ readonly report: Report; readonly files: ReportFiles }>,
): Promise<StoredInterruption | null> {
  const all = interruptionsFolder(stateFolder);
  await makePrivateFolder(all);
  const lock = await takeFileLock(path.join(all, `${id}.lock`), lockWaitMs);
  if (lock === null) return null;
  try {
    if ((await readInterruption(stateFolder, id)) !== null) return null;
    const { report, files } = await record();
    const folder = path.join(all, id);
    // Written beside its place, so that whoever finds the folder finds all of it.
    const making = path.join(all, `.${id}.${process.pid}`);
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { mode: 0o700 });
    try {
      for (const [name, content] of Object.entries({
        ...files,
        'report.json': `${JSON.stringify(report, null, 1)}\n`,
      })) {
        const file = path.join(making, name);
        await makePrivateFolder(path.dirname(file));
        await writeFileAtomic(file, content, 0o600, { isExpendable: name !== 'report.json' });
      }
      // Of another version, or torn: it cannot be used.
      await rm(folder, { recursive: true, force: true });
      await rename(making, folder);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    return { report, state: freshState, folder };
  } finally {
    lock.release();
  }
}

/**
 * Changes what became of an interruption; answers the new state, or null where `change` refuses (somebody was faster) or it is gone.
 * Several windows, hooks and commands may do so at once.
 */
export async function changeState(
  stateFolder: string,
  id: string,
  change: (state: InterruptionState) => Partial<InterruptionState> | null,
): Promise<InterruptionState | null> {
  // Without the folder there is no place for a lock.
  if ((await readInterruption(stateFolder, id)) === null) return null;
  const lock = await takeFileLock(path.join(interruptionsFolder(stateFolder), `${id}.lock`), lockWaitMs);
  if (lock === null) return null;
  try {
    const stored = await readInterruption(stateFolder, id);
    const changed = stored && change(stored.state);
    if (!stored || !changed) return null;
    const state = { ...stored.state, ...changed };
    await writeFileAtomic(path.join(stored.folder, 'state.json'), `${JSON.stringify(state)}\n`);
    return state;
  } finally {
    lock.release();
  }
}

/** Deletes what is older than a month, unless the user waits to go on with it; answers how many. */
export async function pruneInterruptions(stateFolder: string, now: number): Promise<number> {
  let pruned = 0;
  for (const { report, state, folder } of await listInterruptions(stateFolder)) {
    const isWaiting = state.goOnAt !== null && state.goOnAt > now;
    if (now - report.at < keepMs || isWaiting) continue;
    await rm(folder, { recursive: true, force: true });
    pruned += 1;
  }
  return pruned;
}
