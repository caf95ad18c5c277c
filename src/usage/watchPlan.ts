import { posix, win32 } from 'node:path';
import type { FoundFolder } from './transcriptFolder.ts';

/** Watches are a limited resource of the whole machine (inotify), which editors use a lot of. */
const mostWatches = 256;
const lately = 2 * 24 * 60 * 60_000;

/** A folder to watch. With `names`, only those entries matter: the folder stands in for ones below it that do not exist yet. */
export interface WatchTarget {
  readonly path: string;
  readonly inode: number;
  readonly names: readonly string[] | null;
}

/**
 * Which of the folders found deserve a watch: roots and projects, because an old session can be taken up again in any of them, and
 * session and subagent folders touched in the last two days; the most recently touched first. The sweep sees to the rest.
 */
export function foldersToWatch(folders: readonly FoundFolder[], now: number): readonly WatchTarget[] {
  return folders
    .filter(({ depth, touchedAt }) => depth <= 1 || now - touchedAt <= lately)
    .sort((a, b) => Number(b.depth === 0) - Number(a.depth === 0) || b.touchedAt - a.touchedAt)
    .slice(0, mostWatches)
    .map(({ path, inode }) => ({ path, inode, names: null }));
}

/**
 * Where roots that do not exist yet will first be seen: in their nearest folder that does. `inodeOf` gives null for what does not exist.
 */
export function standIns(
  missing: readonly string[],
  platform: NodeJS.Platform,
  inodeOf: (folder: string) => number | null,
): readonly WatchTarget[] {
  const path = platform === 'win32' ? win32 : posix;
  const targets = new Map<string, WatchTarget>();
  for (const root of missing) {
    for (let at = root; path.dirname(at) !== at; at = path.dirname(at)) {
      const folder = path.dirname(at);
      const inode = inodeOf(folder);
      if (inode === null) continue;
      targets.set(folder, { path: folder, inode, names: [...(targets.get(folder)?.names ?? []), path.basename(at)] });
      break;
    }
  }
  return [...targets.values()];
}
