import { records, splitRecords, type Oid, type RawPath } from './git.ts';
import type { PrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';

/** One path that differs between two trees. A mode of 000000 means that the path is absent on that side. */
export interface Change {
  readonly path: RawPath;
  readonly fromMode: string;
  readonly toMode: string;
  readonly fromOid: Oid;
  readonly toOid: Oid;
  readonly kind: 'added' | 'deleted' | 'modified';
}

const absent = '000000';
export const gitlink = '160000';

/** The differences from one tree to another, file by file. */
export async function diffTrees({ git }: Repository, from: Oid, to: Oid): Promise<Change[]> {
  if (from === to) return [];
  return parseRaw(await git.text(['diff-tree', '-r', ...rawFormat, from, to]));
}

/** The differences from what an index holds to a tree. */
export async function diffFromIndex({ git }: Repository, index: PrivateIndex, to: Oid): Promise<Change[]> {
  return parseRaw(await git.text(['diff-index', '--cached', '-R', ...rawFormat, to], { index: index.file }));
}

const rawFormat = ['-z', '--raw', '--no-renames', '--no-abbrev'];

function parseRaw(text: string): Change[] {
  const fields = splitRecords(text);
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [fromMode = '', toMode = '', fromOid = '', toOid = ''] = (fields[at] ?? '').slice(1).split(' ');
    const kind = fromMode === absent ? 'added' : toMode === absent ? 'deleted' : 'modified';
    changes.push({ path: fields[at + 1] ?? '', fromMode, toMode, fromOid, toOid, kind });
  }
  return changes;
}

/** Lines for `update-index -z --index-info` that make an index's paths equal the changes' target side. */
export function indexInfo(changes: readonly Change[], zero: Oid): Buffer {
  const line = ({ path, kind, toMode, toOid }: Change): string =>
    kind === 'deleted' ? `0 ${zero}\t${path}` : `${toMode} ${toOid} 0\t${path}`;
  // Deletions first: a file that becomes a folder must go before what is inside the folder comes.
  const deletions = changes.filter((change) => change.kind === 'deleted');
  const rest = changes.filter((change) => change.kind !== 'deleted');
  return records([...deletions, ...rest].map(line));
}
