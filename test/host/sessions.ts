import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepository } from '../support/repository.ts';

/** One start of VS Code. Its tests are those in suite/<name>/. */
export interface Session {
  readonly name: string;
  readonly trust: 'disabled' | 'restricted';
  /** makes what the window shows and returns its path (null: an empty window) and what removes it */
  prepare(): { readonly open: string | null; remove(): void };
}

const files = { 'README.md': '# A small repository\n', 'src/app.ts': 'export const answer = 41;\n' };

export const sessions: readonly Session[] = [
  { name: 'repository', trust: 'disabled', prepare: oneRepository },
  { name: 'multiroot', trust: 'disabled', prepare: severalFolders },
  { name: 'empty', trust: 'disabled', prepare: () => ({ open: null, remove: () => undefined }) },
  { name: 'untrusted', trust: 'restricted', prepare: oneRepository },
];

function oneRepository(): { open: string; remove(): void } {
  const repository = makeRepository({ files });
  return { open: repository.dir, remove: () => repository.remove() };
}

/** A repository and a folder without one. */
function severalFolders(): { open: string; remove(): void } {
  const repository = makeRepository({ files });
  mkdirSync(join(repository.outer, 'plain'));
  writeFileSync(join(repository.outer, 'plain', 'notes.txt'), 'no repository here\n');
  const open = join(repository.outer, 'both.code-workspace');
  writeFileSync(open, JSON.stringify({ folders: [{ path: 'repository' }, { path: 'plain' }] }));
  return { open, remove: () => repository.remove() };
}
