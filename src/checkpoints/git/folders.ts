import { recallFolders, rememberFolders, type KnownFolders } from './folderMemory.ts';
import type { Oid, RawPath } from './git.ts';
import { objectId } from './objects.ts';
import type { Repository } from './repository.ts';
import { folderMode, foldersOf, parentOf, parseTree, type FolderTrees } from './trees.ts';

/**
 * Reads a commit's trees of all folders on the way to some paths: what is not remembered, from git as one batch. Null where a folder's
 * name has a line break, which the batch cannot ask for, and where git gives anything else for an id than what has it.
 */
export async function readFolders(
  repository: Repository,
  base: Oid,
  paths: Iterable<RawPath>,
): Promise<FolderTrees | null> {
  const folders = foldersOf(paths).reverse();
  if (folders.some((folder) => folder.includes('\n'))) return null;
  const known = await recallFolders(repository, base);
  const linked = known && linkedTrees(repository, base, known, folders);
  if (linked) return linked;
  const asked = folders.filter((folder) => known?.trees.has(folder) !== true);
  // Where it does not fit together, all of it is asked anew.
  const read = await askGit(repository, base, asked.length > 0 ? asked : folders);
  const all = {
    commit: read.commit,
    trees: new Map([...read.trees, ...(asked.length > 0 ? (known?.trees ?? []) : [])]),
  };
  const trees = linkedTrees(repository, base, all, folders);
  if (trees) await rememberFolders(repository, base, all);
  return trees;
}

async function askGit({ git }: Repository, base: Oid, folders: readonly string[]): Promise<KnownFolders> {
  const names = [base, ...folders.map((folder) => (folder === '' ? `${base}^{tree}` : `${base}:${folder}`))];
  const output = await git.run(['cat-file', '--batch'], {
    input: Buffer.from(names.map((name) => `${name}\n`).join(''), 'latin1'),
  });
  let at = 0;
  const next = (wanted: string): Buffer | null => {
    const end = output.indexOf(10, at);
    const header = output.toString('latin1', at, end);
    at = end + 1;
    if (header.endsWith(' missing')) return null;
    const [type, size] = header.split(' ').slice(-2);
    const content = output.subarray(at, at + Number(size));
    at += content.length + 1;
    return type === wanted ? content : null;
  };
  const commit = next('commit') ?? Buffer.alloc(0);
  return { commit, trees: new Map(folders.map((folder) => [folder, next('tree')])) };
}

/**
 * The trees of these folders, if each has the id that the folder around it names, and the first of them the one that the commit names;
 * else null. `folders` are in an order in which a folder comes after the one around it.
 */
function linkedTrees(
  repository: Repository,
  base: Oid,
  { commit, trees }: KnownFolders,
  folders: readonly string[],
): FolderTrees | null {
  if (objectId(repository, 'commit', commit) !== base) return null;
  const found = new Map<string, { readonly oid: Oid; readonly entries: ReturnType<typeof parseTree> }>();
  for (const folder of folders) {
    const oid = folder === '' ? treeOf(commit) : idIn(found.get(parentOf(folder)), folder);
    const content = trees.get(folder);
    if (oid === null && content === null) continue;
    if (oid === null || !content || objectId(repository, 'tree', content) !== oid) return null;
    found.set(folder, { oid, entries: parseTree(content, repository.zero.length / 2) });
  }
  return found;
}

function treeOf(commit: Buffer): Oid | null {
  return /^tree ([0-9a-f]+)\n/.exec(commit.toString('latin1', 0, 80))?.[1] ?? null;
}

function idIn(parent: { readonly entries: ReturnType<typeof parseTree> } | undefined, folder: string): Oid | null {
  const entry = parent?.entries.get(folder.slice(folder.lastIndexOf('/') + 1));
  return entry?.mode === folderMode ? entry.oid : null;
}
