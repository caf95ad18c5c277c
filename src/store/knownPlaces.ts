import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';
import { errorCode } from './errno.ts';

/**
 * Where we have worked, so that all we wrote can be found and taken away again: a folder that somebody worked in, and the git directory
 * (the one that linked worktrees share) of the repository it is in.
 */
export interface KnownPlace {
  readonly repository: string | null;
  readonly folder: string;
}

const placeSchema = v.object({ v: v.literal(1), repository: v.nullable(v.string()), folder: v.string() });

export function placesFolder(stateFolder: string): string {
  return path.join(stateFolder, 'places');
}

/** One small file for each, so that hooks, CLI and editors need no lock; a place that is known costs a look at the disk. */
export async function rememberPlace(stateFolder: string, { repository, folder }: KnownPlace): Promise<void> {
  const name = createHash('sha256')
    .update(`${repository ?? ''}\0${folder}`)
    .digest('hex')
    .slice(0, 32);
  const file = path.join(placesFolder(stateFolder), `${name}.json`);
  if (existsSync(file)) return;
  try {
    await makePrivateFolder(path.dirname(file));
    await writeFileAtomic(file, JSON.stringify({ v: 1, repository, folder }), 0o600, { isExpendable: true });
  } catch (error) {
    // A full disk or a state folder that is not ours: no reason to save nothing.
    if (errorCode(error) === null) throw error;
  }
}

export async function knownPlaces(stateFolder: string): Promise<readonly KnownPlace[]> {
  const folder = placesFolder(stateFolder);
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const read = names
    .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
    .map((name) => readJsonFile(path.join(folder, name), placeSchema));
  return (await Promise.all(read)).flatMap((place) => place ?? []);
}
