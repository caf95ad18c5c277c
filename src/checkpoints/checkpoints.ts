import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { fail, succeed, type Result } from '../protocol/result.ts';
import { errorCode, errorText } from '../store/errno.ts';
import { takeFileLock } from '../store/fileLock.ts';
import { captureState } from './captureState.ts';
import { findUndo, summarize, type CheckpointPurpose, type StoredCheckpoint } from './checkpointRecord.ts';
import { findCheckpoint, healRefs, listCheckpoints } from './checkpointRefs.ts';
import { createCheckpoint, type CreatedCheckpoint } from './createCheckpoint.ts';
import { CheckpointError, type CheckpointFailure } from './failure.ts';
import { GitError } from './git.ts';
import {
  compareStates,
  fileAt,
  patchBetween,
  presentState,
  showCheckpoint,
  stateOf,
  versionsOf,
  type Changes,
  type ComparedState,
  type FileVersion,
  type Patch,
  type PatchOptions,
  type ShownCheckpoint,
} from './inspect.ts';
import { rememberState } from './lastState.ts';
import { deleteNamed, pinCheckpoint, prune, renameCheckpoint, type Pruned } from './managing.ts';
import { openRepository, type Repository } from './repository.ts';
import { previewRestore, restore, type RestoreRequest, type RestoreTools } from './restore.ts';
import { recoverFromCrash } from './restoreJournal.ts';
import type { Kept, RestorePlan } from './restorePlan.ts';
import { surveyRepository } from './survey.ts';

export interface CheckpointsOptions {
  readonly maxFileBytes?: number;
  readonly signal?: AbortSignal;
  /** how long to wait for another checkpoint or reset of this repository; default 15 s */
  readonly waitMs?: number;
}

export interface RestorePreview {
  readonly checkpoint: CheckpointSummary;
  readonly written: number;
  readonly deleted: number;
  readonly kept: readonly Kept[];
}

export interface Restored {
  /** id of the checkpoint that the working state now equals */
  readonly restored: string;
  readonly written: number;
  readonly deleted: number;
  readonly kept: readonly Kept[];
  /** id of the safety checkpoint; null for a dry run */
  readonly safety: string | null;
}

export interface CheckpointsOverview {
  /** null when HEAD is detached */
  readonly branch: string | null;
  readonly checkpoints: readonly CheckpointSummary[];
  /** label of the checkpoint that the reset which `undo` takes back went to; null when there is nothing to undo */
  readonly undoable: string | null;
}

type Outcome<Value> = Promise<Result<Value, CheckpointFailure>>;

/**
 * The checkpoints of one working tree: the only door to this folder for hook, CLI and editor. Expected failures come back as
 * values; nothing here prints or asks.
 */
export class Checkpoints {
  readonly repository: Repository;
  readonly #tools: RestoreTools;
  readonly #waitMs: number;
  readonly #signal: AbortSignal | undefined;

  private constructor(repository: Repository, options: CheckpointsOptions) {
    this.repository = repository;
    this.#tools = {
      maxFileBytes: options.maxFileBytes ?? 20_000_000,
      lockWaitMs: 3000,
      now: Date.now,
      random: () => randomBytes(3).toString('hex'),
    };
    this.#waitMs = options.waitMs ?? 15_000;
    this.#signal = options.signal;
  }

  static open(dir: string, options: CheckpointsOptions = {}): Outcome<Checkpoints> {
    return attempt(async () => new Checkpoints(await openRepository(dir, options.signal), options));
  }

  /** Saves the working state unless it equals the newest checkpoint's. */
  create(purpose: CheckpointPurpose): Outcome<CreatedCheckpoint> {
    return this.#locked(() => createCheckpoint(this.repository, purpose, this.#tools));
  }

  /** Newest first. */
  list(
    options: { readonly limit?: number; readonly allWorktrees?: boolean } = {},
  ): Outcome<readonly CheckpointSummary[]> {
    return attempt(async () => (await listCheckpoints(this.repository, options)).map(summarize));
  }

  /** What a list view shows, read in one go. */
  overview(): Outcome<CheckpointsOverview> {
    return attempt(async () => {
      const { git } = this.repository;
      const [branch, list] = await Promise.all([
        git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { okCodes: [0, 1] }),
        listCheckpoints(this.repository),
      ]);
      const undo = findUndo(list)?.record.before;
      const resetTo = undo && list.find((checkpoint) => checkpoint.record.id === undo.reset);
      return {
        branch: branch.toString('utf8').trim() || null,
        checkpoints: list.map(summarize),
        undoable: undo ? (resetTo?.label ?? undo.reset) : null,
      };
    });
  }

  /** What a reset would change; changes nothing. `paths` are relative to the repository's top folder. */
  preview(id: string, paths: readonly string[] = []): Outcome<RestorePreview> {
    return this.#locked(async () => {
      const target = await findCheckpoint(this.repository, id);
      const plan = await previewRestore(this.repository, request(target, { paths }), this.#tools.maxFileBytes);
      return { checkpoint: summarize(target), ...counts(plan) };
    });
  }

  restore(
    id: string,
    options: { readonly paths?: readonly string[]; readonly moveHead?: boolean } = {},
  ): Outcome<Restored> {
    return this.#locked(async () => this.#restore(request(await findCheckpoint(this.repository, id), options)));
  }

  /**
   * Takes back the newest reset that has not been taken back.
   * @param expected id of that reset's safety checkpoint, to be certain that no other reset is meant
   */
  undo(expected?: string): Outcome<Restored> {
    return this.#locked(async () => {
      const safety = findUndo(await listCheckpoints(this.repository));
      if (!safety) throw new CheckpointError('nothing-to-undo', 'There is no reset to take back.');
      if (expected !== undefined && safety.record.id !== expected) {
        throw new CheckpointError('nothing-to-undo', 'This reset has been taken back already. Nothing was changed.');
      }
      const { paths = [], headTo = null } = safety.record.before ?? {};
      return this.#restore({ target: safety, paths, moveHead: headTo !== null, undoes: { headTo } });
    });
  }

  async #restore(wanted: RestoreRequest): Promise<Restored> {
    const { plan, safety } = await restore(this.repository, wanted, this.#tools);
    await rememberState(this.repository, safety.record.id, null);
    return { restored: wanted.target.record.id, ...counts(plan), safety: safety.record.id };
  }

  /** Repairs what a killed process or a prune left behind. Answers whether a reset was cut off half-way (undo takes it back). */
  recover(): Outcome<{ readonly cutOffReset: boolean; readonly healedRefs: number }> {
    return this.#withLock(async () => ({
      cutOffReset: (await recoverFromCrash(this.repository)) !== null,
      healedRefs: await healRefs(this.repository),
    }));
  }

  #locked<Value>(work: () => Promise<Value>): Outcome<Value> {
    return this.#withLock(async () => {
      await recoverFromCrash(this.repository);
      return work();
    });
  }

  /** One checkpoint or reset at a time in a working tree, whoever makes it: hooks of parallel subagents, CLI, editors. */
  #withLock<Value>(work: () => Promise<Value>): Outcome<Value> {
    return attempt(async () => {
      const lock = await takeFileLock(path.join(this.repository.privateDir, 'lock'), this.#waitMs, this.#signal);
      if (!lock) {
        throw new CheckpointError(
          'busy',
          'Another checkpoint or reset of this repository is still running. Nothing was changed.',
        );
      }
      try {
        return await work();
      } finally {
        await lock.release();
      }
    });
  }

  /** Keeps a checkpoint until it is deleted by hand; unpinned, the retention policy decides again. */
  pin(id: string, pinned: boolean): Outcome<CheckpointSummary> {
    return this.#change(id, (found) => pinCheckpoint(this.repository, found, pinned));
  }

  rename(id: string, label: string): Outcome<CheckpointSummary> {
    return this.#change(id, (found) => renameCheckpoint(this.repository, found, label));
  }

  #change(id: string, work: (found: StoredCheckpoint) => Promise<StoredCheckpoint>): Outcome<CheckpointSummary> {
    return this.#locked(async () => {
      const changed = await work(await findCheckpoint(this.repository, id));
      await rememberState(this.repository, changed.record.id, null);
      return summarize(changed);
    });
  }

  /** Deletes checkpoints of this working tree: all that are named, or none. Answers their whole ids. */
  delete(ids: readonly string[]): Outcome<{ readonly deleted: readonly string[] }> {
    return this.#locked(async () => ({ deleted: await deleteNamed(this.repository, ids) }));
  }

  /** Deletes what the retention policy (retention.ts) lets go of; a dry run only says what that would be. */
  prune({ dryRun = false }: { readonly dryRun?: boolean } = {}): Outcome<Pruned> {
    return this.#locked(() => prune(this.repository, this.#tools.now(), dryRun));
  }

  /** A checkpoint, and how its files differ from the commit it was made on. */
  show(id: string): Outcome<ShownCheckpoint> {
    return attempt(() => showCheckpoint(this.repository, id));
  }

  /** What has changed since a checkpoint: until now, or until the checkpoint `to`. */
  changes(id: string, paths: readonly string[] = [], to?: string): Outcome<{ readonly id: string } & Changes> {
    return this.#locked(async () => {
      const from = await findCheckpoint(this.repository, id);
      const until = to === undefined ? await this.#present() : stateOf(await findCheckpoint(this.repository, to));
      return { id: from.record.id, ...(await compareStates(this.repository, stateOf(from), until, paths)) };
    });
  }

  /** What has changed since a checkpoint, as git prints it. */
  patch(id: string, options: PatchOptions): Outcome<Patch> {
    return this.#locked(async () => {
      const from = await findCheckpoint(this.repository, id);
      return patchBetween(this.repository, stateOf(from), await this.#present(), options);
    });
  }

  async #present(): Promise<ComparedState> {
    const survey = await surveyRepository(this.repository);
    return presentState(await captureState(this.repository, survey, this.#tools));
  }

  /** A file's bytes as a reset to this checkpoint would write them; null if it has no such file. */
  fileAt(id: string, path: string): Outcome<Buffer | null> {
    return attempt(async () => fileAt(this.repository, (await findCheckpoint(this.repository, id)).tree, path));
  }

  /** Newest first, those whose content of a file differs from the next newer one's. */
  checkpointsOf(path: string): Outcome<readonly FileVersion[]> {
    return attempt(async () => versionsOf(this.repository, await listCheckpoints(this.repository), path));
  }
}

function request(
  target: StoredCheckpoint,
  options: { readonly paths?: readonly string[]; readonly moveHead?: boolean },
): RestoreRequest {
  return { target, paths: options.paths ?? [], moveHead: options.moveHead ?? false, undoes: null };
}

function counts(plan: RestorePlan): Pick<Restored, 'written' | 'deleted' | 'kept'> {
  const deleted = plan.changes.filter((change) => change.kind === 'deleted').length;
  return { written: plan.changes.length - deleted, deleted, kept: plan.kept };
}

/** Turns what this folder throws into a value. */
async function attempt<Value>(work: () => Promise<Value>): Outcome<Value> {
  try {
    return succeed(await work());
  } catch (error) {
    if (error instanceof CheckpointError) return fail({ reason: error.reason, message: error.message });
    if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
      return fail({ reason: 'aborted', message: 'Stopped before it was done.' });
    }
    // What git and the disk refuse (no space, no permission) is expected too; a mistake of ours is not, and goes up.
    if (error instanceof GitError || errorCode(error) !== null)
      return fail({ reason: 'failed', message: errorText(error) });
    throw error;
  }
}
