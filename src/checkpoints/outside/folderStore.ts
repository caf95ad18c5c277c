import { existsSync, realpathSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomic } from '../../store/atomicFile.ts';
import { errorCode } from '../../store/errno.ts';
import { excludeFile } from './builtInExcludes.ts';
import { isWithin, requireSuitable, type FolderRules } from './folderLimits.ts';
import { Git, type GitWaiter, GitError, type Oid } from '../git/git.ts';
import { makeStore } from './makeStore.ts';
import type { PrivateIndex } from '../git/privateIndex.ts';
import { rawPathIn, type Repository } from '../git/repository.ts';
import { ownStore, type OwnStore } from './storeFolder.ts';
import type { WorkingState } from '../capture/workingState.ts';

/*
 * Checkpoints of a folder that is no git repository: a git directory of ours in the state folder whose work tree is that folder.
 *
 * Its index is kept, and its HEAD is a commit of the newest checkpoint's tree: so `git status` tells what changed since, and all else
 * works as in a repository at the price of what changed. Neither means anything beyond that. Wherever a process is killed between the
 * three (refs first, then HEAD; the index whenever it is good), the next status tells of the difference, and the next checkpoint is
 * right: index and HEAD are where git starts to look, never what it believes to be in a file.
 */

/** A folder's store, and the folder. */
export interface FolderStore {
  readonly store: OwnStore;
  readonly top: string;
}

/** The store of `dir` or of the nearest of its parents that has one. */
export function findFolderStore(stateFolder: string, dir: string): FolderStore | null {
  const start = realOrNull(dir);
  for (let at = start; at !== null; at = path.dirname(at) === at ? null : path.dirname(at)) {
    const store = ownStore(stateFolder, 'folder', at);
    if (existsSync(store.dir)) return { store, top: at };
  }
  return null;
}

export function realOrNull(folder: string): string | null {
  try {
    return realpathSync(folder);
  } catch {
    return null;
  }
}

/**
 * Makes the store of `root` if `dir` lies in that folder; null if it does not. Which folder is a whole is never guessed: `root` is
 * what a person or an agent works in. Throws `folder-not-allowed`, `folder-too-large`.
 */
export async function makeFolderStore(root: string, dir: string, rules: FolderRules): Promise<FolderStore | null> {
  const top = realOrNull(root);
  const inner = realOrNull(dir);
  if (top === null || inner === null || !isWithin(top, inner)) return null;
  await requireSuitable(top, rules);
  const store = ownStore(rules.stateFolder, 'folder', top);
  await makeStore(store.dir, (fresh) => fillStore(fresh, top, rules.signal));
  return { store, top };
}

async function fillStore(dir: string, top: string, signal: AbortSignal | undefined): Promise<void> {
  // With both named, git sets core.worktree. HEAD is replaced as a file below, so refs have to be files.
  const env = { GIT_DIR: dir, GIT_WORK_TREE: top, GIT_DEFAULT_REF_FORMAT: 'files' };
  const git = new Git(top, { signal }, env);
  await git.run(['init', '-q', '--template=', '--object-format=sha1']);
  // The user's own configuration may start a daemon for every repository there is; this one is looked at now and then.
  await git.run(['config', 'core.fsmonitor', 'false']);
  await mkdir(path.join(dir, 'info'), { recursive: true });
  await writeFile(path.join(dir, 'info', 'exclude'), excludeFile);
  // Every byte as it is: no line ends are converted and no filter is run where nobody has asked git for anything.
  const attributes = '* -text !eol -ident -filter !working-tree-encoding\n';
  await writeFile(path.join(dir, 'info', 'attributes'), attributes);
  await mkdir(path.join(dir, 'soft-landing'));
  await writeHead(dir, await baselineCommit(git, await git.oid(['mktree'], { input: '' })));
}

export function openFolderStore({ store, top }: FolderStore, waiter: GitWaiter): Repository {
  const git = new Git(top, waiter, { GIT_DIR: store.dir });
  return {
    git,
    refs: git,
    top,
    gitDir: store.dir,
    commonDir: store.dir,
    refsDir: store.dir,
    privateDir: path.join(store.dir, 'soft-landing'),
    worktree: 'main',
    zero: '0'.repeat(40),
    store,
    absolute: rawPathIn(top),
  };
}

/** A commit that depends on its tree alone, so that a state that comes back has the same one. */
function baselineCommit(git: Git, tree: Oid): Promise<Oid> {
  const date = '@0 +0000';
  const message = 'The newest checkpoint, for git status to compare with';
  const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  return git.oid(['commit-tree', tree, '-m', message], { env });
}

/** HEAD is written as a file, not by update-ref: a git that was killed, or a power cut, would leave a lock that nobody takes away. */
async function writeHead(dir: string, commit: Oid): Promise<void> {
  await writeFileAtomic(path.join(dir, 'HEAD'), `${commit}\n`);
}

/** Makes the newest checkpoint what `git status` compares with. */
export async function moveBaseline({ git, gitDir, store }: Repository, tree: Oid): Promise<void> {
  if (store?.kind !== 'folder') return;
  try {
    await writeHead(gitDir, await baselineCommit(git.uninterrupted(), tree));
  } catch (error) {
    // The checkpoint stands without it; the next status has more to tell, that is all.
    if (!(error instanceof GitError) && errorCode(error) === null) throw error;
  }
}

/** Makes a private index that matches the files the store's own. By rename, with its time: a copy would hide racy edits. */
export async function keepIndex({ gitDir }: Repository, index: PrivateIndex): Promise<void> {
  // No file was ever captured: then there is none.
  if (!existsSync(index.file)) return;
  // A torn index would make every later status fail, and nobody would ever repair this one.
  const handle = await open(index.file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(index.file, path.join(gitDir, 'index'));
}

/** A folder's state is its files. What its store calls HEAD and staged is nobody's business. */
export function withoutGitState<State extends WorkingState>({ store }: Repository, state: State): State {
  if (store?.kind !== 'folder') return state;
  return { ...state, head: null, branch: null, staged: null, unmerged: [], conflict: null, intentToAdd: [] };
}
