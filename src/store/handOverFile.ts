import { existsSync } from 'node:fs';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errno.ts';
import { planFolder } from './planFolder.ts';

/** Our folder for the work in `dir`: in the repository's top folder; where there is none, in `dir` itself. */
export function ownFolder(dir: string): string {
  const start = path.resolve(dir);
  for (let at = start; ; at = path.dirname(at)) {
    // A linked worktree has a file `.git`.
    if (existsSync(path.join(at, '.git'))) return path.join(at, planFolder);
    if (path.dirname(at) === at) return path.join(start, planFolder);
  }
}

/** What a landing agent leaves for the next session, of it or of another agent. */
export function handOverFile(dir: string): string {
  return path.join(ownFolder(dir), 'HANDOVER.md');
}

/** Makes our folder and its `.gitignore`, so that what an agent writes there is in no checkpoint and no commit. */
export async function prepareOwnFolder(dir: string): Promise<void> {
  await makeOwnFolder(ownFolder(dir));
}

/** The same of one whose place is known. It ignores itself, so that the user's ignore files need not name it. */
export async function makeOwnFolder(folder: string): Promise<void> {
  await mkdir(folder).catch(isThere);
  // A link in a repository must not lead us out of it.
  if ((await realpath(folder)) !== path.join(await realpath(path.dirname(folder)), planFolder)) return;
  await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(isThere);
}

function isThere(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}
