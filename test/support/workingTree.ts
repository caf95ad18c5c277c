import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { gitEnvironment, type Repository } from './repository.ts';

/** Path (with `/`) -> content, one character per byte, so that any bytes compare and still read well when a test fails. */
export type Files = Readonly<Record<string, string>>;

/** Every file under a folder, as it is on disk now; git's own folder is left out. */
export function filesOnDisk(dir: string): Files {
  const found: [string, string][] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== '.git') walk(path);
      if (entry.isFile()) found.push([relative(dir, path).split(sep).join('/'), readFileSync(path, 'latin1')]);
    }
  };
  walk(dir);
  return sorted(found);
}

/** Every file of a tree, read with plain git and nothing of ours. `tree` is whatever git can peel to one: a ref, a tag, a tree's id. */
export function filesInTree(repository: Repository, tree: string): Files {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repository.dir, env: gitEnvironment(), encoding: 'latin1', stdio: 'pipe' });
  const entries = git('ls-tree', '-r', '-z', `${tree}^{tree}`).split('\0').filter(Boolean);
  return sorted(
    entries.map((entry) => {
      const [description = '', path = ''] = entry.split('\t');
      const id = description.split(' ')[2] ?? '';
      return [Buffer.from(path, 'latin1').toString('utf8'), git('cat-file', 'blob', id)];
    }),
  );
}

/** Everything in the repository's own folder except the object store and what is ours: it must be the same before and after us. */
export function gitFolderFiles(repository: Repository): Files {
  const entries = Object.entries(filesOnDisk(join(repository.dir, '.git')));
  return Object.fromEntries(entries.filter(([path]) => !/^(?:objects|soft-landing|refs\/soft-landing)\//.test(path)));
}

function sorted(entries: readonly [string, string][]): Files {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
