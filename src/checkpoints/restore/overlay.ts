import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { chmod, copyFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import { diffTrees, type Change } from '../git/changes.ts';
import type { CheckpointRecord, StoredCheckpoint } from '../record/checkpointRecord.ts';
import { areOnDisk } from '../capture/attributeFiles.ts';
import { convertibleFiles, eachContent } from '../capture/conversion.ts';
import { CheckpointError } from '../failure.ts';
import { displayPath, records, splitRecords, type Oid, type RawPath } from '../git/git.ts';
import { indexEntries, type IndexEntry } from '../git/indexEntries.ts';
import { emptyTreeId } from '../git/objects.ts';
import type { PrivateIndex } from '../git/privateIndex.ts';
import { blobId, blobsInIndex, captureRaw, isSameFile, stampFiles } from '../capture/rawBytes.ts';
import { lstatOrNull, type Repository } from '../git/repository.ts';
import type { Snapshot } from '../capture/snapshot.ts';
import { writeObjects } from '../git/writeObjects.ts';

/** A file that gets its bytes when git has written all files: those it had, where git's filters do not give them back. */
export interface Overlay {
  readonly path: RawPath;
  /** the blob to write: as it is, or as the filters make it */
  readonly oid: Oid;
  readonly isRaw: boolean;
  /** the bytes it takes the place of, as a blob's id; null: what git has just written */
  readonly replaces: Oid | null;
}

/**
 * The snapshot with the bytes of more files: of everything that will be touched, clean or not, so that undo is exact. `always` are
 * kept whether git gives them back or not. Throws `changed-meanwhile` if one of them is being written.
 */
export async function withRawOf(
  repository: Repository,
  snapshot: Snapshot,
  paths: readonly RawPath[],
  always: ReadonlySet<RawPath> = new Set(),
): Promise<Snapshot> {
  const stamps = stampFiles(repository, [...paths, ...always]);
  if (stamps.size === 0) return snapshot;
  const onDisk = areOnDisk(snapshot.survey.status, snapshot.flags);
  const convertible = await convertibleFiles(repository, [...stamps.keys()], { onDisk });
  if (convertible.size === 0 && always.size === 0) return snapshot;
  // They are about to be compared with what git makes of them.
  await writeObjects(repository, snapshot.unwritten);
  const { raw, skipped, isTorn } = await captureRaw(repository, {
    stamps,
    convertible,
    oidsOf: (wanted) => blobsInIndex(repository, snapshot.index, wanted),
    always,
    known: snapshot.raw,
  });
  if (isTorn) {
    throw new CheckpointError(
      'changed-meanwhile',
      'A file changed while the reset was being prepared. Nothing was changed.',
    );
  }
  const isListed = new Set(snapshot.skipped.map((left) => left.path));
  return { ...snapshot, raw, skipped: [...snapshot.skipped, ...skipped.filter((left) => !isListed.has(left.path))] };
}

/** Files whose blob is the same in both states, but not their bytes. As changes from a blob to itself. */
export async function byteChanges(
  repository: Repository,
  snapshot: Snapshot,
  target: StoredCheckpoint,
  then: ReadonlyMap<RawPath, Oid>,
  changes: readonly Change[],
): Promise<Change[]> {
  const now = snapshot.raw?.files ?? new Map<RawPath, Oid>();
  const isChanged = new Set(changes.map((change) => change.path));
  const unequal = [...now].flatMap(([path, oid]) => (isChanged.has(path) || then.get(path) === oid ? [] : [path]));
  if (unequal.length === 0) return [];
  const isUnequal = new Set(unequal);
  const isKnown = unequal.every((path) => then.has(path)) ? then : await lookedAt(repository, target);
  // The index calls it modified, and it differs in its bytes alone: when the checkpoint was made it was not so.
  const writtenSince = new Map(
    snapshot.survey.status.entries
      .filter(({ unstaged }) => unstaged === 'M')
      .map(({ path, indexOid }) => [path, indexOid]),
  );
  const entries = splitRecords(await repository.git.text(['ls-files', '-s', '-z'], { index: snapshot.index.file }));
  return entries.flatMap((entry): Change[] => {
    const file = entry.slice(entry.indexOf('\t') + 1);
    const [mode = '', oid = ''] = entry.split(' ', 2);
    const isMeant = then.has(file) || isKnown.has(file) || writtenSince.get(file) === oid;
    if (!isUnequal.has(file) || !isMeant || !mode.startsWith('100')) return [];
    return [{ path: file, kind: 'modified', fromMode: mode, toMode: mode, fromOid: oid, toOid: oid }];
  });
}

/** The files whose bytes the checkpoint looked at: of all others it says nothing by not keeping them. */
async function lookedAt(
  repository: Repository,
  { tree, record }: Pick<StoredCheckpoint, 'tree' | 'record'>,
): Promise<ReadonlySet<RawPath>> {
  if (record.outsideGit) return new Set();
  const head = await headTree(repository, record);
  const bases = [head, record.staged ?? head];
  const changes = await Promise.all(bases.map((base) => diffTrees(repository, base, tree)));
  return new Set(changes.flat().map((change) => change.path));
}

async function headTree(repository: Repository, { head }: CheckpointRecord): Promise<Oid> {
  if (head === null) return emptyTreeId(repository);
  return repository.git.oid(['rev-parse', '--verify', '-q', `${head}^{tree}`]);
}

export function isByteChange({ fromMode, toMode, fromOid, toOid }: Change): boolean {
  return fromMode === toMode && fromOid === toOid;
}

/** What is to be laid over git's work. `then` are the bytes that the checkpoint keeps, `now` those of the present. */
export function planOverlays(
  changes: readonly Change[],
  then: ReadonlyMap<RawPath, Oid>,
  now: ReadonlyMap<RawPath, Oid>,
): Overlay[] {
  return changes.flatMap((change): Overlay[] => {
    const { path, kind, toMode, toOid } = change;
    const raw = then.get(path);
    if (kind === 'deleted' || !toMode.startsWith('100')) return [];
    if (isByteChange(change)) {
      return [{ path, oid: raw ?? toOid, isRaw: raw !== undefined, replaces: now.get(path) ?? null }];
    }
    return raw === undefined ? [] : [{ path, oid: raw, isRaw: true, replaces: null }];
  });
}

/**
 * Writes them, each in one step, and tells the index. A file that somebody edited since is not overwritten: `changed-meanwhile`.
 * @param index matches the files as git has written them
 */
export async function writeOverlays(
  repository: Repository,
  index: PrivateIndex,
  overlays: readonly Overlay[],
): Promise<void> {
  if (overlays.length === 0) return;
  const { git } = repository;
  const fresh = overlays.filter(({ replaces }) => replaces === null).map((overlay) => overlay.path);
  const untouched = await asInIndex(repository, index, fresh);
  await eachOverlay(repository, overlays, async (overlay, content) => {
    const isOurs = overlay.replaces !== null || untouched.has(overlay.path);
    if (isOurs && (await lay(repository, overlay, content))) return;
    throw new CheckpointError('changed-meanwhile', '{0} changed while the reset was under way, so it was taken back.', [
      displayPath(overlay.path),
    ]);
  });
  // Not --refresh: a file of another size is modified, says git, without a look at what its filters make of it.
  const paths = records(overlays.map((overlay) => overlay.path));
  await git.run(['update-index', '-z', '--stdin'], { index: index.file, input: paths });
}

/** Those of some files that are just as git has written them. By time, not by content: not every filter has a way back. */
async function asInIndex(
  repository: Repository,
  index: PrivateIndex,
  paths: readonly RawPath[],
): Promise<ReadonlySet<RawPath>> {
  const same = new Set<RawPath>();
  if (paths.length === 0) return same;
  const wanted = new Set(paths);
  for (const entry of await indexEntries(repository.git, index)) {
    const info = wanted.has(entry.path) ? lstatOrNull(repository, entry.path) : null;
    const isSize = info !== null && (entry.size === 0 || BigInt(entry.size) === info.size % 2n ** 32n);
    if (info !== null && isSize && isTime(info.mtimeNs, entry)) same.add(entry.path);
  }
  return same;
}

function isTime(time: bigint, { seconds, nanoseconds }: IndexEntry): boolean {
  const isSameSecond = String(time / 1_000_000_000n) === seconds;
  return isSameSecond && (nanoseconds === '0' || String(time % 1_000_000_000n) === nanoseconds);
}

/**
 * After a failure: the bytes that were there before the overlays. What is neither those nor the overlay's is somebody's and stays.
 * @param reverted what git has just written back
 */
export async function takeOverlaysBack(
  repository: Repository,
  overlays: readonly Overlay[],
  before: ReadonlyMap<RawPath, Oid>,
  reverted: readonly RawPath[],
): Promise<void> {
  const back: Overlay[] = reverted.flatMap((file) => {
    const oid = before.get(file);
    return oid === undefined ? [] : [{ path: file, oid, isRaw: true, replaces: null }];
  });
  await eachOverlay(repository, overlays, ({ path: file, replaces }, content) => {
    if (replaces !== null) back.push({ path: file, oid: replaces, isRaw: true, replaces: blobId(repository, content) });
  });
  await eachOverlay(repository, back, async (overlay, content) => {
    await lay(repository, overlay, content);
  });
}

async function eachOverlay(
  repository: Repository,
  overlays: readonly Overlay[],
  use: (overlay: Overlay, content: Buffer) => void | Promise<void>,
): Promise<void> {
  for (const isRaw of [true, false]) {
    const some = overlays.filter((overlay) => overlay.isRaw === isRaw);
    const sized = some.map((overlay) => {
      const size = lstatOrNull(repository, overlay.path)?.size ?? 0n;
      return { ...overlay, bytes: Number(size) };
    });
    await eachContent(repository, sized, isRaw, use);
  }
}

/** Whether the file now has this content. False, and nothing done, where there is another file than expected. */
async function lay(repository: Repository, { path: file, replaces }: Overlay, content: Buffer): Promise<boolean> {
  const place = repository.absolute(file);
  const info = lstatOrNull(repository, file);
  // Never through a link: a parent that has become one leads to somebody else's file.
  if (!info?.isFile() || !parentsAreFolders(repository, file)) return false;
  const there = readFileSync(place);
  if (there.equals(content)) return true;
  if (replaces !== null && blobId(repository, there) !== replaces) return false;

  // In our own folder: what a killed process leaves there is no file of the user's, and the next command clears it away.
  const name = `.raw.${process.pid}.${randomBytes(4).toString('hex')}`;
  let temporary: string | Buffer = path.join(repository.privateDir, name);
  try {
    await writeFile(temporary, content, { mode: 0o600 });
    await chmod(temporary, Number(info.mode & 0o7777n));
    if (!isUnchanged(repository, file, info)) return false;
    try {
      await rename(temporary, place);
    } catch (error) {
      if (errorCode(error) !== 'EXDEV') throw error;
      // The git directory is on another disk.
      const folder = place.subarray(0, Math.max(place.lastIndexOf('/'), place.lastIndexOf(path.sep)) + 1);
      const beside = Buffer.concat([folder, Buffer.from(name)]);
      await copyFile(temporary, beside);
      await rm(temporary);
      temporary = beside;
      if (!isUnchanged(repository, file, info)) return false;
      await rename(temporary, place);
    }
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

function isUnchanged(repository: Repository, file: RawPath, info: ReturnType<typeof lstatOrNull>): boolean {
  const now = lstatOrNull(repository, file);
  return now !== null && info !== null && isSameFile(now, info);
}

function parentsAreFolders(repository: Repository, file: RawPath): boolean {
  const parts = file.split('/');
  return parts.slice(1).every((_, depth) => {
    const info = lstatSync(repository.absolute(parts.slice(0, depth + 1).join('/')), { throwIfNoEntry: false });
    return info?.isDirectory() === true;
  });
}
