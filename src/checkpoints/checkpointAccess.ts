import { attempt, type Outcome } from './attempt.ts';
import type { Repository } from './git/repository.ts';
import type { StoredCheckpoint } from './record/checkpointRecord.ts';
import { recoverFromCrash } from './restore/restoreJournal.ts';
import { pathsWithin, selectedPaths, type Selection } from './scope.ts';
import type { SetRestoreTools } from './sets/restoreSet.ts';
import { lockWorkingTree } from './workingTreeLock.ts';

/** An opened working tree, as the parts of `Checkpoints` work on it. */
export class CheckpointAccess {
  readonly repository: Repository;
  /** where the opened folder lies below the repository's top ("" for the top): what is meant where nothing else is said */
  readonly scope: string;
  readonly tools: SetRestoreTools;

  constructor(repository: Repository, scope: string, tools: SetRestoreTools) {
    this.repository = repository;
    this.scope = scope;
    this.tools = tools;
  }

  /** The paths of a checkpoint that a selection means. */
  paths(target: StoredCheckpoint, selection: Selection): readonly string[] {
    return pathsWithin(target, selectedPaths(selection, this.scope));
  }

  /** @param work is told whether nothing happened here between the call and its start: no other's work, and no repair */
  locked<Value>(work: (alone: boolean) => Promise<Value>): Outcome<Value> {
    return this.withLock(async (waited) => {
      const repaired = await recoverFromCrash(this.repository);
      return work(!waited && repaired === null);
    });
  }

  /** One checkpoint or reset at a time in a working tree, whoever makes it: hooks of parallel subagents, CLI, editors. */
  withLock<Value>(work: (waited: boolean) => Promise<Value>): Outcome<Value> {
    return attempt(async () => {
      const lock = await lockWorkingTree(this.repository, this.tools);
      try {
        return await work(lock.waited);
      } finally {
        lock.release();
      }
    });
  }
}
