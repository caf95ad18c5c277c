import type { ScanCounts } from '../protocol/usage.ts';
import type { Candidate } from './candidates.ts';
import type { Progress } from './progress.ts';

/** What was read of these transcripts. `unreadable`: files and folders that could not be looked at. */
export function scanCounts(
  candidates: Iterable<Candidate>,
  read: ReadonlyMap<number, Progress>,
  unreadable: number,
): ScanCounts {
  const counts = { files: 0, bytes: 0, rows: 0, skipped: unreadable };
  for (const { pathHash } of candidates) {
    const progress = read.get(pathHash);
    if (progress === undefined) continue;
    counts.files += 1;
    counts.bytes += progress.size;
    counts.rows += progress.rows + progress.pendingRows;
    counts.skipped += progress.bad;
  }
  return counts;
}
