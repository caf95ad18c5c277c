import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { indexInfo, type Change } from '../git/changes.ts';
import type { Snapshot } from '../capture/snapshot.ts';
import { eachContent, lfsFilter, parseAttributes } from '../capture/conversion.ts';
import { CheckpointError } from '../failure.ts';
import { lastValue, readConfiguration } from '../git/configuration.ts';
import { displayPath, pathBytes, records, type RawPath } from '../git/git.ts';
import { copyPrivateIndex } from '../git/privateIndex.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import { quoteForStdin } from '../git/stdinPaths.ts';
import { writeObjects } from '../git/writeObjects.ts';

/** What Git LFS keeps in git in place of a file. */
export interface LfsPointer {
  /** SHA-256 of the content, and its name in the LFS store */
  readonly oid: string;
  readonly bytes: number;
}

/** git-lfs takes nothing larger for a pointer. */
const maxPointerBytes = 1024;

/** Parses a pointer of version 1 (git-lfs docs/spec.md: key and value per line, `version` first); null for anything else. */
export function parseLfsPointer(content: Buffer): LfsPointer | null {
  if (content.length > maxPointerBytes) return null;
  const [version = '', ...lines] = content.toString('latin1').trim().split('\n');
  if (!/^version https?:\/\/(?:git-lfs\.github\.com|hawser\.github\.com|git-media\.io)\/(?:spec\/)?v/.test(version)) {
    return null;
  }
  const oid = lines.map((line) => /^oid sha256:([0-9a-f]{64})$/.exec(line)?.[1]).find(Boolean);
  const size = lines.map((line) => /^size (\d+)$/.exec(line)?.[1]).find(Boolean);
  return oid === undefined || size === undefined ? null : { oid, bytes: Number(size) };
}

interface PointerFile extends LfsPointer {
  readonly path: RawPath;
}

/**
 * A blob of a file that Git LFS keeps is only a pointer, and our refs do not keep what it points to: `git lfs prune` does not know
 * them. So before the first file is touched: is the content there? Throws `lfs-missing` if not.
 * @param present its index matches the present files
 */
export async function requireLfsObjects(
  repository: Repository,
  present: Snapshot,
  changes: readonly Change[],
): Promise<void> {
  const written = changes.filter(({ kind, toMode }) => kind !== 'deleted' && toMode.startsWith('100'));
  if (written.length === 0) return;
  const configuration = await readConfiguration(repository);
  // Without the filter git writes the pointers themselves.
  if (!configuration.entries.some(({ key }) => key.startsWith('filter.lfs.'))) return;
  const pointers = await lfsFiles(repository, present, changes, await findPointers(repository, written));
  const stores = lfsStores(repository, lastValue(configuration, 'lfs.storage'));
  const isMissing = ({ oid, bytes }: LfsPointer): boolean =>
    bytes > 0 &&
    !stores.some((store) => {
      const file = path.join(store, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
      return statSync(file, { throwIfNoEntry: false })?.size === bytes;
    });
  let missing = pointers.filter(isMissing);
  if (missing.length > 0) {
    await provideFromDisk(repository, missing);
    missing = missing.filter(isMissing);
  }
  const [example] = missing;
  if (!example) return;
  throw new CheckpointError(
    'lfs-missing',
    "Git LFS no longer has the content of {0} of the checkpoint's files (for example {1}). Nothing was changed. “git lfs fetch --all” gets it if the server has it; then try again.",
    [missing.length, displayPath(example.path)],
  );
}

async function findPointers(repository: Repository, written: readonly Change[]): Promise<PointerFile[]> {
  const oids = [...new Set(written.map(({ toOid }) => toOid))];
  const sizes = await repository.git.text(['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: [...oids, ''].join('\n'),
  });
  const small = sizes.split('\n').flatMap((line) => {
    const [oid = '', size = ''] = line.split(' ');
    return /^\d+$/.test(size) && Number(size) <= maxPointerBytes ? [{ path: '', oid, bytes: Number(size) }] : [];
  });
  const pointers = new Map<string, LfsPointer>();
  await eachContent(repository, small, true, ({ oid }, content) => {
    const pointer = parseLfsPointer(content);
    if (pointer) pointers.set(oid, pointer);
  });
  return written.flatMap((change) => {
    const pointer = pointers.get(change.toOid);
    return pointer ? [{ ...pointer, path: change.path }] : [];
  });
}

/** Those that the attributes of the state to come give to Git LFS. */
async function lfsFiles(
  repository: Repository,
  present: Snapshot,
  changes: readonly Change[],
  pointers: readonly PointerFile[],
): Promise<readonly PointerFile[]> {
  if (pointers.length === 0) return [];
  const { git, zero } = repository;
  // The attributes may be in files that no checkpoint has yet.
  await writeObjects(repository, present.unwritten);
  const index = await copyPrivateIndex(repository, present.index);
  try {
    const inIndex = { index: index.file };
    await git.run(['update-index', '-z', '--replace', '--index-info'], { ...inIndex, input: indexInfo(changes, zero) });
    const input = records(pointers.map((pointer) => pointer.path));
    const answers = await git.text(['check-attr', '--cached', '-z', '--stdin', 'filter'], { ...inIndex, input });
    const attributes = parseAttributes(answers);
    return pointers.filter((pointer) => attributes.get(pointer.path)?.get('filter') === lfsFilter);
  } finally {
    await index.dispose();
  }
}

/** Where Git LFS keeps its objects: beside git's own, and beside those that the repository borrows. */
function lfsStores({ commonDir }: Repository, configured: string | null): string[] {
  const own = path.resolve(commonDir, configured === null || configured === '' ? 'lfs' : configured);
  let borrowed = '';
  try {
    borrowed = readFileSync(path.join(commonDir, 'objects', 'info', 'alternates'), 'utf8');
  } catch {
    // There is mostly no such file.
  }
  const others = borrowed.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return [own, ...others.map((line) => path.resolve(commonDir, 'objects', line, '..', 'lfs'))];
}

/** A file that has the content already gives it to Git LFS: its clean filter puts into its store whatever it reads. */
async function provideFromDisk(repository: Repository, missing: readonly PointerFile[]): Promise<void> {
  const there = missing.filter(({ path: file, bytes }) => {
    const info = lstatOrNull(repository, file);
    return info?.isFile() === true && info.size === BigInt(bytes);
  });
  if (there.length === 0) return;
  const input = pathBytes(there.map(({ path: file }) => `${quoteForStdin(file)}\n`).join(''));
  await repository.git.run(['hash-object', '--stdin-paths'], { input });
}
