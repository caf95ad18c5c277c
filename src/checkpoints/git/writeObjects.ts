import { createHash } from 'node:crypto';
import { flushedWithRef } from './git.ts';
import { hashName, unseenObjects, type NewObject } from './objects.ts';
import type { Repository } from './repository.ts';

const packTypes = { tree: 2, blob: 3, tag: 4 } as const;

/** An object's type and size as a pack has them: four bits of the size, then seven in each further byte. */
function packHeader({ type, content }: NewObject): Buffer {
  const bytes: number[] = [];
  let byte = (packTypes[type] << 4) | (content.length & 15);
  for (let size = Math.floor(content.length / 16); size > 0; size = Math.floor(size / 128)) {
    bytes.push(byte | 128);
    byte = size & 127;
  }
  return Buffer.from([...bytes, byte]);
}

/** Small objects: the usual window and buffers, set up anew for each of them, would take more than half of the time. */
const deflating = { level: 1, windowBits: 12, memLevel: 5, chunkSize: 4096 };

async function packOf(repository: Repository, objects: readonly NewObject[]): Promise<Buffer> {
  // Most hooks write nothing, and start without it.
  const { deflateSync } = await import('node:zlib');
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const pack = Buffer.concat([
    header,
    ...objects.flatMap((object) => [packHeader(object), deflateSync(object.content, deflating)]),
  ]);
  return Buffer.concat([pack, createHash(hashName(repository)).update(pack).digest()]);
}

/**
 * From so many new objects on they stay together in a pack, which is two files: each on its own takes up to a millisecond to create. Fewer
 * become files of their own, because git cleans a repository up as a whole once it has fifty packs (gc.autoPackLimit). Two thirds of where
 * git draws that line for what it fetches (transfer.unpackLimit); about forty files changed between two checkpoints are above it.
 */
const fewestInPack = 64;

/**
 * Only new ones count: of a folder with many changes nearly all are saved already. (What a clean-up of git's has put into a large pack
 * looks new, and is kept twice until the next one.)
 */
function areMany(repository: Repository, objects: readonly NewObject[]): boolean {
  // A store of ours is no place where packs would ever be put together.
  if (repository.store !== null || objects.length < fewestInPack) return false;
  const oids = objects.map(({ oid }) => oid);
  return unseenObjects(repository, oids).length >= fewestInPack;
}

/** Objects ready to be written. */
export interface PreparedObjects {
  readonly count: number;
  readonly pack: Buffer;
  readonly stayPacked: boolean;
}

export async function prepareObjects(repository: Repository, objects: readonly NewObject[]): Promise<PreparedObjects> {
  const stayPacked = areMany(repository, objects);
  return { count: objects.length, pack: await packOf(repository, objects), stayPacked };
}

/**
 * Writes objects of several kinds by one process (hash-object, mktree and mktag would be three, of 4 ms each, and each flushes the disk):
 * git makes loose objects of a pack, or keeps it. Their form is ours to get right; git only stores them.
 */
export async function writePrepared({ git }: Repository, { count, pack, stayPacked }: PreparedObjects): Promise<void> {
  if (count === 0) return;
  const command = stayPacked ? ['index-pack', '--stdin', '--threads=1'] : ['unpack-objects', '-q'];
  await git.run(command, { input: pack, config: flushedWithRef });
}

/** Both in one go. */
export async function writeObjects(repository: Repository, objects: readonly NewObject[]): Promise<void> {
  if (objects.length > 0) await writePrepared(repository, await prepareObjects(repository, objects));
}
