/** Why a checkpoint or a restore did not happen: the closed set that commands, hook and panel have words for. */
export type CheckpointReason =
  | 'no-git'
  | 'git-too-old'
  | 'not-a-repository'
  | 'no-working-tree'
  | 'dubious-ownership'
  | 'busy'
  | 'index-locked'
  | 'not-found'
  | 'ambiguous-id'
  | 'nothing-to-undo'
  | 'changed-meanwhile'
  | 'in-the-way'
  | 'damaged'
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
    this.reason = reason;
  }
}
