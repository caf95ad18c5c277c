import type { Chunk, Plan } from './plan.ts';

/** What is known of whether a chunk fits into what is left, before it begins. */
export interface ChunkEstimate {
  readonly decision: 'proceed' | 'tight' | 'split' | 'unknown';
  /** for a person: what it will take, what is left, and what that rests on */
  readonly sentence: string;
}

/** Whoever can tell that: the usage side, which this folder does not know. */
export type ChunkEstimator = (request: {
  readonly plan: Plan;
  readonly chunk: Chunk;
  /** what the agent will be told */
  readonly prompt: string;
  readonly signal?: AbortSignal;
}) => Promise<ChunkEstimate>;
