import { attempt, type Outcome } from '../attempt.ts';
import type { CheckpointPurpose } from '../record/checkpointRecord.ts';
import { notCommitted, type CommitOutcome } from '../commit/commitOutcome.ts';
import { Saving, type CreatedCheckpoint } from '../createCheckpoint.ts';
import type { CheckpointFailure } from '../failure.ts';
import { Looks, type Look } from './looks.ts';
import { lockMember, type SetTools } from './members.ts';
import type { FileLock } from '../../store/fileLock.ts';
import type { Result } from '../../protocol/result.ts';
import type { Repository } from '../git/repository.ts';
import { surveyRepository } from '../capture/survey.ts';

/** One repository of several that are saved together. */
export interface SetRepository {
  readonly repository: Repository;
  readonly tools: SetTools;
  /** what else belongs to saving it, while its lock is held */
  readonly commit: () => Promise<CommitOutcome>;
}

export type SavedCheckpoint = CreatedCheckpoint & CommitOutcome;

/**
 * Saves several repositories under one id (record key `set`). If any of them has changed, each gets a checkpoint, so that whoever goes
 * back to the set finds all of it. Answers in the given order; one that fails keeps no other from being saved.
 */
export async function createSet(
  set: readonly SetRepository[],
  purpose: CheckpointPurpose,
): Promise<readonly Result<SavedCheckpoint, CheckpointFailure>[]> {
  const [first] = set;
  if (!first) return [];
  const locks: FileLock[] = [];
  const looks = new Looks(first.tools);
  try {
    // From the outside to the inside, and everybody in the same order: nobody waits for somebody who waits for him.
    const locked = new Map<Repository, Result<FileLock, CheckpointFailure>>();
    for (const { repository, tools } of [...set].sort((a, b) => (a.repository.top < b.repository.top ? -1 : 1))) {
      const lock = await attempt(() => lockMember(repository, tools));
      if (lock.ok) locks.push(lock.value);
      locked.set(repository, lock);
    }
    const looked = await Promise.all(
      set.map(async ({ repository }): Outcome<Look> => {
        const lock = locked.get(repository);
        if (lock && !lock.ok) return lock;
        return attempt(() => looks.at(repository, surveyRepository(repository)));
      }),
    );
    const usable = looked.flatMap((look) => (look.ok ? [look.value] : []));
    const saving = await attempt(() => Saving.plan(usable, purpose, first.tools));
    if (!saving.ok) return set.map(() => saving);
    return await Promise.all(
      looked.map(async (look, at): Outcome<SavedCheckpoint> => {
        if (!look.ok) return look;
        return attempt(async () => {
          const saved = await saving.value.saveRoot(usable.indexOf(look.value));
          return { ...saved, ...((await set[at]?.commit()) ?? notCommitted) };
        });
      }),
    );
  } finally {
    looks.release();
    for (const lock of locks.reverse()) lock.release();
  }
}
