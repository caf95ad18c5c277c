import path from 'node:path';
import { readFileOrNull } from '../../store/atomicFile.ts';
import type { Oid, RawPath } from './git.ts';
import { pastDeadLocks } from './refLocks.ts';
import { refNamespace, type Repository } from './repository.ts';

export interface Ref {
  /** one character per byte, as a path: a linked worktree's name is part of it */
  readonly name: RawPath;
  readonly oid: Oid;
  readonly isSymbolic: boolean;
}

/** The refs below a folder of refs, whatever they are and whether or not their objects are there. */
export async function listRefs({ refs }: Repository, folder: string): Promise<Ref[]> {
  // Only these fields need no object, so that it works on a broken ref.
  const lines = (await refs.text(['for-each-ref', '--format=%(refname) %(objectname) %(symref)', folder])).split('\n');
  return lines
    .map((line) => line.split(' '))
    .flatMap(([name = '', oid = '', target = '']) => (name === '' ? [] : [{ name, oid, isSymbolic: target !== '' }]));
}

/**
 * What a ref of ours names: read from its file where it has one, since git is a process for it. Whoever changes the ref gives git this
 * value to compare with.
 */
export async function refValue({ refs, refsDir }: Repository, name: string): Promise<Oid> {
  const text = (await readFileOrNull(path.join(refsDir, name)))?.toString('latin1') ?? '';
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})\n$/.test(text) ? text.trim() : refs.oid(['rev-parse', '--verify', '-q', name]);
}

export async function deleteRefs(repository: Repository, refs: readonly Ref[]): Promise<void> {
  if (refs.length === 0) return;
  // What names the checkpoint goes first: should git itself be killed half-way, no checkpoint is left that looks whole and is not.
  const order = (ref: Ref): number => (ref.name.endsWith('/w') ? 0 : 1);
  const lines = [...refs]
    .sort((a, b) => order(a) - order(b))
    // A symbolic ref (nothing of ours is one) has no value of its own to compare with.
    .map(({ name, oid, isSymbolic }) => `delete ${name}${isSymbolic ? '' : ` ${oid}`}`);
  const input = Buffer.from(['start', ...lines, 'prepare', 'commit', ''].join('\n'), 'latin1');
  // Without the caller's deadline: a git that is killed here leaves ref locks behind.
  const change = () => repository.refs.uninterrupted().run(['update-ref', '--no-deref', '--stdin'], { input });
  await pastDeadLocks(repository, change(), change);
}

/** Deletes refs of ours whose object no longer exists; answers how many. */
export async function healRefs(repository: Repository): Promise<number> {
  const refs = await listRefs(repository, refNamespace);
  if (refs.length === 0) return 0;
  // Peeled too: a tag that is there but whose tree is gone makes every listing fail just the same.
  const input = refs.map(({ oid }) => `${oid}\n${oid}^{}\n`).join('');
  const answers = (await repository.refs.text(['cat-file', '--batch-check'], { input })).split('\n');
  const isMissing = (at: number): boolean => answers[at]?.endsWith(' missing') ?? false;
  const broken = refs.filter((_, at) => isMissing(2 * at) || isMissing(2 * at + 1));
  for (const ref of broken) await deleteRefs(repository, [ref]);
  return broken.length;
}
