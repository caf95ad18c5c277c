import type { StoredCheckpoint } from '../record/checkpointRecord.ts';
import type { Oid } from '../git/git.ts';
import { listRefs } from '../git/ourRefs.ts';
import { refNamespace, type Repository } from '../git/repository.ts';

/**
 * What each of a list of checkpoints adds on disk to all before it, in bytes; the sum is what they take together. Two git calls,
 * however many there are.
 *
 * Only what is neither in the present HEAD's files nor in those of the commits that the checkpoints were made on counts. Compared
 * with trees, not commits: git then looks at single files (measured: 120 times too much else). Commits which only a checkpoint keeps
 * alive are not counted.
 */
export async function addedBytes(repository: Repository, checkpoints: readonly StoredCheckpoint[]): Promise<number[]> {
  if (checkpoints.length === 0) return [];
  const { refs } = repository;
  const named = new Map((await listRefs(repository, refNamespace)).map(({ name, oid }) => [name, oid]));
  const own = checkpoints.map(({ ref }) => {
    const name = Buffer.from(ref, 'utf8').toString('latin1');
    return ['w', 'i', 'u', 'r'].flatMap((letter) => named.get(name.replace(/w$/, letter)) ?? []);
  });
  const trees = await comparedTrees(repository, checkpoints);
  // In the order given, each object once. Each checkpoint begins with its tag, which no other one has.
  const objects = await refs.text(['rev-list', '--objects', '--no-object-names', '--missing=allow-any', '--stdin'], {
    input: [...own.flat(), ...trees.map((tree) => `^${tree}`), ''].join('\n'),
  });
  const sizes = await refs.text(['cat-file', '--batch-check=%(objectname) %(objectsize:disk)', '--buffer'], {
    input: objects,
  });
  const beginnings = new Map(own.map(([tag = ''], at) => [tag, at]));
  const added = checkpoints.map(() => 0);
  let at = 0;
  for (const line of sizes.split('\n')) {
    const [oid = '', size = ''] = line.split(' ');
    at = beginnings.get(oid) ?? at;
    // "missing" is no number, and takes no room.
    if (/^\d+$/.test(size)) added[at] = (added[at] ?? 0) + Number(size);
  }
  return added;
}

/** The trees whose files are the user's own, and on disk in any case. */
async function comparedTrees({ git, store }: Repository, checkpoints: readonly StoredCheckpoint[]): Promise<Oid[]> {
  // A folder's store has a HEAD, too, but no files beside the checkpoints'.
  const present = store?.kind === 'folder' ? [] : ['HEAD'];
  const heads = new Set([...present, ...checkpoints.flatMap(({ record }) => record.head ?? [])]);
  // An unborn HEAD has no tree, and a commit may be gone: those just do not count.
  // `refs` may be a store, whose HEAD is not the user's.
  const answers = await git.text(['cat-file', '--batch-check=%(objectname)'], {
    input: [...heads].map((head) => `${head}^{tree}\n`).join(''),
  });
  return answers.split('\n').filter((line) => /^[0-9a-f]+$/.test(line));
}
