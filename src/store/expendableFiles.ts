import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from './namesIn.ts';

// Folders of small files, one for each place that somebody worked in: none of them is missed when it goes, and the oldest do.

export interface ExpendableFile {
  readonly path: string;
  readonly mtimeMs: number;
}

/** The `.json` files of a folder, newest first; none where there is no folder. Throws what reading throws (permission). */
export function expendableFiles(folder: string): readonly ExpendableFile[] {
  const files: ExpendableFile[] = [];
  for (const name of namesIn(folder)) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue;
    try {
      const file = path.join(folder, name);
      files.push({ path: file, mtimeMs: statSync(file).mtimeMs });
    } catch {
      // Forgotten by somebody else just now.
    }
  }
  return files.sort((a, b) => b.mtimeMs - a.mtimeMs);
}

/** Makes room for one more. */
export function forgetOldest(folder: string, most: number): void {
  for (const { path: file } of expendableFiles(folder).slice(most - 1)) rmSync(file, { force: true });
}
