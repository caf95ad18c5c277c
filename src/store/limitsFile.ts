import * as v from 'valibot';
import { publishedLimitsSchema, type LimitWindow, type PublishedLimits } from '../protocol/limits.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';
import { takeFileLock } from './fileLock.ts';
import { limitsFile } from './stateFiles.ts';

/** Clocks of one machine agree; a file from further ahead was written before the clock was set back. */
const clockSkew = 60_000;
/** Without a reset nothing else ends what another writer published. The longest window is a week. */
const longestHeld = 8 * 24 * 60 * 60_000;
const lockPatience = 500;

/** Whose windows a writer knows: those that it no longer tells of are gone. */
export interface LimitsOwner {
  readonly agent: string;
  readonly account: string;
}

/** What was published last; null where nothing was, or by a newer version, or half of it. Throws what reading throws (permission). */
export async function readLimits(stateFolder: string): Promise<PublishedLimits | null> {
  return readJsonFile(limitsFile(stateFolder), publishedLimitsSchema);
}

/** A newer version's file holds more than we could write back. */
const newerSchema = v.looseObject({ v: v.pipe(v.number(), v.minValue(2)) });

/**
 * Publishes what is known of these owners' windows, if that differs from what stands there; others' windows stay. Returns whether it
 * wrote: not if somebody published something newer, a newer version of us did, or somebody keeps writing. Throws what writing throws (permission, full disk).
 */
export async function publishLimits(
  stateFolder: string,
  limits: PublishedLimits,
  owners: readonly LimitsOwner[],
): Promise<boolean> {
  // Most looks find nothing new: no lock for those.
  if (mergedLimits(await readLimits(stateFolder), limits, owners) === null) return false;
  const file = limitsFile(stateFolder);
  if ((await readJsonFile(file, newerSchema)) !== null) return false;
  await makePrivateFolder(stateFolder);
  const lock = await takeFileLock(`${file}.lock`, lockPatience);
  if (lock === null) return false;
  try {
    const merged = mergedLimits(await readLimits(stateFolder), limits, owners);
    if (merged === null) return false;
    // Torn by a power cut it is as good as none: the next look publishes anew.
    await writeFileAtomic(file, `${JSON.stringify(merged)}\n`, 0o600, { isExpendable: true });
    return true;
  } finally {
    lock.release();
  }
}

/** What is to stand in the file; null if it is to stay as it is. */
export function mergedLimits(
  published: PublishedLimits | null,
  limits: PublishedLimits,
  owners: readonly LimitsOwner[],
): PublishedLimits | null {
  if (published === null) return limits;
  if (published.at > limits.at && published.at <= limits.at + clockSkew) return null;
  const own = new Set([...owners, ...limits.windows].map(keyOf));
  const others = published.windows.filter((window) => !own.has(keyOf(window)) && holds(window, limits.at));
  const windows = [...limits.windows, ...others];
  return JSON.stringify(windows) === JSON.stringify(published.windows) ? null : { ...limits, windows };
}

function keyOf({ agent, account }: LimitsOwner): string {
  return JSON.stringify([agent, account]);
}

function holds({ resetsAt, capturedAt }: LimitWindow, now: number): boolean {
  return (resetsAt === null || resetsAt > now) && now - capturedAt < longestHeld;
}
