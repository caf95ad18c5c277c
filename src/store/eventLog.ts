import { appendFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { makePrivateFolder } from './atomicFile.ts';
import { errorCode } from './errno.ts';

const maxBytes = 1_000_000;

/** Values a log line may carry: facts about what happened, never prompt text, file contents or credentials. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export function eventLogFile(stateFolder: string): string {
  return path.join(stateFolder, 'log', 'events.jsonl');
}

/**
 * Appends one line. One short O_APPEND write is atomic among writers of a local disk, so hooks, CLI and editor share the
 * file without a lock. Rotation keeps one older file; two writers that rotate at once lose no line they have not written.
 */
export async function appendEvent(stateFolder: string, at: number, event: string, fields: LogFields): Promise<void> {
  const file = eventLogFile(stateFolder);
  await makePrivateFolder(path.dirname(file));
  try {
    if ((await stat(file)).size > maxBytes) await rename(file, `${file}.1`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  await appendFile(file, JSON.stringify({ at: new Date(at).toISOString(), event, ...fields }) + '\n', { mode: 0o600 });
}
