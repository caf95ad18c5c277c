import { attempt, type Outcome } from '../attempt.ts';
import type { CheckpointAccess } from '../checkpointAccess.ts';
import { findCheckpoint, listCheckpoints } from '../record/checkpointList.ts';
import type { Selection } from '../scope.ts';
import type { Comparison } from './comparison.ts';
import type { CountedVersion } from './fileHistory.ts';
import type { Changes, Patch, PatchOptions, ShownCheckpoint } from './inspect.ts';

const onDemand = () => import('../onDemand.ts');

/** The part of `Checkpoints` that shows what is in them, and how they differ. */
export class CheckpointViews {
  readonly #access: CheckpointAccess;

  constructor(access: CheckpointAccess) {
    this.#access = access;
  }

  /** A checkpoint, and how its files differ from the commit it was made on. */
  show(id: string): Outcome<ShownCheckpoint> {
    return attempt(async () => (await onDemand()).showCheckpoint(this.#access.repository, id));
  }

  /** What has changed since a checkpoint: until now, or until the checkpoint `to`. */
  changes(id: string, selection: Selection = {}, to?: string): Outcome<{ readonly id: string } & Changes> {
    return this.#access.locked(async () => {
      const from = await findCheckpoint(this.#access.repository, id);
      const until = to === undefined ? null : await findCheckpoint(this.#access.repository, to);
      const within = this.#access.paths(from, selection);
      const { changesSince } = await onDemand();
      return {
        id: from.record.id,
        ...(await changesSince(this.#access.repository, from, until, within, this.#access.tools)),
      };
    });
  }

  /** For a viewer: from a checkpoint to now, or to it from the one before. */
  compare(id: string, span: 'until-now' | 'since-previous'): Outcome<Comparison> {
    return this.#access.locked(async () => {
      const { compareCheckpoint, readPresent } = await onDemand();
      const present = span === 'until-now' ? await readPresent(this.#access.repository, this.#access.tools) : null;
      return compareCheckpoint(this.#access.repository, id, present);
    });
  }

  /** How much lies between pairs of checkpoints' trees, in their order. */
  sizes(pairs: readonly (readonly [string, string])[]) {
    return attempt(async () => (await onDemand()).stepSizes(this.#access.repository, pairs));
  }

  /** What has changed since a checkpoint, as git prints it. */
  patch(id: string, options: Selection & Pick<PatchOptions, 'color'>): Outcome<Patch> {
    return this.#access.locked(async () => {
      const from = await findCheckpoint(this.#access.repository, id);
      const within = { ...options, paths: this.#access.paths(from, options) };
      return (await onDemand()).patchSince(this.#access.repository, from, within, this.#access.tools);
    });
  }

  /** A file's bytes as a reset to this checkpoint would write them; null if it has no such file. */
  fileAt(id: string, path: string): Outcome<Buffer | null> {
    return attempt(async () => {
      const { tree, record } = await findCheckpoint(this.#access.repository, id);
      return (await onDemand()).fileAt(this.#access.repository, tree, path, record.raw);
    });
  }

  /** The same of one of the trees that a comparison names. */
  fileIn(tree: string, path: string): Outcome<Buffer | null> {
    return attempt(async () => (await onDemand()).fileAt(this.#access.repository, tree, path));
  }

  /** Newest first, those whose content of a file differs from the next newer one's. */
  checkpointsOf(path: string): Outcome<readonly CountedVersion[]> {
    return attempt(async () =>
      (await onDemand()).countedVersions(this.#access.repository, await listCheckpoints(this.#access.repository), path),
    );
  }
}
