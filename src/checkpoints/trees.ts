import { createHash } from 'node:crypto';
import type { Oid, RawPath } from './git.ts';
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
  /** ids of the tree objects that were written */
  readonly written: readonly Oid[];
}

type Entries = Map<string, TreeEntry>;
const folderMode = '40000';

function parentOf(path: RawPath): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** All folders on the way to these paths, deepest first; the root ("") last. */
function foldersOf(paths: Iterable<RawPath>): string[] {
  const folders = new Set<string>(['']);
  for (const path of paths) {
    for (let folder = parentOf(path); folder !== '' && !folders.has(folder); folder = parentOf(folder))
      folders.add(folder);
  }
  return [...folders].sort((a, b) => b.length - a.length);
}

/** The base's trees of these folders, as one batch; a folder the base does not have is not in the answer. */
async function readTrees(
  { git, zero }: Repository,
  base: Oid,
  folders: readonly string[],
): Promise<Map<string, { oid: Oid; entries: Entries }>> {
  const names = folders.map((folder) => (folder === '' ? `${base}^{tree}` : `${base}:${folder}`));
  const output = await git.run(['cat-file', '--batch'], {
    input: Buffer.from(names.map((name) => `${name}\n`).join(''), 'latin1'),
  });
  const trees = new Map<string, { oid: Oid; entries: Entries }>();
  let at = 0;
  for (const folder of folders) {
    const end = output.indexOf(10, at);
    const header = output.toString('latin1', at, end);
    at = end + 1;
    if (header.endsWith(' missing')) continue;
    const [oid = '', type, size] = header.split(' ').slice(-3);
    const next = at + Number(size);
    if (type === 'tree') trees.set(folder, { oid, entries: parseTree(output.subarray(at, next), zero.length / 2) });
    at = next + 1;
  }
  return trees;
}

function parseTree(bytes: Buffer, oidBytes: number): Entries {
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

function treeOid(entries: Entries, zero: Oid): Oid {
  const content = Buffer.concat(
    sorted(entries).flatMap(([name, { mode, oid }]) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(oid, 'hex'),
    ]),
  );
  return createHash(zero.length === 64 ? 'sha256' : 'sha1')
    .update(`tree ${content.length}\0`)
    .update(content)
    .digest('hex');
}

/** A record of `mktree -z`. */
function treeRecord(entries: Entries): string {
  return sorted(entries)
    .map(([name, { mode, oid }]) => {
      const type = mode === folderMode ? 'tree' : mode === '160000' ? 'commit' : 'blob';
      return `${mode.padStart(6, '0')} ${type} ${oid}\t${name}\0`;
    })
    .join('');
}

/**
 * Builds the trees that come of changes to a base commit, reading and writing only the folders on the way to a change: the cost
 * goes with the changes, not with the repository. Every tree's id is computed here too and compared with git's.
 * Answers null where this way cannot serve (a line break in a folder's name, or disagreement): the caller takes the index's way.
 */
export async function buildTrees(
  repository: Repository,
  base: Oid,
  sets: readonly TreeChanges[],
): Promise<BuiltTrees | null> {
  const folders = foldersOf(sets.flatMap((set) => [...set.keys()]));
  if (folders.some((folder) => folder.includes('\n'))) return null;
  const trees = await readTrees(repository, base, folders);
  const root = trees.get('');
  if (!root) return null;
  const fresh = new Map<Oid, Entries>();
  const roots = sets.map((set) => (set.size === 0 ? root.oid : applyChanges(set)));
  if (fresh.size > 0) {
    const input = Buffer.from([...fresh.values()].map((entries) => `${treeRecord(entries)}\0`).join(''), 'latin1');
    const written = (await repository.git.text(['mktree', '-z', '--batch', '--missing'], { input })).trim().split('\n');
    const expected = [...fresh.keys()];
    if (written.length !== expected.length || written.some((oid, at) => oid !== expected[at])) return null;
  }
  return { roots, base: root.oid, written: [...fresh.keys()] };

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
      const oid = entries.size === 0 && folder !== '' ? null : treeOid(entries, repository.zero);
      if (oid !== null && oid !== before?.oid) fresh.set(oid, entries);
      if (folder === '') result = oid ?? result;
      else {
        const parent = parentOf(folder);
        built.set(parent, [...(built.get(parent) ?? []), [folder.slice(parent === '' ? 0 : parent.length + 1), oid]]);
      }
    }
    return result;
  }
}
