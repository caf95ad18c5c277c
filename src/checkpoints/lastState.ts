import { createHash } from 'node:crypto';
import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { lstatOrNull, type Repository } from './repository.ts';
import type { Survey } from './survey.ts';

/** A file this young may change again within the same timestamp: its stat proves nothing yet (git's "racy" problem). */
const racyNs = 2_000_000_000n;

const lastStateSchema = v.object({ v: v.literal(1), id: v.string(), fingerprint: v.nullable(v.string()) });

function lastStateFile(repository: Repository): string {
  return path.join(repository.privateDir, 'last.json');
}

/**
 * A hash over everything `status` said and the stat data of every file it named, or null while one of them is too young.
 * Equal fingerprints mean an equal working state, so that no tree has to be built to know that nothing changed.
 */
export function fingerprint(repository: Repository, survey: Survey, now: number): string | null {
  const { entries, unmerged, untracked } = survey.status;
  const { flags } = survey;
  const hash = createHash('sha1').update(survey.statusText).update(JSON.stringify(flags));
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

/** The id of the checkpoint that this fingerprint belongs to, or null. */
export async function idOfFingerprint(repository: Repository, current: string | null): Promise<string | null> {
  if (current === null) return null;
  const last = await readJsonFile(lastStateFile(repository), lastStateSchema);
  return last?.fingerprint === current ? last.id : null;
}

/** Also the signal to editors that the list changed: they watch this one file's folder instead of polling git. */
export async function rememberState(repository: Repository, id: string, current: string | null): Promise<void> {
  const text = JSON.stringify({ v: 1, id, fingerprint: current });
  await writeFileAtomic(lastStateFile(repository), text, 0o600, { isExpendable: true });
}
