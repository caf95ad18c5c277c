import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import type { PanelSnapshot } from '../protocol/panel.ts';
import type { NumberWords } from './numberWords.ts';
import { strings } from './strings.ts';

/** A screen reader that is told of every edit of a busy agent reads nothing else. */
export const quietTime = 5000;

/** Checkpoints of `after` that are younger than everything in `before`; both are newest first. */
function added(before: readonly CheckpointSummary[], after: readonly CheckpointSummary[]): CheckpointSummary[] {
  const newest = before[0];
  if (newest === undefined) return [...after];
  const since = Date.parse(newest.createdAt);
  const end = after.findIndex((row) => row.id === newest.id || Date.parse(row.createdAt) < since);
  return after.slice(0, end < 0 ? after.length : end);
}

/** What happened between two snapshots, as one sentence for the live region; null when nothing worth saying did. */
export function newsBetween(before: PanelSnapshot | null, after: PanelSnapshot, number: NumberWords): string | null {
  if (!after.loaded || before?.loaded !== true) return null;
  let created: CheckpointSummary[] = [];
  for (const folder of after.folders) {
    const earlier = before.folders.find((other) => other.root === folder.root);
    if (earlier === undefined) continue;
    if (folder.undoable !== null && folder.undoable !== earlier.undoable) return strings.resetDone(folder.undoable);
    created = created.concat(added(earlier.checkpoints, folder.checkpoints).filter((row) => row.kind !== 'safety'));
  }
  const [first] = created;
  if (first === undefined) return null;
  const files = strings.filesChanged(first.changedFiles, number.whole(first.changedFiles));
  return strings.created(created.length, number.whole(created.length), files);
}
