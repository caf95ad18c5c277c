import { readdirSync } from 'node:fs';
import { errorCode } from './errno.ts';

/** What lies in a folder; nothing where there is none. Throws everything else (permission, a file in its place). */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
