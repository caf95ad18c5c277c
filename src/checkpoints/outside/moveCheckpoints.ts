import path from 'node:path';
import { deleteRefs, healRefs, listRefs, type Ref } from '../git/ourRefs.ts';
import { CheckpointError } from '../failure.ts';
import { GitError, type Oid } from '../git/git.ts';
import { refNamespace, type Repository } from '../git/repository.ts';

/**
 * Copies all checkpoints from one place to another, objects first, then all refs in one transaction, and looks whether everything
 * they need has arrived. The source is left as it is; whoever calls takes it away. Answers the refs that were copied.
 * Neither `fetch` nor `push`: both depend on the user's configuration, and write more than refs.
 * @param worktree renames: the part of the names that says whose they are
 */
export async function copyCheckpoints(
  from: Repository,
  to: Repository,
  { worktree }: { readonly worktree?: string } = {},
): Promise<readonly Ref[]> {
  await healRefs(from);
  const refs = (await listRefs(from, refNamespace)).filter(({ isSymbolic }) => !isSymbolic);
  if (refs.length === 0) return [];
  const shared = from.store?.kind === 'folder' ? [] : await tipsOf(from);
  const wanted = [...refs.map(({ oid }) => oid), ...shared.map((oid) => `^${oid}`), ''].join('\n');
  const objects = path.join(to.store?.dir ?? to.commonDir, 'objects');
  await from.refs.run(['pack-objects', '-q', '--revs', '--non-empty', path.join(objects, 'pack', 'pack')], {
    input: wanted,
  });
  const rename = (name: string): string => {
    const [refsWord = '', namespace = '', owner = '', ...rest] = name.split('/');
    return [refsWord, namespace, owner === 'heads' ? owner : (worktree ?? owner), ...rest].join('/');
  };
  const copied = refs.map((ref) => ({ ...ref, name: rename(ref.name) }));
  const lines = copied.map(({ name, oid }) => `update ${name} ${oid}`);
  // Without the caller's deadline: a git that is killed here leaves ref locks behind.
  await to.refs.uninterrupted().run(['update-ref', '--no-deref', '--stdin'], {
    input: Buffer.from(['start', ...lines, 'prepare', 'commit', ''].join('\n'), 'latin1'),
  });
  try {
    await to.refs.run(['rev-list', '--objects', '--quiet', '--stdin'], { input: wanted });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    await deleteRefs(to, copied);
    throw new CheckpointError('damaged', 'Not everything the checkpoints need could be copied.', [], { cause: error });
  }
  return refs;
}

/** What the user's own refs and HEAD name: all they reach stays where it is. */
async function tipsOf(repository: Repository): Promise<readonly Oid[]> {
  // Not `refs`: that may be a store, which has none of the user's.
  const { git } = repository;
  const names = (await git.text(['for-each-ref', '--format=%(objectname) %(refname)'])).split('\n');
  const tips = names
    .filter((line) => line !== '' && !line.includes(` ${refNamespace}/`))
    .map((line) => line.slice(0, line.indexOf(' ')));
  const [head] = (await git.text(['rev-parse', '--verify', '-q', 'HEAD'], { okCodes: [0, 1, 128] })).split('\n');
  return [...new Set([...tips, ...(head ? [head] : [])])];
}
