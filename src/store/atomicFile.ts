import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { errorCode } from './errno.ts';

/**
 * Makes a private folder (0700) and its parents. Not by `recursive`: where a file system says of a folder in one that is there that it is
 * not (`/proc` does), Node 20 tries without end, and no deadline stops it.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const error = await tryToMake(folder);
  if (error === null) return;
  const parent = path.dirname(folder);
  if (errorCode(error) !== 'ENOENT' || parent === folder) throw error;
  await makePrivateFolder(parent);
  // Whether it was we who made the parent, or another process just now, it is there.
  const second = await tryToMake(folder);
  if (second !== null) throw second;
}

/** Null where it is there now, by whomever, else why not. */
async function tryToMake(folder: string): Promise<Error | null> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return null;
  } catch (error) {
    if (await isFolder(folder)) return null;
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function isFolder(folder: string): Promise<boolean> {
  const info = await stat(folder).catch(() => null);
  return info?.isDirectory() === true;
}

/**
 * Replaces a file so that any reader, and any crash, sees either the old or the new bytes whole.
 * The temporary file is flushed before the rename: otherwise a power cut can leave an empty file behind the new name.
 * @param options `isExpendable`: a torn file would be as good as none, so the flush (milliseconds) is left out, and with it the
 *   detours through the thread pool
 */
export async function writeFileAtomic(
  file: string,
  data: string | Uint8Array,
  mode = 0o600,
  options: { readonly isExpendable?: boolean } = {},
): Promise<void> {
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}`,
  );
  try {
    if (options.isExpendable === true) {
      writeFileSync(temporary, data, { flag: 'wx', mode });
      renameSync(temporary, file);
      return;
    }
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      // open() obeys the umask; a mode taken over from an existing file must come out exactly.
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The file's bytes, or null where there is no file. Everything else (permission, a folder) throws. */
export async function readFileOrNull(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * A JSON file of ours, or null when it is missing, torn, or of another version: all of them mean "start afresh",
 * since the state folder holds nothing that cannot be lost.
 *
 * Read at once, not by way of the thread pool: its four detours for a file take longer than a small file does, and get in the way of the
 * git that runs beside them (1,000 unchanged files: a checkpoint took 1.07 instead of 1.13 of `git status`, measured in turn). A user's
 * files are not read so: a pipe in such a place would hold up everything.
 */
export function readJsonFile<Schema extends v.GenericSchema>(
  file: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | null> {
  // Whatever it throws becomes the promise's.
  return new Promise((resolve) => {
    resolve(readJson(file, schema));
  });
}

function readJson<Schema extends v.GenericSchema>(file: string, schema: Schema): v.InferOutput<Schema> | null {
  try {
    const parsed = v.safeParse(schema, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
