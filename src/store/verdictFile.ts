import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { makePrivateFolder, writeFileAtomic } from './atomicFile.ts';
import { errorCode } from './errno.ts';
import { forgetOldest } from './expendableFiles.ts';
import { realPath } from './realPath.ts';

// Whether the verify command passed last, one tiny file per working tree. The checkpoints say it too, but only git can read them, and at
// a prompt there is no time for that.

const schema = v.object({ v: v.literal(1), top: v.string(), verified: v.picklist(['green', 'red']) });
export type TreeVerdict = v.InferOutput<typeof schema>['verified'];

/** Agents make working trees by the hundred, and leave them. */
const mostFiles = 300;

function verdictsFolder(stateFolder: string): string {
  return path.join(stateFolder, 'verdicts');
}

function verdictFile(stateFolder: string, top: string): string {
  return path.join(verdictsFolder(stateFolder), `${createHash('sha256').update(top).digest('hex').slice(0, 32)}.json`);
}

/**
 * What the verify command last said of the working tree that `cwd` lies in; null: nothing, or the files are others by now, because a reset
 * brought them back to something that nobody has verified. Throws what reading throws (permission).
 */
export function readTreeVerdict(stateFolder: string, cwd: string): TreeVerdict | null {
  for (let folder = realPath(path.resolve(cwd)); ; folder = path.dirname(folder)) {
    const verdict = verdictIn(verdictFile(stateFolder, folder));
    if (verdict !== null) return verdict;
    // What lies around a working tree says nothing of it.
    if (path.dirname(folder) === folder || existsSync(path.join(folder, '.git'))) return null;
  }
}

function verdictIn(file: string): TreeVerdict | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output.verified : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param top the working tree's top folder */
export async function writeTreeVerdict(stateFolder: string, top: string, verified: TreeVerdict | null): Promise<void> {
  const folder = realPath(path.resolve(top));
  const file = verdictFile(stateFolder, folder);
  if (verified === null) {
    await rm(file, { force: true });
    return;
  }
  await makePrivateFolder(verdictsFolder(stateFolder));
  if (!existsSync(file)) forgetOldest(verdictsFolder(stateFolder), mostFiles);
  await writeFileAtomic(file, JSON.stringify({ v: 1, top: folder, verified }), 0o600, { isExpendable: true });
}
