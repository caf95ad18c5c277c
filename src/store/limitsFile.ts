import path from 'node:path';
import { publishedLimitsSchema, type PublishedLimits } from '../protocol/limits.ts';
import { readJsonFile } from './atomicFile.ts';

export function limitsFile(stateFolder: string): string {
  return path.join(stateFolder, 'limits.json');
}

/** What was published last; null where nothing was, or by a newer version, or half of it. Throws what reading throws (permission). */
export async function readLimits(stateFolder: string): Promise<PublishedLimits | null> {
  return readJsonFile(limitsFile(stateFolder), publishedLimitsSchema);
}
