import type { CheckpointSummary } from '../protocol/checkpoint.ts';
import { succeed, type Result } from '../protocol/result.ts';
import type { BurstReport } from './ambient/ambient.ts';
import { attempt, type Outcome } from './attempt.ts';
import { findUndo, summarize, type CheckpointPurpose, type StoredCheckpoint } from './record/checkpointRecord.ts';
import { findCheckpoint, listCheckpoints } from './record/checkpointList.ts';
import { healRefs } from './git/ourRefs.ts';
import type { Comparison } from './view/comparison.ts';
import { commitCheckpoint, notCommitted, type CommitOutcome } from './commit/commitMode.ts';
import { createSet, type SavedCheckpoint } from './sets/checkpointSet.ts';
import { createCheckpoint } from './createCheckpoint.ts';
import { isStillValid, type EarlyLook } from './capture/earlyLook.ts';
import { CheckpointError, type CheckpointFailure } from './failure.ts';
import { realOrNull } from './outside/folderStore.ts';
import type { CountedVersion } from './view/fileHistory.ts';
import type { Changes, Patch, PatchOptions, ShownCheckpoint } from './view/inspect.ts';
import { lastStateStamp, rememberState } from './record/lastState.ts';
import { openOptions, ownStateFolder, type CheckpointsOptions } from './openOptions.ts';
import { openWorkingTree, type OpenedWorkingTree } from './openWorkingTree.ts';
import type { Pruned, PruneOptions } from './keep/pruning.ts';
import type { Repository } from './git/repository.ts';
import {
  changeRepositorySettings,
  readRepositorySettings,
  type CheckpointMode,
  type RepositorySettings,
} from './repositorySettings.ts';
import type { RestoreRequest } from './restore/restore.ts';
import { recoverFromCrash } from './restore/restoreJournal.ts';
import type { SetReport, SetRestoreTools } from './sets/restoreSet.ts';
import { readOverview, type CheckpointsOverview } from './view/overview.ts';
import { pathsWithin, scopeOf, selectedPaths, type Selection } from './scope.ts';
import type { SquashPreview, Squashed } from './commit/squash.ts';
import { setTools } from './setTools.ts';
import { ownStore } from './outside/storeFolder.ts';
import { surveyRepository, type Survey } from './capture/survey.ts';
import { lockWorkingTree } from './workingTreeLock.ts';
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
  readonly #tools: SetRestoreTools;
  #early: EarlyLook | null;

  private constructor({ repository, notes, early }: OpenedWorkingTree, dir: string, options: CheckpointsOptions) {
    this.repository = repository;
    this.#early = early;
    this.notes = notes;
    this.scope = scopeOf(repository.top, dir);
    this.#tools = setTools(options);
  }

  static open(dir: string, options: CheckpointsOptions = {}): Outcome<Checkpoints> {
    return attempt(async () => new Checkpoints(await openWorkingTree(dir, openOptions(options)), dir, options));
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
    return this.#locked(async (alone) => {
      // A checkpoint or reset that ended meanwhile may have changed what was looked at.
      const isValid = alone && lastStateStamp(this.repository) === stamp;
      const survey = isValid ? early : surveyRepository(this.repository);
      const settings = readRepositorySettings(this.repository);
      settings.catch(() => undefined);
      const created = await createCheckpoint(this.repository, survey, purpose, this.#tools);
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
              tools: folder.#tools,
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
    return commitCheckpoint(this.repository, purpose, { lockWaitMs: 1000, signal: this.#tools.signal });
  }

  mode(): Outcome<CheckpointMode> {
    return attempt(async () => (await readRepositorySettings(this.repository)).mode);
  }

  setMode(mode: CheckpointMode): Outcome<CheckpointMode> {
    return this.#locked(async () => {
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
    return this.#locked(async () => (await onDemand()).squash(this.repository, message, this.#tools));
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
    return this.#locked(async () => {
      const target = await findCheckpoint(this.repository, id);
      const { previewSet } = await onDemand();
      const report = await previewSet(this.repository, this.#request(target, selection), this.#tools);
      return { checkpoint: summarize(target), ...report };
    });
  }

  restore(id: string, options: Selection & { readonly moveHead?: boolean } = {}): Outcome<Restored> {
    return this.#locked(async () => {
      const survey = this.#beginSurvey();
      return this.#restore({ ...this.#request(await findCheckpoint(this.repository, id), options), survey });
    });
  }

  /** A look that takes place while the checkpoint to go back to is found. */
  #beginSurvey(): Promise<Survey> {
    const survey = surveyRepository(this.repository);
    survey.catch(() => undefined);
    return survey;
  }

  #request(target: StoredCheckpoint, options: Selection & { readonly moveHead?: boolean }): RestoreRequest {
    return { target, paths: this.#paths(target, options), moveHead: options.moveHead ?? false, undoes: null };
  }

  #paths(target: StoredCheckpoint, selection: Selection): readonly string[] {
    return pathsWithin(target, selectedPaths(selection, this.scope));
  }

  /**
   * Takes back the newest reset that has not been taken back.
   * @param expected id of that reset's safety checkpoint, to be certain that no other reset is meant
   */
  undo(expected?: string): Outcome<Restored> {
    return this.#locked(async () => {
      const survey = this.#beginSurvey();
      const safety = findUndo(await listCheckpoints(this.repository));
      if (!safety) throw new CheckpointError('nothing-to-undo', 'There is no reset to take back.');
      if (expected !== undefined && safety.record.id !== expected) {
        throw new CheckpointError('nothing-to-undo', 'This reset has been taken back already. Nothing was changed.');
      }
      const { paths = [], headTo = null } = safety.record.before ?? {};
      return this.#restore({ target: safety, paths, moveHead: headTo !== null, undoes: { headTo }, survey });
    });
  }

  async #restore(wanted: RestoreRequest): Promise<Restored> {
    const { restoreSet } = await onDemand();
    const { safety, ...report } = await restoreSet(this.repository, wanted, this.#tools);
    return { restored: wanted.target.record.id, ...report, safety: safety.record.id };
  }

  /** Repairs what a killed process or a prune left behind. Answers whether a reset was cut off half-way (undo takes it back). */
  recover(): Outcome<{ readonly cutOffReset: boolean; readonly healedRefs: number }> {
    return this.#withLock(async () => ({
      cutOffReset: (await recoverFromCrash(this.repository)) !== null,
      healedRefs: await healRefs(this.repository),
    }));
  }

  /** @param work is told whether nothing happened here between the call and its start: no other's work, and no repair */
  #locked<Value>(work: (alone: boolean) => Promise<Value>): Outcome<Value> {
    return this.#withLock(async (waited) => {
      const repaired = await recoverFromCrash(this.repository);
      return work(!waited && repaired === null);
    });
  }

  /** One checkpoint or reset at a time in a working tree, whoever makes it: hooks of parallel subagents, CLI, editors. */
  #withLock<Value>(work: (waited: boolean) => Promise<Value>): Outcome<Value> {
    return attempt(async () => {
      const lock = await lockWorkingTree(this.repository, this.#tools);
      try {
        return await work(lock.waited);
      } finally {
        lock.release();
      }
    });
  }

  /** Keeps a checkpoint until it is deleted by hand; unpinned, the retention policy decides again. */
  pin(id: string, pinned: boolean): Outcome<CheckpointSummary> {
    return this.#change(id, async (found) => {
      const { pinCheckpoint, pinMembers } = await onDemand();
      const changed = await pinCheckpoint(this.repository, found, pinned);
      await pinMembers(this.repository, changed, this.#tools);
      return changed;
    });
  }

  rename(id: string, label: string): Outcome<CheckpointSummary> {
    return this.#change(id, async (found) => (await onDemand()).renameCheckpoint(this.repository, found, label));
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
    return this.#locked(async () => {
      const { deleteNamed, deletingMembers } = await onDemand();
      return { deleted: await deletingMembers(this.repository, this.#tools, () => deleteNamed(this.repository, ids)) };
    });
  }

  /** Deletes what the retention policy (retention.ts) lets go of; a dry run only says what that would be. */
  prune({ dryRun = false, only = null }: Partial<PruneOptions> = {}): Outcome<Pruned> {
    return this.#locked(async () => {
      const { deletingMembers, prune } = await onDemand();
      const options = { dryRun, only };
      return deletingMembers(this.repository, this.#tools, () => prune(this.repository, this.#tools.now(), options));
    });
  }

  /** The same, unasked: only after a person has agreed to it once, and once in so many hours; null: not now. */
  async pruneIfDue(everyHours: number): Outcome<Pruned | null> {
    const turn = await attempt(async () =>
      (await onDemand()).takePruningTurn(this.repository, this.#tools.now(), everyHours * 3_600_000),
    );
    return !turn.ok ? turn : turn.value ? this.prune() : succeed(null);
  }

  /** How many there are, and what they take on disk. */
  measure(): Outcome<{ readonly count: number; readonly bytes: number }> {
    return attempt(async () => (await onDemand()).measure(this.repository));
  }

  settings(): Outcome<RepositorySettings> {
    return attempt(() => readRepositorySettings(this.repository));
  }

  changeSettings(changed: Partial<RepositorySettings>): Outcome<void> {
    return this.#locked(() => changeRepositorySettings(this.repository, changed));
  }

  /** The part that is about the verify command, green and red. */
  async verifying(): Promise<Verifying> {
    return new (await onDemand()).Verifying(this, this.#tools, (work) => this.#locked(work));
  }

  /** Names the ambient checkpoint from before a suspected burst of edits, if it was one; its id, or null where it was none. */
  markBurst(report: BurstReport): Outcome<string | null> {
    return this.#locked(async () => (await onDemand()).markBurst(this.repository, report));
  }

  /** Deletes an ambient checkpoint that later ones have made superfluous; false where somebody has a use for it. */
  dropSuperseded(id: string): Outcome<boolean> {
    return this.#locked(async () => (await onDemand()).dropSuperseded(this.repository, id));
  }

  /** A checkpoint, and how its files differ from the commit it was made on. */
  show(id: string): Outcome<ShownCheckpoint> {
    return attempt(async () => (await onDemand()).showCheckpoint(this.repository, id));
  }

  /** What has changed since a checkpoint: until now, or until the checkpoint `to`. */
  changes(id: string, selection: Selection = {}, to?: string): Outcome<{ readonly id: string } & Changes> {
    return this.#locked(async () => {
      const from = await findCheckpoint(this.repository, id);
      const until = to === undefined ? null : await findCheckpoint(this.repository, to);
      const within = this.#paths(from, selection);
      const { changesSince } = await onDemand();
      return { id: from.record.id, ...(await changesSince(this.repository, from, until, within, this.#tools)) };
    });
  }

  /** For a viewer: from a checkpoint to now, or to it from the one before. */
  compare(id: string, span: 'until-now' | 'since-previous'): Outcome<Comparison> {
    return this.#locked(async () => {
      const { compareCheckpoint, readPresent } = await onDemand();
      const present = span === 'until-now' ? await readPresent(this.repository, this.#tools) : null;
      return compareCheckpoint(this.repository, id, present);
    });
  }

  /** How much lies between pairs of checkpoints' trees, in their order. */
  sizes(pairs: readonly (readonly [string, string])[]) {
    return attempt(async () => (await onDemand()).stepSizes(this.repository, pairs));
  }

  /** What has changed since a checkpoint, as git prints it. */
  patch(id: string, options: Selection & Pick<PatchOptions, 'color'>): Outcome<Patch> {
    return this.#locked(async () => {
      const from = await findCheckpoint(this.repository, id);
      const within = { ...options, paths: this.#paths(from, options) };
      return (await onDemand()).patchSince(this.repository, from, within, this.#tools);
    });
  }

  /** A file's bytes as a reset to this checkpoint would write them; null if it has no such file. */
  fileAt(id: string, path: string): Outcome<Buffer | null> {
    return attempt(async () => {
      const { tree, record } = await findCheckpoint(this.repository, id);
      return (await onDemand()).fileAt(this.repository, tree, path, record.raw);
    });
  }

  /** The same of one of the trees that a comparison names. */
  fileIn(tree: string, path: string): Outcome<Buffer | null> {
    return attempt(async () => (await onDemand()).fileAt(this.repository, tree, path));
  }

  /** Newest first, those whose content of a file differs from the next newer one's. */
  checkpointsOf(path: string): Outcome<readonly CountedVersion[]> {
    return attempt(async () =>
      (await onDemand()).countedVersions(this.repository, await listCheckpoints(this.repository), path),
    );
  }
}
