import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from '../store/atomicFile.ts';
import { chunkRunSchema, type ChunkRun } from './chunkRun.ts';

/** Where the run of a plan is kept: with our state, since the plan's folder is the user's. */
export function chunkRunFile(stateFolder: string, planFile: string): string {
  const name = createHash('sha256').update(realOrAsGiven(planFile)).digest('hex').slice(0, 32);
  return path.join(stateFolder, 'plans', `${name}.json`);
}

/** A workspace can be opened through a link. */
function realOrAsGiven(file: string): string {
  try {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  } catch {
    return path.resolve(file);
  }
}

export async function readChunkRun(stateFolder: string, planFile: string): Promise<ChunkRun | null> {
  return readJsonFile(chunkRunFile(stateFolder, planFile), chunkRunSchema);
}

/** @param run null: no chunk is on its way any more */
export async function writeChunkRun(stateFolder: string, planFile: string, run: ChunkRun | null): Promise<void> {
  const file = chunkRunFile(stateFolder, planFile);
  if (run === null) {
    await rm(file, { force: true });
    return;
  }
  await makePrivateFolder(path.dirname(file));
  await writeFileAtomic(file, JSON.stringify(run));
}
