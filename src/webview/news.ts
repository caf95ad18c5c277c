import type { CheckpointRowView } from '../protocol/panelPicture.ts';
import type { PanelStrings } from '../protocol/panelStrings.ts';
import { counted, fill } from './fill.ts';
import type { NumberWords } from './numberWords.ts';
import type { ShownFolder, ShownPicture } from './picture.ts';

/** A screen reader that is told of every edit of a busy agent reads nothing else. */
export const quietTime = 5000;

/** Those on pages that were not there before; what is new comes along with the picture that names it. */
function newRows({ pages }: ShownFolder, earlier: ShownFolder): readonly CheckpointRowView[] {
  const known = new Set(earlier.pages.map(({ key }) => key));
  return pages.filter(({ key }) => !known.has(key)).flatMap(({ body }) => (body ?? []).flatMap(({ rows }) => rows));
}

/** What happened between two pictures, as one sentence for the live region; null when nothing worth saying did. */
export function newsBetween(
  before: ShownPicture | null,
  after: ShownPicture,
  number: NumberWords,
  strings: PanelStrings,
): string | null {
  if (!after.loaded || before?.loaded !== true) return null;
  const created: CheckpointRowView[] = [];
  for (const folder of after.folders) {
    const earlier = before.folders.find(({ root }) => root === folder.root);
    if (earlier === undefined) continue;
    if (folder.undoable !== null && folder.undoable !== earlier.undoable) {
      return fill(strings.resetDone, folder.undoable);
    }
    if (folder.pages === earlier.pages) continue;
    const newest = Math.max(-Infinity, ...earlier.pages.slice(0, 1).flatMap(newestOf));
    // Before the first page there was nothing.
    const isKnown = earlier.pages.length === 0 || Number.isFinite(newest);
    if (isKnown) created.push(...newRows(folder, earlier).filter(({ at, kind }) => at > newest && kind !== 'safety'));
  }
  created.sort((a, b) => b.at - a.at);
  const [first] = created;
  if (first === undefined) return null;
  const files = first.changedFiles;
  const words = files === 0 ? strings.noFilesChanged : counted(strings.filesChanged, files, number.whole(files));
  return counted(strings.created, created.length, number.whole(created.length), words);
}

function newestOf({ body }: ShownFolder['pages'][number]): readonly number[] {
  return (body ?? []).flatMap(({ rows }) => rows.map(({ at }) => at));
}
