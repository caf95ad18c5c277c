import type { Checkpoints } from '../../checkpoints/checkpoints.ts';
import type { CheckpointFailure } from '../../checkpoints/failure.ts';
import { succeed, type Result } from '../../protocol/result.ts';
import { isInside } from '../../store/isInside.ts';
import { checkpointEngine } from './checkpointEngine.ts';
import type { FolderCheckpoints } from './folderCheckpoints.ts';

/*
 * A window with folders of several repositories: one checkpoint for all has the same id in each, so an id tells what belongs together.
 */

/** Of the folders that have checkpoints, one for each repository. */
export function oneOfEachRepository(folders: readonly FolderCheckpoints[]): readonly FolderCheckpoints[] {
  const byTop = new Map<string, FolderCheckpoints>();
  for (const folder of folders) {
    if (folder.repositoryTop !== undefined && !byTop.has(folder.repositoryTop)) byTop.set(folder.repositoryTop, folder);
  }
  return [...byTop.values()];
}

/** Folders of other repositories that belong to what is done in one; what lies inside its repository goes back with that one anyway. */
export function foldersBeside(
  folder: FolderCheckpoints,
  all: readonly FolderCheckpoints[],
): readonly FolderCheckpoints[] {
  const top = folder.repositoryTop;
  if (top === undefined) return [];
  return oneOfEachRepository(all).filter(({ repositoryTop }) => !isInside(repositoryTop ?? top, top));
}

export interface Saved {
  readonly folder: FolderCheckpoints;
  readonly result: Awaited<ReturnType<Checkpoints['create']>>;
}

/** Saves several folders as one set, each shown as busy meanwhile. */
export async function createInAll(
  folders: readonly FolderCheckpoints[],
  label: string,
  signal: AbortSignal,
): Promise<readonly Saved[]> {
  const saveAll = async (
    opened: readonly { readonly folder: FolderCheckpoints; readonly checkpoints: Checkpoints }[],
    [next, ...others]: readonly FolderCheckpoints[],
  ): Promise<readonly Saved[]> => {
    if (next) {
      const done: Result<readonly Saved[], CheckpointFailure> = await next.run(
        'checkpoint',
        async (checkpoints) => succeed(await saveAll([...opened, { folder: next, checkpoints }], others)),
        signal,
      );
      // This one could not be opened: the others are saved without it.
      return done.ok ? done.value : [{ folder: next, result: done }, ...(await saveAll(opened, others))];
    }
    const results = await (
      await checkpointEngine()
    ).createSet(
      opened.map(({ checkpoints }) => checkpoints),
      { kind: 'manual', label },
    );
    return opened.flatMap(({ folder }, at) => {
      const result = results[at];
      return result ? [{ folder, result }] : [];
    });
  };
  return saveAll([], folders);
}
