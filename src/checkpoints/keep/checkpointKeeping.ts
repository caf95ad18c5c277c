import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import { succeed } from '../../protocol/result.ts';
import type { BurstReport } from '../ambient/ambient.ts';
import { attempt, type Outcome } from '../attempt.ts';
import type { CheckpointAccess } from '../checkpointAccess.ts';
import { findCheckpoint } from '../record/checkpointList.ts';
import { summarize, type StoredCheckpoint } from '../record/checkpointRecord.ts';
import { rememberState } from '../record/lastState.ts';
import type { Pruned, PruneOptions } from './pruning.ts';
import { takePruningTurn } from './pruningTurn.ts';

const onDemand = () => import('../onDemand.ts');

/** The part of `Checkpoints` that decides what is kept, and under which names. */
export class CheckpointKeeping {
  readonly #access: CheckpointAccess;

  constructor(access: CheckpointAccess) {
    this.#access = access;
  }

  /** Keeps a checkpoint until it is deleted by hand; unpinned, the retention policy decides again. */
  pin(id: string, pinned: boolean): Outcome<CheckpointSummary> {
    return this.#change(id, async (found) => {
      const { pinCheckpoint, pinMembers } = await onDemand();
      const changed = await pinCheckpoint(this.#access.repository, found, pinned);
      await pinMembers(this.#access.repository, changed, this.#access.tools);
      return changed;
    });
  }

  rename(id: string, label: string): Outcome<CheckpointSummary> {
    return this.#change(id, async (found) =>
      (await onDemand()).renameCheckpoint(this.#access.repository, found, label),
    );
  }

  #change(id: string, work: (found: StoredCheckpoint) => Promise<StoredCheckpoint>): Outcome<CheckpointSummary> {
    return this.#access.locked(async () => {
      const changed = await work(await findCheckpoint(this.#access.repository, id));
      await rememberState(this.#access.repository, changed.record.id, null);
      return summarize(changed);
    });
  }

  /** Deletes checkpoints of this working tree: all that are named, or none. Answers their whole ids. */
  delete(ids: readonly string[]): Outcome<{ readonly deleted: readonly string[] }> {
    return this.#access.locked(async () => {
      const { deleteNamed, deletingMembers } = await onDemand();
      return {
        deleted: await deletingMembers(this.#access.repository, this.#access.tools, () =>
          deleteNamed(this.#access.repository, ids),
        ),
      };
    });
  }

  /** Deletes what the retention policy (retention.ts) lets go of; a dry run only says what that would be. */
  prune({ dryRun = false, only = null }: Partial<PruneOptions> = {}): Outcome<Pruned> {
    return this.#access.locked(async () => {
      const { deletingMembers, prune } = await onDemand();
      const options = { dryRun, only };
      return deletingMembers(this.#access.repository, this.#access.tools, () =>
        prune(this.#access.repository, this.#access.tools.now(), options),
      );
    });
  }

  /** The same, unasked: only after a person has agreed to it once, and once in so many hours; null: not now. */
  async pruneIfDue(everyHours: number): Outcome<Pruned | null> {
    const turn = await attempt(() =>
      takePruningTurn(this.#access.repository, this.#access.tools.now(), everyHours * 3_600_000),
    );
    return !turn.ok ? turn : turn.value ? this.prune() : succeed(null);
  }

  /** How many there are, and what they take on disk. */
  measure(): Outcome<{ readonly count: number; readonly bytes: number }> {
    return attempt(async () => (await onDemand()).measure(this.#access.repository));
  }

  /** Names the ambient checkpoint from before a suspected burst of edits, if it was one; its id, or null where it was none. */
  markBurst(report: BurstReport): Outcome<string | null> {
    return this.#access.locked(async () => (await onDemand()).markBurst(this.#access.repository, report));
  }

  /** Deletes an ambient checkpoint that later ones have made superfluous; false where somebody has a use for it. */
  dropSuperseded(id: string): Outcome<boolean> {
    return this.#access.locked(async () => (await onDemand()).dropSuperseded(this.#access.repository, id));
  }
}
