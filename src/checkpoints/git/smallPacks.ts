import { readFileSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import type { Oid } from './git.ts';
import type { Repository } from './repository.ts';
import { namesIn } from '../../store/namesIn.ts';

/** An index of some two thousand objects. Those of larger packs are git's to read, which maps them into memory. */
const mostBytes = 65_536;

/** What was written for the checkpoints of late is in the newest ones. */
const mostRead = 8;

/** "\xfftOc", and version 2: what every git since 1.6 writes. */
const head = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const tableAt = head.length;
const idsAt = tableAt + 256 * 4;

/**
 * Which of these objects lie in the newest small packs, as a checkpoint with many new objects makes one. Told by the packs' indexes just
 * as git tells it, which would be a process. What is not found here may be anywhere.
 */
export function inSmallPacks({ commonDir, zero }: Repository, oids: readonly Oid[]): ReadonlySet<Oid> {
  const found = new Set<Oid>();
  for (const file of newestIndexes(path.join(commonDir, 'objects', 'pack'))) {
    const index = readIndex(file, zero.length / 2);
    if (index === null || infoOf(file.replace(/idx$/, 'pack')) === null) continue;
    for (const oid of oids) if (holds(index, Buffer.from(oid, 'hex'), zero.length / 2)) found.add(oid);
    if (found.size === oids.length) break;
  }
  return found;
}

function newestIndexes(folder: string): readonly string[] {
  const names = namesIn(folder).filter((name) => name.endsWith('.idx'));
  return names
    .map((name) => ({ file: path.join(folder, name), info: infoOf(path.join(folder, name)) }))
    .filter(({ info }) => info !== null && info.size >= idsAt && info.size <= mostBytes)
    .sort((a, b) => (b.info?.mtimeMs ?? 0) - (a.info?.mtimeMs ?? 0))
    .slice(0, mostRead)
    .map(({ file }) => file);
}

/** Null for what is not there, or is empty. */
function infoOf(file: string): Stats | null {
  const info = statSync(file, { throwIfNoEntry: false });
  return info && info.size > 0 ? info : null;
}

/** Null unless it is whole. */
function readIndex(file: string, width: number): Buffer | null {
  try {
    const index = readFileSync(file);
    if (index.length < idsAt || !index.subarray(0, head.length).equals(head)) return null;
    // Each object's id, checksum and place, then the checksums of both files.
    return index.length === idsAt + countUpTo(index, 255) * (width + 8) + 2 * width ? index : null;
  } catch (error) {
    // A clean-up has just put it into a larger pack.
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** How many ids begin with this byte or a lower one. */
function countUpTo(index: Buffer, byte: number): number {
  return byte < 0 ? 0 : index.readUInt32BE(tableAt + byte * 4);
}

/** Looks an id up among those that begin with the same byte: they are sorted. */
function holds(index: Buffer, oid: Buffer, width: number): boolean {
  const first = oid[0] ?? 0;
  let [from, to] = [countUpTo(index, first - 1), countUpTo(index, first)];
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = idsAt + middle * width;
    const order = oid.compare(index, at, at + width);
    if (order === 0) return true;
    if (order < 0) to = middle;
    else from = middle + 1;
  }
  return false;
}
