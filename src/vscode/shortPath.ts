import os from 'node:os';
import { isInside } from '../store/isInside.ts';

/** A path for people and logs: the home folder shown as `~`. */
export function shortPath(file: string, home = os.homedir()): string {
  return isInside(file, home) ? `~${file.slice(home.length)}` : file;
}
