import { records, splitRecords, type Oid, type RawPath } from './git.ts';
import type { PrivateIndex } from './privateIndex.ts';
import type { Repository } from './repository.ts';
import type { TreeChanges, TreeEntry } from './trees.ts';

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

/**
 * The differences from one state to another, where both are told by what they have otherwise than the same base. Sorted by path.
 * @param base how the base has a path that `from` names
 */
export function changesBetween(
  from: TreeChanges,
  to: readonly Change[],
  base: (path: RawPath) => TreeEntry | null,
  zero: Oid,
): Change[] {
  const none: TreeEntry = { mode: absent, oid: zero };
  const toOf = new Map(to.map((change) => [change.path, change]));
  const changes = to.filter(({ path }) => !from.has(path));
  for (const [path, entry] of from) {
    const there = toOf.get(path);
    const before = entry ?? none;
    const after = there ? { mode: there.toMode, oid: there.toOid } : (base(path) ?? none);
    if (before.mode === after.mode && before.oid === after.oid) continue;
    const kind = kindOf(before.mode, after.mode);
    changes.push({ path, fromMode: before.mode, toMode: after.mode, fromOid: before.oid, toOid: after.oid, kind });
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function kindOf(fromMode: string, toMode: string): Change['kind'] {
  return fromMode === absent ? 'added' : toMode === absent ? 'deleted' : 'modified';
}

const rawFormat = ['-z', '--raw', '--no-renames', '--no-abbrev'];

function parseRaw(text: string): Change[] {
  const fields = splitRecords(text);
  const changes: Change[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [fromMode = '', toMode = '', fromOid = '', toOid = ''] = (fields[at] ?? '').slice(1).split(' ');
    const kind = kindOf(fromMode, toMode);
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
