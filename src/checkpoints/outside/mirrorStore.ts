import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Git, type GitWaiter, type Oid } from '../git/git.ts';
import { makeStore } from './makeStore.ts';
import type { PrivateIndex } from '../git/privateIndex.ts';
import type { Repository } from '../git/repository.ts';
import { ownStore } from './storeFolder.ts';

/*
 * A repository whose remotes would carry our refs away keeps them, and the objects that only we need, in a git directory of ours,
 * which borrows everything else from it (`objects/info/alternates`). So the user's repository gets nothing that could be pushed, and
 * loses nothing by it; but what the user's own prune removes after history was rewritten is gone for the store too.
 */

/** The same repository with our refs and objects outside of it. Makes the store if there is none. */
export async function openMirrorStore(
  repository: Repository,
  stateFolder: string,
  waiter: GitWaiter,
): Promise<Repository> {
  const { commonDir, top, zero } = repository;
  const store = ownStore(stateFolder, 'mirror', commonDir);
  const objects = path.join(commonDir, 'objects');
  if (!existsSync(store.dir)) {
    const format = zero.length === 64 ? 'sha256' : 'sha1';
    await makeStore(store.dir, (fresh) => fillStore(fresh, objects, format, waiter));
  }
  return {
    ...repository,
    git: new Git(top, waiter, {
      GIT_OBJECT_DIRECTORY: path.join(store.dir, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects),
    }),
    refs: new Git(top, waiter, { GIT_DIR: store.dir }),
    refsDir: store.dir,
    store,
  };
}

async function fillStore(dir: string, objects: string, format: string, waiter: GitWaiter): Promise<void> {
  const git = new Git(dir, waiter, { GIT_DIR: dir, GIT_DEFAULT_REF_FORMAT: 'files' });
  await git.run(['init', '-q', '--bare', '--template=', `--object-format=${format}`]);
  await mkdir(path.join(dir, 'objects', 'info'), { recursive: true });
  await writeFile(path.join(dir, 'objects', 'info', 'alternates'), `${quoted(objects)}\n`);
}

/** As git reads a path where a separator (`:` or a line break), a quote or a `#` would mislead it. */
function quoted(folder: string): string {
  return /[:;"#\n]/.test(folder) ? `"${folder.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"` : folder;
}

/**
 * Gives the store what a checkpoint needs beyond its commit and git did not write, since the user's repository had it: what was
 * staged, say. It goes there with the next prune after the index has changed.
 */
export async function holdObjects({ git, store }: Repository, needed: Iterable<Oid>): Promise<void> {
  if (store?.kind !== 'mirror') return;
  const objects = path.join(store.dir, 'objects');
  const borrowed = [...needed].filter((oid) => !existsSync(path.join(objects, oid.slice(0, 2), oid.slice(2))));
  if (borrowed.length === 0) return;
  // As a pack, because git does not write a loose object that it can borrow.
  const input = [...borrowed, ''].join('\n');
  await git.run(['pack-objects', '-q', '--non-empty', path.join(objects, 'pack', 'pack')], { input });
}

/**
 * Gives the user's own object store everything that an index names and that is only in ours: staged content comes from a checkpoint,
 * and a reset must leave no index behind that the user's git cannot read.
 */
export async function provideForIndex(repository: Repository, index: PrivateIndex['file']): Promise<void> {
  const { git, store, top } = repository;
  if (store?.kind !== 'mirror') return;
  const args = ['rev-list', '--objects', '--no-object-names', '--indexed-objects'];
  const named = (await git.text(args, { index })).split('\n').filter(Boolean);
  if (named.length === 0) return;
  const own = new Git(top);
  const answers = await own.text(['cat-file', '--batch-check'], { input: [...named, ''].join('\n') });
  const missing: Oid[] = answers.split('\n').flatMap((line) => (line.endsWith(' missing') ? line.slice(0, -8) : []));
  if (missing.length === 0) return;
  const pack = await git.run(['pack-objects', '-q', '--stdout'], { input: [...missing, ''].join('\n') });
  await own.run(['unpack-objects', '-q'], { input: pack });
}
