import path from 'node:path';
import { takeFileLock, type FileLock } from '../store/fileLock.ts';
import { CheckpointError } from './failure.ts';
import type { Repository } from './git/repository.ts';

/** How long to wait for others, and what ends the wait. */
export interface Waiting {
  readonly waitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One checkpoint or reset at a time in a working tree, whoever makes it: hooks of parallel subagents, CLI, editors. */
export async function lockWorkingTree({ privateDir }: Repository, { waitMs, signal }: Waiting): Promise<FileLock> {
  const lock = await takeFileLock(path.join(privateDir, 'lock'), waitMs, signal);
  if (lock) return lock;
  throw new CheckpointError(
    'busy',
    'Another checkpoint or reset of this repository is still running. Nothing was changed.',
  );
}
