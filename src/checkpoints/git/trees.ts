import type { Oid, RawPath } from './git.ts';
import { newObject, type NewObject } from './objects.ts';
import type { Repository } from './repository.ts';

/** One name in a tree, with git's mode without leading zeros ("40000" is a folder). */
export interface TreeEntry {
  readonly mode: string;
  readonly oid: Oid;
}

/** What becomes of paths relative to a base tree: null takes a path away. */
export type TreeChanges = ReadonlyMap<RawPath, TreeEntry | null>;

export interface BuiltTrees {
  /** one for each set of changes, in their order */
  readonly roots: readonly Oid[];
  readonly base: Oid;
  /** the tree objects that git may not have yet */
  readonly unwritten: readonly NewObject[];
}

type Entries = Map<string, TreeEntry>;
export const folderMode = '40000';

export function parentOf(path: RawPath): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** All folders on the way to these paths, deepest first; the root ("") last. */
export function foldersOf(paths: Iterable<RawPath>): string[] {
  const folders = new Set<string>(['']);
  for (const path of paths) {
    for (let folder = parentOf(path); folder !== '' && !folders.has(folder); folder = parentOf(folder))
      folders.add(folder);
  }
  return [...folders].sort((a, b) => b.length - a.length);
}

interface FolderTree {
  readonly oid: Oid;
  readonly entries: Entries;
}

/** The base commit's trees of all folders on the way to some paths; a folder that the base does not have is not among them. */
export type FolderTrees = ReadonlyMap<string, FolderTree>;

/** A tree as git stores it. */
export function parseTree(bytes: Buffer, oidBytes: number): Entries {
  const entries: Entries = new Map();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const nul = bytes.indexOf(0, space);
    const oid = bytes.toString('hex', nul + 1, nul + 1 + oidBytes);
    entries.set(bytes.toString('latin1', space + 1, nul), { mode: bytes.toString('latin1', at, space), oid });
    at = nul + 1 + oidBytes;
  }
  return entries;
}

/** git sorts a folder as if its name ended in a slash. latin1 code units compare as the bytes do. */
function sorted(entries: Entries): [string, TreeEntry][] {
  const key = ([name, { mode }]: [string, TreeEntry]): string => (mode === folderMode ? `${name}/` : name);
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function treeObject(repository: Repository, entries: Entries): NewObject {
  const list = sorted(entries);
  const lengths = list.map(([name, { mode }]) => mode.length + name.length + 2 + repository.zero.length / 2);
  const content = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const [name, { mode, oid }] of list) {
    at += content.write(`${mode} ${name}\0`, at, 'latin1');
    at += content.write(oid, at, 'hex');
  }
  return newObject(repository, 'tree', content);
}

/**
 * Builds the trees that come of changes to a base commit, only those of the folders on the way to a change: the cost goes with the
 * changes, not with the repository. Writes nothing.
 * First every folder that git gave is put together again as it is: unless that gives git's own id, the answer is null, and the caller
 * takes the index's way.
 * @param trees of all folders on the way to the changed paths (`readFolders`)
 */
export function buildTrees(
  repository: Repository,
  trees: FolderTrees,
  sets: readonly TreeChanges[],
): BuiltTrees | null {
  const root = trees.get('');
  if (!root) return null;
  for (const { oid, entries } of trees.values()) if (treeObject(repository, entries).oid !== oid) return null;
  const fresh = new Map<Oid, NewObject>();
  const roots = sets.map((set) => (set.size === 0 ? root.oid : applyChanges(set)));
  return { roots, base: root.oid, unwritten: [...fresh.values()] };

  function applyChanges(set: TreeChanges): Oid {
    const own = new Map<string, [string, TreeEntry | null][]>();
    for (const [path, entry] of set) {
      const folder = parentOf(path);
      const list = own.get(folder) ?? [];
      list.push([path.slice(folder === '' ? 0 : folder.length + 1), entry]);
      own.set(folder, list);
    }
    /** folders below, already built: null has become empty, and git knows no empty folder */
    const built = new Map<string, [string, Oid | null][]>();
    let result = root?.oid ?? '';
    for (const folder of foldersOf(set.keys())) {
      const before = trees.get(folder);
      const entries: Entries = new Map(before?.entries);
      const changes = own.get(folder) ?? [];
      // Taking away is for files: a folder in that place is somebody else's (the file became a folder).
      for (const [name, entry] of changes)
        if (entry === null && entries.get(name)?.mode !== folderMode) entries.delete(name);
      for (const [name, oid] of built.get(folder) ?? []) {
        if (oid !== null) entries.set(name, { mode: folderMode, oid });
        else if (entries.get(name)?.mode === folderMode) entries.delete(name);
      }
      for (const [name, entry] of changes) if (entry !== null) entries.set(name, entry);
      const tree = entries.size === 0 && folder !== '' ? null : treeObject(repository, entries);
      if (tree !== null && tree.oid !== before?.oid) fresh.set(tree.oid, tree);
      const oid = tree?.oid ?? null;
      if (folder === '') result = oid ?? result;
      else {
        const parent = parentOf(folder);
        built.set(parent, [...(built.get(parent) ?? []), [folder.slice(parent === '' ? 0 : parent.length + 1), oid]]);
      }
    }
    return result;
  }
}
