import { realpathSync } from 'node:fs';

/** A path with its links followed, as agents and git record where they work; of what is gone or cannot be asked, the path as it is. */
export function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
