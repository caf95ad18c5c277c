import { phrase, type Sentence } from '../../protocol/sentence.ts';
import { realpathSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import { isBuiltInExclude } from './builtInExcludes.ts';
import { CheckpointError } from '../failure.ts';

/** What a folder may hold before a person has to be asked. A repository has been asked for; a folder was perhaps only opened. */
const mostFiles = 20_000;
const mostBytes = 1_000_000_000;

/** Folders that hold somebody's whole life rather than one piece of work. */
const personalFolders = ['Desktop', 'Documents', 'Downloads'];

export interface FolderRules {
  readonly stateFolder: string;
  readonly home: string;
  /** files above this are not captured, and do not count */
  readonly maxFileBytes: number;
  /** a person has agreed to a large folder */
  readonly allowLarge: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Whether `inner` is `outer` or lies in it. Both absolute. */
export function isWithin(outer: string, inner: string): boolean {
  const relative = path.relative(outer, inner);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

/** Throws `folder-not-allowed` or `folder-too-large` where checkpoints of a folder without git would be a trap. */
export async function requireSuitable(top: string, rules: FolderRules): Promise<void> {
  const why = whyNotAllowed(top, rules);
  if (why !== null) {
    throw new CheckpointError(
      'folder-not-allowed',
      'No checkpoints are made of {0}: {1}. Open a folder inside of it, or run “git init” there if it is meant to be one repository.',
      [top, why],
    );
  }
  if (rules.allowLarge) return;
  const size = await measure(top, rules);
  if (size.files > mostFiles || size.bytes > mostBytes) {
    const what =
      size.files > mostFiles ? phrase('{0} files', mostFiles) : phrase('{0} MB of files', mostBytes / 1_000_000);
    throw new CheckpointError(
      'folder-too-large',
      '{0} is no git repository and holds more than {1}. Nothing was saved; “checkpoint create --allow-large” there saves it all the same.',
      [top, what],
    );
  }
}

function whyNotAllowed(top: string, { stateFolder, home }: FolderRules): Sentence | null {
  const realHome = realPathOr(home);
  if (path.dirname(top) === top) return phrase('it is the top of a file system');
  if (top === realHome) return phrase('it is your home folder');
  if (isWithin(top, realHome)) return phrase('your home folder is in it');
  if (personalFolders.some((name) => top === path.join(realHome, name)))
    return phrase('it holds more than one piece of work');
  if (isWithin(top, realPathOr(stateFolder))) return phrase('the checkpoints themselves are kept in it');
  return null;
}

/** The real path as far as it exists: the state folder may not have been made yet. */
function realPathOr(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(realPathOr(parent), path.basename(folder));
  }
}

/** Counts what a first checkpoint would capture, and stops as soon as it is too much. Ignore files in the folder do not count. */
async function measure(
  top: string,
  { maxFileBytes, signal }: FolderRules,
): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  const folders = [top];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const entries = await entriesOf(folder);
    // A nested repository is not captured.
    if (folder !== top && entries.some(({ name }) => name === '.git')) continue;
    const parent = path.basename(folder);
    const sizes = entries
      .filter((entry) => entry.isFile())
      .map(async ({ name }) =>
        lstat(path.join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      );
    for (const size of await Promise.all(sizes)) {
      if (size > maxFileBytes) continue;
      files += 1;
      bytes += size;
    }
    if (files > mostFiles || bytes > mostBytes) break;
    for (const entry of entries) {
      if (entry.isDirectory() && !isBuiltInExclude(parent, entry.name)) folders.push(path.join(folder, entry.name));
    }
  }
  return { files, bytes };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // git passes over what it may not read, too.
    if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return [];
    throw error;
  }
}
