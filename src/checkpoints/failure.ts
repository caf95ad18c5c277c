/** Why a checkpoint or a restore did not happen: the closed set that commands, hook and panel have words for. */
export type CheckpointReason =
  | 'no-git'
  | 'git-too-old'
  | 'not-a-repository'
  /** a folder without git that is never a piece of work: the home folder, the top of a file system */
  | 'folder-not-allowed'
  /** a folder without git so large that a person has to agree first */
  | 'folder-too-large'
  | 'no-working-tree'
  | 'dubious-ownership'
  | 'busy'
  | 'index-locked'
  | 'not-found'
  | 'ambiguous-id'
  | 'nothing-to-undo'
  /** no checkpoint has passed its verify command */
  | 'no-green'
  /** a checkpoint whose files are not the present ones cannot be verified */
  | 'not-present'
  | 'nothing-to-squash'
  | 'staged-changes'
  | 'already-shared'
  | 'operation-in-progress'
  | 'changed-meanwhile'
  | 'in-the-way'
  | 'damaged'
  /** Git LFS no longer has the content of a file that is to be written */
  | 'lfs-missing'
  | 'head-elsewhere'
  | 'bad-path'
  | 'aborted'
  | 'failed';

/** What a caller gets instead of a result: the reason to act on, and a sentence that says what happened and what was kept. */
export interface CheckpointFailure {
  readonly reason: CheckpointReason;
  readonly message: string;
}

/** Thrown inside this folder only; the Checkpoints facade turns it into a value. */
export class CheckpointError extends Error {
  readonly reason: CheckpointReason;

  constructor(reason: CheckpointReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CheckpointError';
    this.reason = reason;
  }

  /** By name: what is loaded on demand is a bundle of its own, with a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'CheckpointError';
  }
}
