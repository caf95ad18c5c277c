import path from 'node:path';
import * as v from 'valibot';
import { readJsonFile, writeFileAtomic } from '../../store/atomicFile.ts';
import type { Oid } from './git.ts';
import type { Repository } from './repository.ts';

/** A commit, and the trees of some of its folders, as git stores them; null: there is no such folder in it. */
export interface KnownFolders {
  readonly commit: Buffer;
  readonly trees: ReadonlyMap<string, Buffer | null>;
}

const base64 = v.string();
const memorySchema = v.object({
  v: v.literal(1),
  base: v.string(),
  commit: base64,
  trees: v.array(v.tuple([v.string(), v.nullable(base64)])),
});

/** More are read from git as fast. */
const mostBytes = 150_000;

function memoryFile(repository: Repository): string {
  return path.join(repository.privateDir, 'folders.json');
}

/**
 * What is remembered of a commit's folders: the same ones are asked for as long as an agent works on the same files. It is not believed:
 * whoever uses it compares ids, from the commit down.
 */
export async function recallFolders(repository: Repository, base: Oid): Promise<KnownFolders | null> {
  const memory = await readJsonFile(memoryFile(repository), memorySchema);
  if (memory?.base !== base) return null;
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return {
    commit: bytes(memory.commit),
    trees: new Map(memory.trees.map(([folder, tree]) => [folder, tree === null ? null : bytes(tree)])),
  };
}

/** @param folders the newest first: the others go when it becomes too much */
export async function rememberFolders(repository: Repository, base: Oid, folders: KnownFolders): Promise<void> {
  let left = mostBytes;
  const trees = [...folders.trees].filter(([name, tree]) => (left -= name.length + (tree?.length ?? 0)) > 0);
  const text = JSON.stringify({
    v: 1,
    base,
    commit: folders.commit.toString('base64'),
    trees: trees.map(([name, tree]) => [name, tree?.toString('base64') ?? null]),
  });
  await writeFileAtomic(memoryFile(repository), text, 0o600, { isExpendable: true });
}
