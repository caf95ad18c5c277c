import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { errorCode } from '../../store/errno.ts';
import { flushedWithRef, GitError, pathBytes, type RawPath } from '../git/git.ts';
import { newObject, type NewObject } from '../git/objects.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import { quoteForStdin } from '../git/stdinPaths.ts';
import type { StatusEntry } from '../git/status.ts';
import type { TreeEntry } from '../git/trees.ts';
import { isSameFile } from './rawBytes.ts';

/** Changed files as blobs. */
export interface FileBlobs {
  /** each file as a tree has it */
  readonly entries: ReadonlyMap<RawPath, TreeEntry>;
  /** the blobs still to be written; git has written the others */
  readonly unwritten: readonly NewObject[];
}

// Windows has no such flag.
const notThroughLinks = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** Larger files are left to git, which streams them. */
const mostBytesOfFile = 1_000_000n;
const mostBytes = 16_000_000n;

/** How a file is to become a blob. */
interface FileToHash {
  readonly path: RawPath;
  readonly mode: string;
}

/**
 * The files' content as git would keep it (filters, line ends). Null if a file vanished or became something else meanwhile.
 * What git takes as it is, is read here: asking git would be a process, and a flush of the disk, more.
 * @param plain those whose blob is the file as it is
 */
export async function fileBlobs(
  repository: Repository,
  entries: readonly StatusEntry[],
  paths: readonly RawPath[],
  plain: ReadonlySet<RawPath>,
): Promise<FileBlobs | null> {
  const modes = new Map(entries.map((entry) => [entry.path, entry.worktreeMode]));
  const result = new Map<RawPath, TreeEntry>();
  const unwritten: NewObject[] = [];
  const filtered: FileToHash[] = [];
  const keep = (path: RawPath, mode: string, content: Buffer): void => {
    const blob = newObject(repository, 'blob', content);
    unwritten.push(blob);
    result.set(path, { mode, oid: blob.oid });
  };
  let hasFileModes: Promise<boolean> | undefined;
  let bytes = 0n;
  for (const path of paths) {
    const info = lstatOrNull(repository, path);
    const known = modes.get(path);
    if (info?.isSymbolicLink() && (known === undefined || known === '120000')) {
      keep(path, '120000', readlinkSync(repository.absolute(path), { encoding: 'buffer' }));
      continue;
    }
    const isKnownFile = known === '100644' || known === '100755';
    if (!info?.isFile() || !(isKnownFile || known === undefined || known === '000000')) return null;
    const isExecutable = isKnownFile
      ? known === '100755'
      : (info.mode & 0o100n) !== 0n && (await (hasFileModes ??= readFileModes(repository)));
    const mode = isExecutable ? '100755' : '100644';
    const isSmall = info.size <= mostBytesOfFile && (bytes += info.size) <= mostBytes;
    const content = isSmall && plain.has(path) ? readFile(repository, path) : null;
    if (content === null) filtered.push({ path, mode });
    else keep(path, mode, content);
  }
  const hashed = await hashByGit(repository, filtered);
  if (hashed === null) return null;
  for (const [path, entry] of hashed) result.set(path, entry);
  return { entries: result, unwritten };
}

const attempts = 3;

/** A small file's bytes, of one moment; null where it cannot be read, or is being written all the time. */
function readFile(repository: Repository, path: RawPath): Buffer | null {
  let file: number | undefined;
  try {
    file = openSync(repository.absolute(path), constants.O_RDONLY | notThroughLinks);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = fstatSync(file, { bigint: true });
      if (!before.isFile() || before.size > mostBytesOfFile) return null;
      const content = Buffer.allocUnsafe(Number(before.size));
      let at = 0;
      for (let read = -1; read !== 0 && at < content.length; at += read) {
        read = readSync(file, content, at, content.length - at, at);
      }
      if (at === content.length && isSameFile(fstatSync(file, { bigint: true }), before)) return content;
    }
    return null;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Lets git make the blobs, and write them; null where it cannot. */
async function hashByGit(
  { git }: Repository,
  files: readonly FileToHash[],
): Promise<ReadonlyMap<RawPath, TreeEntry> | null> {
  if (files.length === 0) return new Map();
  try {
    const input = Buffer.concat(files.map(({ path }) => pathBytes(`${quoteForStdin(path)}\n`)));
    const command = ['hash-object', '-w', '--stdin-paths'];
    const oids = (await git.text(command, { input, config: flushedWithRef })).trim().split('\n');
    if (oids.length !== files.length) return null;
    return new Map(files.map(({ path, mode }, at) => [path, { mode, oid: oids[at] ?? '' }]));
  } catch (error) {
    // The first file that cannot be read ends it all; the index's way can leave single files out.
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Whether the executable bit on disk means anything here. */
async function readFileModes({ git }: Repository): Promise<boolean> {
  return (await git.text(['config', '--type=bool', '--default=true', '--get', 'core.fileMode'])).trim() === 'true';
}
