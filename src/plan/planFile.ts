import { existsSync, realpathSync } from 'node:fs';
import { mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { said, type Wording } from '../protocol/sentence.ts';
import { readFileOrNull, writeFileAtomic } from '../store/atomicFile.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { takeFileLock } from '../store/fileLock.ts';
import { makeOwnFolder } from '../store/handOverFile.ts';
import { isInside } from '../store/isInside.ts';
import { defaultPlanName, planFolder } from '../store/planFolder.ts';
import { readPreferences } from '../store/preferences.ts';
import type { EditFailure } from './planEdits.ts';

export interface PlanFileFailure extends Wording {
  readonly reason:
    EditFailure['reason'] | 'not-a-file' | 'unreadable' | 'unwritable' | 'too-large' | 'not-text' | 'outside' | 'busy';
}

/** Far more than anybody writes by hand; a file that is larger is not a plan. */
const mostBytes = 1_000_000;

/** Where the plan of the work in `dir` is, by the user's setting, as far as that can be read. */
export async function planFileIn(dir: string, stateFolder: string): Promise<string> {
  const preferences = await readPreferences(stateFolder).catch(() => null);
  return planFileBy(dir, preferences?.planFile ?? defaultPlanName);
}

/**
 * Where the plan of the work in `dir` is: in the nearest folder upwards that has one, within the repository; else where one would be
 * made, in the repository's top folder.
 * @param name its path below that folder
 */
export function planFileBy(dir: string, name: string): string {
  const start = path.resolve(dir);
  const within: string[] = [];
  for (let folder = start; ; folder = path.dirname(folder)) {
    within.push(folder);
    // A linked worktree has a file `.git`.
    if (existsSync(path.join(folder, '.git'))) break;
    if (path.dirname(folder) === folder) return path.join(start, name);
  }
  const found = within.find((folder) => existsSync(path.join(folder, name))) ?? within.at(-1) ?? start;
  return path.join(found, name);
}

/** The folder whose work a plan is about, by its real path, as agents record where they work. */
export function workspaceOf(planFile: string): string {
  const folder = path.dirname(path.resolve(planFile));
  const workspace = path.basename(folder) === planFolder ? path.dirname(folder) : (repositoryOf(folder) ?? folder);
  return existsSync(workspace) ? realpathSync(workspace) : workspace;
}

function repositoryOf(folder: string): string | null {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
  }
  return null;
}

/** The text of a plan file; "" where there is none. */
export async function readPlanFile(file: string): Promise<Result<string, PlanFileFailure>> {
  const target = await targetOf(file);
  if (!target.ok) return target;
  const bytes = await readBytes(target.value);
  return bytes.ok ? decode(file, bytes.value) : bytes;
}

/** Where a link leads that the user has made; the default file must not be led out of its workspace by a link in a repository. */
async function targetOf(file: string): Promise<Result<string, PlanFileFailure>> {
  const folder = path.dirname(file);
  try {
    const target = await realpath(file).catch(async (error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      const real = await realpath(folder).catch(() => folder);
      return path.join(real, path.basename(file));
    });
    if (path.basename(folder) === planFolder) {
      const top = await realpath(path.dirname(folder));
      if (!isInside(target, top)) {
        return fail({
          reason: 'outside',
          ...said('{0} is a link to {1}, which is outside of {2}.', file, target, top),
        });
      }
    }
    return succeed(target);
  } catch (error) {
    return fail({ reason: 'unreadable', ...said('{0} cannot be read: {1}', file, errorText(error)) });
  }
}

async function readBytes(file: string): Promise<Result<Buffer, PlanFileFailure>> {
  try {
    const info = await stat(file).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    });
    // Reading a pipe would wait for ever.
    if (info && !info.isFile()) return fail({ reason: 'not-a-file', ...said('{0} is not a file.', file) });
    if (info && info.size > mostBytes) {
      return fail({ reason: 'too-large', ...said('{0} is too large for a plan ({1} bytes).', file, info.size) });
    }
    return succeed((await readFileOrNull(file)) ?? Buffer.alloc(0));
  } catch (error) {
    return fail({ reason: 'unreadable', ...said('{0} cannot be read: {1}', file, errorText(error)) });
  }
}

/** Other encodings are refused: what cannot be decoded would not come back as it was. */
function decode(file: string, bytes: Buffer): Result<string, PlanFileFailure> {
  try {
    return succeed(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return fail({ reason: 'not-text', ...said('{0} is not UTF-8 text. Nothing was changed.', file) });
  }
}

const lockWaitMs = 3000;

/**
 * Changes a plan file in one step. An editor or an agent may write it at the same time: what is written is always made from what
 * was there just before.
 * @param edit may be called again, with a newer text
 */
export async function changePlanFile<Failure extends EditFailure>(
  file: string,
  edit: (text: string) => Result<string, Failure>,
): Promise<Result<string, PlanFileFailure>> {
  try {
    await makeFolder(path.dirname(file));
  } catch (error) {
    return fail({ reason: 'unwritable', ...said('{0} cannot be made: {1}', path.dirname(file), errorText(error)) });
  }
  const target = await targetOf(file);
  if (!target.ok) return target;
  const lockFile = path.join(path.dirname(target.value), `.${path.basename(target.value)}.lock`);
  try {
    const lock = await takeFileLock(lockFile, lockWaitMs);
    if (!lock) return fail({ reason: 'busy', ...said('Another program is changing {0}. Nothing was changed.', file) });
    try {
      return await replace(target.value, edit);
    } finally {
      lock.release();
    }
  } catch (error) {
    // What `edit` throws is its caller's.
    if (errorCode(error) === null) throw error;
    return fail({ reason: 'unwritable', ...said('{0} cannot be written: {1}', file, errorText(error)) });
  }
}

async function replace(
  file: string,
  edit: (text: string) => Result<string, EditFailure>,
): Promise<Result<string, PlanFileFailure>> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const before = await readBytes(file);
    if (!before.ok) return before;
    const text = decode(file, before.value);
    const changed = text.ok ? edit(text.value) : text;
    if (!changed.ok || (text.ok && changed.value === text.value)) return changed;
    const now = await readBytes(file);
    if (!now.ok || !now.value.equals(before.value)) continue;
    const mode = await stat(file).then(
      (info) => info.mode & 0o777,
      () => 0o644,
    );
    await writeFileAtomic(file, changed.value, mode);
    return changed;
  }
  return fail({ reason: 'busy', ...said('{0} is being changed all the time. Nothing was changed.', file) });
}

async function makeFolder(folder: string): Promise<void> {
  if (path.basename(folder) === planFolder) await makeOwnFolder(folder);
  else await mkdir(folder, { recursive: true });
}
