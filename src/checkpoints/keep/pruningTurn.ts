import { stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../store/errno.ts';
import type { Repository } from '../git/repository.ts';
import { readRepositorySettings } from '../repositorySettings.ts';

function stampFile(repository: Repository): string {
  return path.join(repository.privateDir, 'pruned');
}

/**
 * Whether pruning may happen by itself now: a person has agreed to it once, and the last time is long enough ago. Cheap, and needs
 * no lock. Takes the turn: of several programs that ask, mostly only one prunes.
 */
export async function takePruningTurn(repository: Repository, now: number, everyMs: number): Promise<boolean> {
  if (!(await readRepositorySettings(repository)).pruningApproved) return false;
  const file = stampFile(repository);
  try {
    const { mtimeMs } = await stat(file);
    // One from the future is of a clock that was set back.
    if (mtimeMs <= now && now - mtimeMs < everyMs) return false;
    await utimes(file, now / 1000, now / 1000);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await writeFile(file, '');
    await utimes(file, now / 1000, now / 1000);
  }
  return true;
}
