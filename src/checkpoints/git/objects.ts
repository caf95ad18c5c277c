import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { flushedWithRef, type Oid } from './git.ts';
import type { Repository } from './repository.ts';

/** A git object that is known, id and all, before it is written. */
export interface NewObject {
  readonly type: 'tree' | 'blob' | 'tag';
  readonly content: Buffer;
  readonly oid: Oid;
}

/** The hash that this repository's ids are made with. */
export function hashName({ zero }: Repository): 'sha1' | 'sha256' {
  return zero.length === 64 ? 'sha256' : 'sha1';
}

export function newObject(repository: Repository, type: NewObject['type'], content: Buffer): NewObject {
  const oid = createHash(hashName(repository)).update(`${type} ${content.length}\0`).update(content).digest('hex');
  return { type, content, oid };
}

/** The id of the tree without entries. git knows it without having it. */
export function emptyTreeId(repository: Repository): Oid {
  return newObject(repository, 'tree', Buffer.alloc(0)).oid;
}

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

/**
 * Writes objects of several kinds by one process (hash-object, mktree and mktag would be three, of 4 ms each, and each flushes the disk):
 * `unpack-objects` makes loose objects of a pack. Their form is ours to get right; git only stores them.
 */
export async function writeObjects(repository: Repository, objects: readonly NewObject[]): Promise<void> {
  if (objects.length === 0) return;
  // Most hooks write nothing, and start without it.
  const { deflateSync } = await import('node:zlib');
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  const pack = Buffer.concat([
    header,
    ...objects.flatMap((object) => [packHeader(object), deflateSync(object.content, { level: 1 })]),
  ]);
  const trailer = createHash(hashName(repository)).update(pack).digest();
  await repository.git.run(['unpack-objects', '-q'], { input: Buffer.concat([pack, trailer]), config: flushedWithRef });
}

/**
 * Which of these objects are not there. What was just written lies in files of its own, which are looked for first; git is asked
 * for the others only (packed, or in another repository's store).
 */
export async function missingObjects({ git, commonDir }: Repository, oids: Iterable<Oid>): Promise<readonly Oid[]> {
  const isLoose = (oid: Oid): boolean => {
    const info = statSync(path.join(commonDir, 'objects', oid.slice(0, 2), oid.slice(2)), { throwIfNoEntry: false });
    return info !== undefined && info.size > 0;
  };
  const asked = [...oids].filter((oid) => !isLoose(oid));
  if (asked.length === 0) return [];
  const answers = (await git.text(['cat-file', '--batch-check'], { input: [...asked, ''].join('\n') })).split('\n');
  return asked.filter((_, at) => answers[at]?.endsWith(' missing') ?? true);
}
