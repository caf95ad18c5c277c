import { existsSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errno.ts';

/** The folder of ours in a user's folder, which ignores itself: plan and hand-over. */
const ownFolderName = '.soft-landing';

/** Our folder for the work in `dir`: in the repository's top folder; where there is none, in `dir` itself. */
export function ownFolder(dir: string): string {
  const start = path.resolve(dir);
  for (let at = start; ; at = path.dirname(at)) {
    // A linked worktree has a file `.git`.
    if (existsSync(path.join(at, '.git'))) return path.join(at, ownFolderName);
    if (path.dirname(at) === at) return path.join(start, ownFolderName);
  }
}

/** What a landing agent leaves for the next session, of it or of another agent. */
export function handOverFile(dir: string): string {
  return path.join(ownFolder(dir), 'HANDOVER.md');
}

/** Makes our folder and its `.gitignore`, so that what an agent writes there is in no checkpoint and no commit. */
export async function prepareOwnFolder(dir: string): Promise<void> {
  const folder = ownFolder(dir);
  await mkdir(folder).catch(isThere);
  // A link in a repository must not lead us out of it.
  if ((await realpath(folder)) !== path.join(await realpath(path.dirname(folder)), ownFolderName)) return;
  await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(isThere);
}

function isThere(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}
