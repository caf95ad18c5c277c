import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import type { Skipped } from '../../protocol/checkpoint.ts';
import { errorCode } from '../../store/errno.ts';
import { eachContent } from './conversion.ts';
import { displayPath, GitError, pathBytes, records, splitRecords, type Oid, type RawPath } from '../git/git.ts';
import { emptyTreeId, hashName, type NewObject } from '../git/objects.ts';
import type { PrivateIndex } from '../git/privateIndex.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import { quoteForStdin } from '../git/stdinPaths.ts';
import { buildTrees } from '../git/trees.ts';

/*
 * git keeps files as its filters make them (line ends, encodings, programs of the user's), and a reset writes what the filters make of
 * that. Mostly those are the bytes that were on disk. Where they are not (CRLF under `text=auto`, mixed line ends, LF under
 * `autocrlf=true`, a filter that leaves something out), the bytes themselves are kept beside the tree of the working folder, in a tree
 * of their own: ref `r`.
 *
 * Looked at are the files that `git status` names. To these belong files whose line ends alone changed, as long as that changed their
 * size. Of the files that git calls clean most are found by their size (cleanFiles.ts). A reset also looks at every file that it is going
 * to touch, so its undo is always exact.
 */

/** Files whose bytes on disk are not what git would write for their blobs. */
export interface RawBytes {
  readonly tree: Oid;
  readonly files: ReadonlyMap<RawPath, Oid>;
  /** the trees still to be written; the blobs are */
  readonly unwritten: readonly NewObject[];
}

/** A file as it was before git read it: size, times and place, so that a later change shows. */
export type Stamps = ReadonlyMap<RawPath, BigIntStats>;

/** The regular files among some paths. */
export function stampFiles(repository: Repository, paths: Iterable<RawPath>): Stamps {
  const stamps = new Map<RawPath, BigIntStats>();
  for (const path of paths) {
    const info = lstatOrNull(repository, path);
    if (info?.isFile()) stamps.set(path, info);
  }
  return stamps;
}

export function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

interface Candidate {
  readonly path: RawPath;
  readonly oid: Oid;
  readonly raw: Oid;
  readonly bytes: number;
  readonly filter: string;
}

export interface RawCapture {
  readonly raw: RawBytes | null;
  /** what is too large to keep a second time: a reset could not bring it back as it was */
  readonly skipped: readonly Skipped[];
  /** whether a file changed while it was read, so that its blob and its bytes may not belong together */
  readonly isTorn: boolean;
}

const nothingRaw: RawCapture = { raw: null, skipped: [], isTorn: false };

/** Of all raw bytes of one checkpoint, and of one file if it is to be compared at all. */
const maxRawBytes = 200_000_000;

export const tooLargeToKeep = 'converted by git, and too large to keep as it is';

export interface RawRequest {
  readonly stamps: Stamps;
  /** those that git may convert */
  readonly convertible: ReadonlyMap<RawPath, string>;
  /** the files' blobs; asked only for those that matter */
  readonly oidsOf: (paths: readonly RawPath[]) => Promise<ReadonlyMap<RawPath, Oid>>;
  /** kept whether git converts them or not, because a reset will write them byte by byte */
  readonly always?: ReadonlySet<RawPath>;
  /** what is known already; goes into the result */
  readonly known?: RawBytes | null;
}

/** Writes the bytes of those files that git would not give back as they are. */
export async function captureRaw(repository: Repository, request: RawRequest): Promise<RawCapture> {
  const { stamps, convertible, always, known } = request;
  const isWanted = (path: RawPath): boolean => convertible.has(path) || always?.has(path) === true;
  const paths = [...stamps.keys()].filter((path) => isWanted(path) && !known?.files.has(path));
  if (paths.length === 0) return { ...nothingRaw, raw: known ?? null };

  const oids = await request.oidsOf(paths);
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  let isTorn = false;
  for (const path of paths) {
    const [info, oid] = [stamps.get(path), oids.get(path)];
    if (!info || oid === undefined) continue;
    const raw = hashFile(repository, path, info);
    if (raw === null) isTorn = true;
    else candidates.push({ path, oid, raw, bytes: Number(info.size), filter: convertible.get(path) ?? 'unspecified' });
  }
  const different = await withoutThoseGitGivesBack(repository, candidates, always);
  const { kept, leftOut } = withinLimit(different, maxRawBytes);
  for (const { path, bytes } of leftOut) skipped.push({ path: displayPath(path), reason: tooLargeToKeep, bytes });
  const written = await writeRaw(repository, kept);
  return {
    raw: rawBytesOf(
      repository,
      new Map([...(known?.files ?? []), ...written.map(({ path, raw }) => [path, raw] as const)]),
    ),
    skipped,
    isTorn: isTorn || written.length < kept.length,
  };
}

// Windows has no such flag.
const notThroughLinks = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;

/** The id that a file's bytes have as a blob; null if it is not the file it was. */
export function hashFile(repository: Repository, path: RawPath, expected: BigIntStats): Oid | null {
  let file: number | undefined;
  try {
    file = openSync(repository.absolute(path), constants.O_RDONLY | notThroughLinks);
    if (!isSameFile(fstatSync(file, { bigint: true }), expected)) return null;
    const hash = createHash(hashName(repository)).update(`blob ${expected.size}\0`);
    const piece = Buffer.allocUnsafe(Math.min(Number(expected.size) + 1, 1 << 20));
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
    return isSameFile(fstatSync(file, { bigint: true }), expected) ? hash.digest('hex') : null;
  } catch (error) {
    if (errorCode(error) === null) throw error;
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The id that some bytes have as a blob. */
export function blobId(repository: Repository, content: Buffer): Oid {
  return createHash(hashName(repository)).update(`blob ${content.length}\0`).update(content).digest('hex');
}

async function withoutThoseGitGivesBack(
  repository: Repository,
  candidates: readonly Candidate[],
  always: ReadonlySet<RawPath> | undefined,
): Promise<Candidate[]> {
  const back = new Set<RawPath>();
  const compare = async (some: readonly Candidate[]): Promise<void> => {
    const raws = new Map(some.map(({ path, raw }) => [path, raw]));
    await eachContent(repository, some, false, ({ path }, content) => {
      if (blobId(repository, content) === raws.get(path)) back.add(path);
    });
  };
  const isHuge = ({ bytes }: Candidate): boolean => bytes > maxRawBytes;
  // git would have to hold it in memory as a whole. What it has taken as it is, it mostly gives back as it is.
  for (const { path, oid, raw } of candidates.filter(isHuge)) if (oid === raw) back.add(path);
  const rest = candidates.filter((candidate) => !isHuge(candidate) && !always?.has(candidate.path));
  try {
    await compare(rest);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // A program that cannot bring its files back: all the more reason to keep them as they are.
    await compare(rest.filter(({ filter }) => /^(?:unspecified|unset)$/.test(filter)));
  }
  return candidates.filter(({ path }) => !back.has(path));
}

/** As many as fit, the small ones first. */
export function withinLimit<File extends { readonly bytes: number }>(
  files: readonly File[],
  limit: number,
): { readonly kept: readonly File[]; readonly leftOut: readonly File[] } {
  const bySize = [...files].sort((a, b) => a.bytes - b.bytes);
  let total = 0;
  const count = bySize.findIndex(({ bytes }) => (total += bytes) > limit);
  return count < 0 ? { kept: bySize, leftOut: [] } : { kept: bySize.slice(0, count), leftOut: bySize.slice(count) };
}

/** Writes the files as they are; those that changed since they were hashed are left out. */
async function writeRaw({ git }: Repository, files: readonly Candidate[]): Promise<readonly Candidate[]> {
  // What git has taken as it is (LF where a checkout writes CRLF) is there already.
  const missing = files.filter(({ oid, raw }) => oid !== raw);
  if (missing.length === 0) return files;
  const input = pathBytes(missing.map(({ path }) => `${quoteForStdin(path)}\n`).join(''));
  const oids = (await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], { input })).trim().split('\n');
  const changed = new Set(missing.filter(({ raw }, at) => oids[at] !== raw));
  return files.filter((file) => !changed.has(file));
}

/** The tree of these blobs; null for none. */
export function rawBytesOf(repository: Repository, files: ReadonlyMap<RawPath, Oid>): RawBytes | null {
  if (files.size === 0) return null;
  // What counts is the content; the mode is the working tree's.
  const changes = new Map([...files].map(([path, oid]) => [path, { mode: '100644', oid }]));
  const base = new Map([['', { oid: emptyTreeId(repository), entries: new Map() }]]);
  const built = buildTrees(repository, base, [changes]);
  const [tree] = built?.roots ?? [];
  if (!built || tree === undefined) throw new Error('a tree could not be built');
  return { tree, files, unwritten: built.unwritten };
}

/** Path → blob of a raw tree. */
export async function readRawTree({ git }: Repository, tree: Oid | undefined): Promise<ReadonlyMap<RawPath, Oid>> {
  if (tree === undefined) return new Map();
  const lines = splitRecords(await git.text(['ls-tree', '-r', '-z', tree]));
  return new Map(
    lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.split(' ', 3)[2]?.split('\t')[0] ?? '']),
  );
}

/** The blobs that a tree has at some paths. */
export function blobsIn(
  repository: Repository,
  tree: Oid,
  paths: readonly RawPath[],
): Promise<ReadonlyMap<RawPath, Oid>> {
  return blobsAt(repository, `${tree}:`, paths);
}

/** The blobs that an index has at some paths. */
export function blobsInIndex(
  repository: Repository,
  index: PrivateIndex,
  paths: readonly RawPath[],
): Promise<ReadonlyMap<RawPath, Oid>> {
  return blobsAt(repository, ':0:', paths, index);
}

async function blobsAt(
  { git }: Repository,
  place: string,
  paths: readonly RawPath[],
  index?: PrivateIndex,
): Promise<ReadonlyMap<RawPath, Oid>> {
  const found = new Map<RawPath, Oid>();
  if (paths.length === 0) return found;
  const output = await git.text(['cat-file', '--batch-check=%(objecttype) %(objectname)', '-z'], {
    ...(index ? { index: index.file } : {}),
    input: records(paths.map((path) => `${place}${path}`)),
  });
  let at = 0;
  for (const path of paths) {
    // git repeats what it does not find; there may be line breaks in it.
    const missing = `${place}${path} missing\n`;
    const isMissing = output.startsWith(missing, at);
    const end = isMissing ? at + missing.length : output.indexOf('\n', at) + 1;
    const [type, oid = ''] = output.slice(at, end - 1).split(' ');
    at = end;
    if (!isMissing && type === 'blob') found.set(path, oid);
  }
  return found;
}
