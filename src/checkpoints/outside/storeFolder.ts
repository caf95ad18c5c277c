import { createHash } from 'node:crypto';
import path from 'node:path';

/**
 * Where our refs and objects are kept when they cannot be in the user's repository: a git directory of ours in the state folder.
 * folder: the user's folder is no repository, and index and HEAD are ours too · mirror: it is one whose refs are pushed to everybody
 */
export interface OwnStore {
  readonly kind: 'folder' | 'mirror';
  readonly dir: string;
}

export function storesFolder(stateFolder: string): string {
  return path.join(stateFolder, 'stores');
}

/** @param place real path of the folder, or of the mirrored repository's git directory */
export function ownStore(stateFolder: string, kind: OwnStore['kind'], place: string): OwnStore {
  const name = createHash('sha256').update(`${kind}\0${place}`).digest('hex').slice(0, 32);
  return { kind, dir: path.join(storesFolder(stateFolder), name) };
}
