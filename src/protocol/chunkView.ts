/** What a plan says of a chunk, and what became of it. */
export interface ChunkView {
  readonly number: number;
  readonly title: string;
  readonly status: 'open' | 'begun' | 'done' | 'red' | 'dropped';
  readonly doneWhen: string | null;
  readonly verify: string | null;
  readonly budgetTokens: number | null;
  readonly costTokens: number | null;
  /** id of the checkpoint that it ended with */
  readonly checkpoint: string | null;
}

/** The plan of a folder's current task, as the panel shows it. */
export interface PlanView {
  readonly title: string;
  readonly file: string;
  readonly chunks: readonly ChunkView[];
  /** number of the chunk to go on with; null: nothing is left to do */
  readonly next: number | null;
  /** what goes on right now */
  readonly busy: 'verifying' | 'starting' | null;
  /** the last verify's last lines where it failed, else null */
  readonly failure: string | null;
}
