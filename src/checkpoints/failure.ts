import { worded, type Sentence, type SentenceValue, type Wording } from '../protocol/sentence.ts';

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
export interface CheckpointFailure extends Wording {
  readonly reason: CheckpointReason;
}

/** Thrown inside this folder only; the Checkpoints facade turns it into a value. */
export class CheckpointError extends Error {
  readonly reason: CheckpointReason;
  readonly sentence: Sentence;

  /** @param text one plain string, from which translations are made; `values` go where it has `{0}`, `{1}` */
  constructor(reason: CheckpointReason, text: string, values: readonly SentenceValue[] = [], options?: ErrorOptions) {
    const { message, sentence } = worded({ text, values });
    super(message, options);
    this.name = 'CheckpointError';
    this.reason = reason;
    this.sentence = sentence;
  }

  /** As a value. */
  get failure(): CheckpointFailure {
    return { reason: this.reason, message: this.message, sentence: this.sentence };
  }

  /** By name: what is loaded on demand is a bundle of its own, with a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'CheckpointError';
  }
}
