import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import { storedSchema, type StoredCheckpoint } from './checkpointRecord.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Survey } from '../capture/survey.ts';

/** A file this young may change again within the same timestamp: its stat proves nothing yet (git's "racy" problem). */
const racyNs = 2_000_000_000n;

const lastStateSchema = v.object({
  v: v.literal(2),
  /** of the newest checkpoint */
  id: v.string(),
  /** of the state it holds; null: not known, or not worth believing */
  fingerprint: v.nullable(v.string()),
  /** the checkpoint itself, where it is known, so that git need not be asked for it */
  newest: v.nullable(storedSchema),
});
export type LastState = Readonly<v.InferOutput<typeof lastStateSchema>>;

export function lastStateFile(repository: Repository): string {
  return path.join(repository.privateDir, 'last.json');
}

/**
 * A hash over everything `status` said and the stat data of every file it named, or null while one of them is too young.
 * Equal fingerprints mean an equal working state, so that no tree has to be built to know that nothing changed.
 */
export function fingerprint(repository: Repository, survey: Survey, now: number): string | null {
  const { entries, unmerged, untracked } = survey.status;
  const { flags } = survey;
  const hash = createHash('sha1').update(survey.statusText).update(JSON.stringify(flags)).update(bootName());
  const racyFrom = BigInt(Math.floor(now)) * 1_000_000n - racyNs;
  const hidden = [...flags.assumeUnchanged, ...flags.skipWorktree];
  for (const file of [...entries, ...unmerged].map((entry) => entry.path).concat(untracked, hidden)) {
    const info = lstatOrNull(repository, file);
    if (!info) continue;
    if (info.mtimeNs > racyFrom || info.ctimeNs > racyFrom) return null;
    hash.update(`${info.mtimeNs},${info.ctimeNs},${info.size},${info.ino},${info.mode};`);
  }
  return hash.digest('hex');
}

/** After a start of the machine the files are read once, and the checkpoint looked at: a power cut may have taken objects of it. */
function bootName(): string {
  return (boot ??= readBootName());
}

/** A process does not outlive it. */
let boot: string | null = null;

function readBootName(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
  } catch {
    // No Linux: nothing names it.
    return '';
  }
}

/** What the last writer of checkpoints left word of; null where there is nothing to rely on. */
export async function readLastState(repository: Repository): Promise<LastState | null> {
  const last = await readJsonFile(lastStateFile(repository), lastStateSchema);
  // A ref that is not in a file of its own (packed, or deleted by hand) only means that git has to be asked after all.
  return last?.newest && existsSync(path.join(repository.refsDir, last.newest.ref)) ? last : null;
}

/** Changes with every word left here: whoever saves or resets does so before it lets go of the lock. */
export function lastStateStamp(repository: Repository): string {
  const info = statSync(lastStateFile(repository), { bigint: true, throwIfNoEntry: false });
  return info ? `${info.ino}:${info.mtimeNs}` : '';
}

/**
 * Also the signal to editors that the list changed: they watch this one file's folder instead of polling git.
 * @param newest the newest checkpoint, or only its id, which means that something else than a plain checkpoint happened
 */
export async function rememberState(
  repository: Repository,
  newest: StoredCheckpoint | string,
  current: string | null,
): Promise<void> {
  const known = typeof newest === 'string' ? { id: newest, newest: null } : { id: newest.record.id, newest };
  const text = JSON.stringify({ v: 2, ...known, fingerprint: current });
  await writeFileAtomic(lastStateFile(repository), text, 0o600, { isExpendable: true });
}
