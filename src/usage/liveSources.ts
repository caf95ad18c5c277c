import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type * as v from 'valibot';
import type { Surroundings } from '../agents/agent.ts';
import {
  isRegistryFile,
  registeredSessionSchema,
  registryFolders,
  type RegisteredSession,
} from '../agents/claude/sessionRegistry.ts';
import { transcriptSources } from '../agents/transcriptSources.ts';
import { readJsonFile } from '../store/atomicFile.ts';
import { errorCode } from '../store/errno.ts';
import { sessionRecordSchema, sessionsFolder, type SessionRecord } from '../store/sessionRecord.ts';
import { stateFolder } from '../store/stateFolder.ts';

const recordAge = 24 * 60 * 60_000;

/** Claude Code's processes that are alive, as its registry tells; null where it keeps none. */
export async function readRegistry(surroundings: Surroundings): Promise<readonly RegisteredSession[] | null> {
  const folders = registryFolders(surroundings);
  const read = await Promise.all(
    folders.map(async (folder) => {
      const names = await namesIn(folder);
      return names && (await readAll(folder, names.filter(isRegistryFile), registeredSessionSchema));
    }),
  );
  const known = read.filter((sessions) => sessions !== null);
  return known.length === 0 ? null : known.flat().filter(({ pid }) => isAlive(pid));
}

/** What the hooks remember of the sessions of the last day. */
export async function readRecentRecords(surroundings: Surroundings, now: number): Promise<readonly SessionRecord[]> {
  const folder = sessionsFolder(stateFolder(surroundings));
  const names = ((await namesIn(folder)) ?? []).filter((name) => /^[0-9a-f]+\.json$/.test(name));
  const recent = await Promise.all(
    names.map(async (name) => {
      const info = await stat(path.join(folder, name)).catch(() => null);
      return info !== null && now - info.mtimeMs <= recordAge;
    }),
  );
  return readAll(
    folder,
    names.filter((_, at) => recent[at] === true),
    sessionRecordSchema,
  );
}

/** Ids of the agents that this machine has traces of: where they keep transcripts there is a folder. */
export function agentsFound(surroundings: Surroundings): readonly string[] {
  return transcriptSources
    .filter((source) =>
      source.roots(surroundings).some(({ path: root, account }) => existsSync(root) || existsSync(account)),
    )
    .map(({ agent }) => agent);
}

/** The name of the repository that a folder is in, else its own. Answers without git. */
export function repositoryName(cwd: string): string {
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return path.basename(folder);
    if (folder === path.dirname(folder)) return path.basename(cwd) || cwd;
  }
}

async function namesIn(folder: string): Promise<readonly string[] | null> {
  try {
    return await readdir(folder);
  } catch (error) {
    // Not there, or not for us to read: nothing is told either way.
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** What cannot be read says nothing: it may have gone just now. */
async function readAll<Schema extends v.GenericSchema>(
  folder: string,
  names: readonly string[],
  schema: Schema,
): Promise<readonly NonNullable<v.InferOutput<Schema>>[]> {
  const all = await Promise.all(names.map((name) => readJsonFile(path.join(folder, name), schema).catch(() => null)));
  return all.flatMap((each) => each ?? []);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}
