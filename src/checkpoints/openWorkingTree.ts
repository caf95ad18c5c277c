import { existsSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../store/errno.ts';
import { takeFileLock } from '../store/fileLock.ts';
import { rememberPlace } from '../store/knownPlaces.ts';
import { isLookAt, type EarlyLook } from './capture/earlyLook.ts';
import { deleteRefs, listRefs } from './git/ourRefs.ts';
import { CheckpointError } from './failure.ts';
import { isWithin } from './outside/folderLimits.ts';
import {
  findFolderStore,
  makeFolderStore,
  openFolderStore,
  realOrNull,
  type FolderStore,
} from './outside/folderStore.ts';
import { GitError } from './git/git.ts';
import { removeStore } from './outside/makeStore.ts';
import { carriesOurRefs } from './outside/carriedRefs.ts';
import { readConfiguration } from './git/configuration.ts';
import { openMirrorStore } from './outside/mirrorStore.ts';
import { copyCheckpoints } from './outside/moveCheckpoints.ts';
import { openRepository, refNamespace, type Repository } from './git/repository.ts';
import { ownStore } from './outside/storeFolder.ts';
import { takeOver } from './outside/takeOver.ts';

export interface OpenOptions {
  readonly stateFolder: string;
  readonly home: string;
  readonly maxFileBytes: number;
  /** the folder that may get a store if `dir` lies in it and in no repository; null: none is made */
  readonly newStoreAt: string | null;
  readonly allowLarge: boolean;
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onStart: (() => void) | undefined;
  readonly early: Promise<EarlyLook | null>;
}

export interface OpenedWorkingTree {
  readonly repository: Repository;
  /** sentences for a person: where checkpoints are kept if not in the repository, and what could not be brought there */
  readonly notes: readonly string[];
  /** the early look, if it was at this repository */
  readonly early: EarlyLook | null;
}

/**
 * Opens whatever `dir` lies in: a repository, with our refs in it or (mirrors) outside of it, or a folder with a store of ours. What
 * lies in the wrong one of these places since the folder became a repository, or a mirror was set up, is brought to the right one.
 */
export async function openWorkingTree(dir: string, options: OpenOptions): Promise<OpenedWorkingTree> {
  let repository: Repository;
  const look = await options.early;
  const early = look && isLookAt(dir, look) ? look : null;
  try {
    repository = await openRepository(dir, options, early?.facts);
  } catch (error) {
    if (!(error instanceof CheckpointError) || error.reason !== 'not-a-repository') throw error;
    const folder = await folderStore(dir, options);
    if (!folder) throw error;
    await rememberPlace(options.stateFolder, { repository: null, folder: dir });
    return { repository: openFolderStore(folder, options), notes: [], early: null };
  }
  await rememberPlace(options.stateFolder, { repository: repository.commonDir, folder: dir });
  const notes: string[] = [];
  const placed = await placeCheckpoints(repository, options, notes);
  for (const folder of storesInside(placed, dir, options.stateFolder)) {
    await attempt(
      notes,
      `The checkpoints that ${folder.top} had before it became a repository stay outside of it`,
      () =>
        withLocks([placed.privateDir, path.join(folder.store.dir, 'soft-landing')], options, async () => {
          // Somebody else may just have done it.
          if (existsSync(folder.store.dir)) await takeOver(placed, folder);
        }),
    );
  }
  return { repository: placed, notes, early };
}

async function folderStore(dir: string, options: OpenOptions): Promise<FolderStore | null> {
  const found = findFolderStore(options.stateFolder, dir);
  if (found || options.newStoreAt === null) return found;
  return makeFolderStore(options.newStoreAt, dir, options);
}

/** Stores of the folders from `dir` up to the repository's top, as far as the repository can hold what is in them. */
function storesInside({ top, zero }: Repository, dir: string, stateFolder: string): FolderStore[] {
  const found: FolderStore[] = [];
  const realTop = realOrNull(top);
  if (realTop === null || zero.length !== 40) return found;
  for (let at = realOrNull(dir); at !== null && isWithin(realTop, at); at = path.dirname(at)) {
    const store = ownStore(stateFolder, 'folder', at);
    if (existsSync(store.dir)) found.push({ store, top: at });
    if (at === realTop) break;
  }
  return found;
}

/** The repository with its refs where they are to be, and all that there are brought there. */
async function placeCheckpoints(repository: Repository, options: OpenOptions, notes: string[]): Promise<Repository> {
  const { stateFolder } = options;
  const outside = ownStore(stateFolder, 'mirror', repository.commonDir).dir;
  if (carriesOurRefs((await readConfiguration(repository)).entries)) {
    const placed = await openMirrorStore(repository, stateFolder, options);
    notes.push(
      `A remote of this repository is a mirror of all refs, so its checkpoints are kept outside of it, in ${outside}.`,
    );
    if ((await listRefs(repository, refNamespace)).length > 0) {
      await attempt(notes, 'Earlier checkpoints stay in the repository, and would be pushed', () =>
        withLocks([repository.privateDir], options, async () =>
          deleteRefs(repository, await copyCheckpoints(repository, placed)),
        ),
      );
    }
    return placed;
  }
  if (existsSync(outside)) {
    const placed = await openMirrorStore(repository, stateFolder, options);
    await attempt(notes, `Checkpoints from when a remote was a mirror stay in ${outside}`, () =>
      withLocks([repository.privateDir], options, async () => {
        if (!existsSync(outside)) return;
        await copyCheckpoints(placed, repository);
        await removeStore(outside);
      }),
    );
  }
  return repository;
}

/** What could not be brought along is tried again at the next opening; it must not keep anybody from saving now. */
async function attempt(notes: string[], otherwise: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GitError) && !(error instanceof CheckpointError)) throw error;
    notes.push(`${otherwise}: ${errorText(error)}`);
  }
}

async function withLocks(
  [folder, ...others]: readonly string[],
  options: OpenOptions,
  work: () => Promise<void>,
): Promise<void> {
  if (folder === undefined) return work();
  // A store that was taken over while its turn was waited for.
  if (!existsSync(folder)) return;
  const lock = await takeFileLock(path.join(folder, 'lock'), options.waitMs, options.signal);
  if (!lock) throw new CheckpointError('busy', 'another checkpoint or reset is still running.');
  try {
    await withLocks(others, options, work);
  } finally {
    lock.release();
  }
}
