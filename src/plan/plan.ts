/** red: its verify command failed, and it is not yet mended or taken back · dropped: not to be done any more */
export const chunkStatuses = ['open', 'begun', 'done', 'red', 'dropped'] as const;
export type ChunkStatus = (typeof chunkStatuses)[number];

/** A part of a task that ends green. */
export interface Chunk {
  /** its place in the plan, from 1: what people call it by, since titles may be the same */
  readonly number: number;
  readonly title: string;
  readonly status: ChunkStatus;
  readonly doneWhen: string | null;
  readonly verify: string | null;
  readonly budgetTokens: number | null;
  readonly costTokens: number | null;
  /** id of the checkpoint that it ended with */
  readonly checkpoint: string | null;
}

export interface Plan {
  readonly title: string;
  readonly chunks: readonly Chunk[];
}

/** What a chunk is before it is in a plan. */
export interface NewChunk {
  readonly title: string;
  readonly doneWhen?: string;
  readonly verify?: string;
  readonly budgetTokens?: number;
}

/** The chunk to go on with: one that was begun or is red, else the first open one; null: nothing is left to do. */
export function nextChunk({ chunks }: Plan): Chunk | null {
  const started = chunks.find(({ status }) => status === 'begun' || status === 'red');
  return started ?? chunks.find(({ status }) => status === 'open') ?? null;
}
