import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import type { Result } from '../protocol/result.ts';
import { attempt, type Outcome } from './attempt.ts';
import { findUndo, summarize, type CheckpointPurpose, type StoredCheckpoint } from './record/checkpointRecord.ts';
import { findAmong, findCheckpoint, listCheckpoints } from './record/checkpointList.ts';
import { healRefs } from './git/ourRefs.ts';
import { notCommitted, type CommitOutcome } from './commit/commitOutcome.ts';
import { createSet, type SavedCheckpoint } from './sets/checkpointSet.ts';
import { CheckpointAccess } from './checkpointAccess.ts';
import { CheckpointKeeping } from './keep/checkpointKeeping.ts';
import { CheckpointViews } from './view/checkpointViews.ts';
import { createCheckpoint } from './createCheckpoint.ts';
import { isStillValid, type EarlyLook } from './capture/earlyLook.ts';
import { CheckpointError, type CheckpointFailure } from './failure.ts';
import { realOrNull } from './outside/folderStore.ts';
import { lastStateStamp } from './record/lastState.ts';
import { noteCheckpoint } from './record/listMemory.ts';
import { openOptions, ownStateFolder, type CheckpointsOptions } from './openOptions.ts';
import { openWorkingTree, type OpenedWorkingTree } from './openWorkingTree.ts';
import { waitedForBy, type Repository } from './git/repository.ts';
import {
  changeRepositorySettings,
  readRepositorySettings,
  type CheckpointMode,
  type RepositorySettings,
} from './repositorySettings.ts';
import type { RestoreRequest } from './restore/restore.ts';
import { recoverFromCrash } from './restore/restoreJournal.ts';
import type { SetReport } from './sets/restoreSet.ts';
import { readOverview, type CheckpointsOverview } from './view/overview.ts';
import { scopeOf, type Selection } from './scope.ts';
import type { SquashPreview, Squashed } from './commit/squash.ts';
import { setTools } from './setTools.ts';
import { ownStore } from './outside/storeFolder.ts';
import { surveyRepository, type Survey } from './capture/survey.ts';
import type { Verifying } from './verify/verifying.ts';

const onDemand = () => import('./onDemand.ts');

/** Counts are the repository's own; `members` has those of each nested repository and submodule. */
export interface RestorePreview extends SetReport {
  readonly checkpoint: CheckpointSummary;
}

export interface Restored extends SetReport {
  /** id of the checkpoint that the working state now equals */
  readonly restored: string;
  /** id of the safety checkpoint; null for a dry run */
  readonly safety: string | null;
}

/**
 * The checkpoints of one working tree: the only door to this folder for hook, CLI and editor. Expected failures come back as
 * values; nothing here prints or asks.
 */
export class Checkpoints {
  readonly repository: Repository;
  /** sentences for a person about where these checkpoints are kept; mostly none */
  readonly notes: readonly string[];
  /** where the opened folder lies below the repository's top ("" for the top): what is meant where nothing else is said */
  readonly scope: string;
  /** what is in them */
  readonly view: CheckpointViews;
  /** what is kept, and under which names */
  readonly keeping: CheckpointKeeping;
  readonly #access: CheckpointAccess;
  readonly #dir: string;
  readonly #options: CheckpointsOptions;
  #early: EarlyLook | null;

  private constructor({ repository, notes, early }: OpenedWorkingTree, dir: string, options: CheckpointsOptions) {
    this.repository = repository;
    this.#early = early;
    this.#dir = dir;
    this.#options = options;
    this.notes = notes;
    this.scope = scopeOf(repository.top, dir);
    this.#access = new CheckpointAccess(repository, this.scope, setTools(options));
    this.view = new CheckpointViews(this.#access);
    this.keeping = new CheckpointKeeping(this.#access);
  }

  static open(dir: string, options: CheckpointsOptions = {}): Outcome<Checkpoints> {
    return attempt(async () => new Checkpoints(await openWorkingTree(dir, openOptions(options)), dir, options));
  }

  /**
   * Work that nobody waits for: it ends after so many milliseconds, whatever git has met with (a filter that hangs), so that it does not
   * keep this working tree's lock from the hooks. Costs no second opening.
   */
  async within<Value>(ms: number, work: (checkpoints: Checkpoints) => Promise<Value>): Promise<Value> {
    const { notes } = this;
    const abort = new AbortController();
    const { signal } = abort;
    const timer = setTimeout(() => abort.abort(), ms);
    const repository = waitedForBy(this.repository, { signal });
    try {
      return await work(new Checkpoints({ repository, notes, early: null }, this.#dir, { ...this.#options, signal }));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Where a folder's checkpoints appear should somebody make the first one though it is no repository; null if it is gone. */
  static storeFor(root: string): string | null {
    const top = realOrNull(root);
    return top === null ? null : ownStore(ownStateFolder(), 'folder', top).dir;
  }

  /** Saves the working state unless it equals the newest checkpoint's. */
  create(purpose: CheckpointPurpose): Outcome<SavedCheckpoint> {
    const stamp = lastStateStamp(this.repository);
    // Begun before the lock is had: it takes longest, and mostly nobody else is there.
    const early = this.#beginLook();
    early.catch(() => undefined);
    return this.#access.locked(async (alone) => {
      // A checkpoint or reset that ended meanwhile may have changed what was looked at.
      const isValid = alone && lastStateStamp(this.repository) === stamp;
      const survey = isValid ? early : surveyRepository(this.repository);
      const settings = readRepositorySettings(this.repository);
      settings.catch(() => undefined);
      const created = await createCheckpoint(this.repository, survey, purpose, this.#access.tools);
      return { ...created, ...(await this.#commit(purpose, await settings)) };
    });
  }

  #beginLook(): Promise<Survey> {
    const early = this.#early;
    this.#early = null;
    const isValid = early !== null && isStillValid(this.repository, early);
    return surveyRepository(this.repository, isValid ? early.statusText : undefined);
  }

  /**
   * Saves several repositories under one id: if any of them has changed, each gets a checkpoint of it. Folders of one repository count
   * once, and have the same answer. Answers in the given order.
   */
  static async createSet(
    folders: readonly Checkpoints[],
    purpose: CheckpointPurpose,
  ): Promise<readonly Result<SavedCheckpoint, CheckpointFailure>[]> {
    const own = [...new Map(folders.map((folder) => [folder.repository.gitDir, folder])).values()];
    const saved =
      own.length === 1
        ? await Promise.all(own.map((folder) => folder.create(purpose)))
        : await createSet(
            own.map((folder) => ({
              repository: folder.repository,
              tools: folder.#access.tools,
              commit: async () => folder.#commit(purpose, await readRepositorySettings(folder.repository)),
            })),
            purpose,
          );
    const answers = new Map(own.map(({ repository }, at) => [repository.gitDir, saved[at]]));
    return folders.flatMap(({ repository }) => answers.get(repository.gitDir) ?? []);
  }

  /**
   * In commit mode what was just saved is committed too; not what the editor saves by itself while a person may be typing, or staging:
   * a commit would take their staged state away from under their hands.
   */
  async #commit(purpose: CheckpointPurpose, { mode }: RepositorySettings): Promise<CommitOutcome> {
    const isOwnIdea = purpose.kind === 'ambient';
    if (mode === 'hidden' || isOwnIdea || this.repository.store?.kind === 'folder') return notCommitted;
    const { commitCheckpoint } = await onDemand();
    return commitCheckpoint(this.repository, purpose, { lockWaitMs: 1000, signal: this.#access.tools.signal });
  }

  mode(): Outcome<CheckpointMode> {
    return attempt(async () => (await readRepositorySettings(this.repository)).mode);
  }

  setMode(mode: CheckpointMode): Outcome<CheckpointMode> {
    return this.#access.locked(async () => {
      if (mode === 'commit' && this.repository.store?.kind === 'folder') {
        throw new CheckpointError('not-a-repository', 'A folder without git has no branch to commit to.');
      }
      await changeRepositorySettings(this.repository, { mode });
      return mode;
    });
  }

  /** What `squash` would fold; changes nothing. */
  previewSquash(message = ''): Outcome<SquashPreview> {
    return attempt(async () => (await onDemand()).previewSquash(this.repository, message));
  }

  /** Folds the checkpoint commits at the branch's tip into one. */
  squash(message = ''): Outcome<Squashed> {
    return this.#access.locked(async () => (await onDemand()).squash(this.repository, message, this.#access.tools));
  }

  /** Newest first. */
  list(
    options: { readonly limit?: number; readonly allWorktrees?: boolean } = {},
  ): Outcome<readonly CheckpointSummary[]> {
    return attempt(async () => (await listCheckpoints(this.repository, options)).map(summarize));
  }

  /** What a list view shows, read in one go. */
  overview(): Outcome<CheckpointsOverview> {
    return attempt(() => readOverview(this.repository));
  }

  /** What a reset would change; changes nothing. */
  preview(id: string, selection: Selection = {}): Outcome<RestorePreview> {
    return this.#access.locked(async () => {
      const target = await findCheckpoint(this.repository, id);
      const { previewSet } = await onDemand();
      const report = await previewSet(this.repository, this.#request(target, selection), this.#access.tools);
      return { checkpoint: summarize(target), ...report };
    });
  }

  restore(id: string, options: Selection & { readonly moveHead?: boolean } = {}): Outcome<Restored> {
    return this.#access.locked(async () => {
      const survey = this.#beginSurvey();
      const all = await listCheckpoints(this.repository);
      const target = await findAmong(this.repository, all, id);
      return this.#restore({ ...this.#request(target, options), survey, all });
    });
  }

  /** A look that takes place while the checkpoint to go back to is found. */
  #beginSurvey(): Promise<Survey> {
    const survey = surveyRepository(this.repository);
    survey.catch(() => undefined);
    return survey;
  }

  #request(target: StoredCheckpoint, options: Selection & { readonly moveHead?: boolean }): RestoreRequest {
    return { target, paths: this.#access.paths(target, options), moveHead: options.moveHead ?? false, undoes: null };
  }

  /**
   * Takes back the newest reset that has not been taken back.
   * @param expected id of that reset's safety checkpoint, to be certain that no other reset is meant
   */
  undo(expected?: string): Outcome<Restored> {
    return this.#access.locked(async () => {
      const survey = this.#beginSurvey();
      const all = await listCheckpoints(this.repository);
      const safety = findUndo(all);
      if (!safety) throw new CheckpointError('nothing-to-undo', 'There is no reset to take back.');
      if (expected !== undefined && safety.record.id !== expected) {
        throw new CheckpointError('nothing-to-undo', 'This reset has been taken back already. Nothing was changed.');
      }
      const { paths = [], headTo = null } = safety.record.before ?? {};
      return this.#restore({ target: safety, paths, moveHead: headTo !== null, undoes: { headTo }, survey, all });
    });
  }

  async #restore(wanted: RestoreRequest): Promise<Restored> {
    const { restoreSet } = await onDemand();
    const { safety, ...report } = await restoreSet(this.repository, wanted, this.#access.tools);
    noteCheckpoint(this.repository, safety);
    return { restored: wanted.target.record.id, ...report, safety: safety.record.id };
  }

  /** Repairs what a killed process or a prune left behind. Answers whether a reset was cut off half-way (undo takes it back). */
  recover(): Outcome<{ readonly cutOffReset: boolean; readonly healedRefs: number }> {
    return this.#access.withLock(async () => ({
      cutOffReset: (await recoverFromCrash(this.repository)) !== null,
      healedRefs: await healRefs(this.repository),
    }));
  }

  settings(): Outcome<RepositorySettings> {
    return attempt(() => readRepositorySettings(this.repository));
  }

  changeSettings(changed: Partial<RepositorySettings>): Outcome<void> {
    return this.#access.locked(() => changeRepositorySettings(this.repository, changed));
  }

  /** The part that is about the verify command, green and red. */
  async verifying(): Promise<Verifying> {
    return new (await onDemand()).Verifying(this, this.#access.tools, (work) => this.#access.locked(work));
  }
}
