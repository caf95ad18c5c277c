import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Oid } from './git.ts';
import type { Repository } from './repository.ts';
import { inSmallPacks } from './smallPacks.ts';

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

/** The id of an object with this content. */
export function objectId(repository: Repository, type: NewObject['type'] | 'commit', content: Buffer): Oid {
  return createHash(hashName(repository)).update(`${type} ${content.length}\0`).update(content).digest('hex');
}

export function newObject(repository: Repository, type: NewObject['type'], content: Buffer): NewObject {
  return { type, content, oid: objectId(repository, type, content) };
}

/** The id of the tree without entries. git knows it without having it. */
export function emptyTreeId(repository: Repository): Oid {
  return newObject(repository, 'tree', Buffer.alloc(0)).oid;
}

/**
 * Which of these objects are not where what was just written is: in files of their own, or in a small pack. Told without git, and with
 * the certainty that git has when it looks there.
 */
export function unseenObjects(repository: Repository, oids: Iterable<Oid>): readonly Oid[] {
  const isLoose = (oid: Oid): boolean => {
    const file = path.join(repository.commonDir, 'objects', oid.slice(0, 2), oid.slice(2));
    return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  };
  const packedOrNot = [...oids].filter((oid) => !isLoose(oid));
  if (packedOrNot.length === 0) return [];
  const packed = inSmallPacks(repository, packedOrNot);
  return packedOrNot.filter((oid) => !packed.has(oid));
}

/** Which of these objects are not there. git is asked for those alone that may be in a large pack, or in another repository's store. */
export async function missingObjects(repository: Repository, oids: Iterable<Oid>): Promise<readonly Oid[]> {
  const asked = unseenObjects(repository, oids);
  if (asked.length === 0) return [];
  const input = [...asked, ''].join('\n');
  const answers = (await repository.git.text(['cat-file', '--batch-check'], { input })).split('\n');
  return asked.filter((_, at) => answers[at]?.endsWith(' missing') ?? true);
}
