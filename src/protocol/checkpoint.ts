import * as v from 'valibot';

/** Why a checkpoint was made. */
export const checkpointKinds = [
  'manual',
  'session',
  'prompt',
  'tool',
  'turn',
  /** the state that an interruption left: made as soon as it is known */
  'interrupted',
  /** made by the editor, for agents that have no hooks */
  'ambient',
  /** made because its state was to be verified, and had none yet */
  'verify',
  'safety',
  'failed-restore',
] as const;
export type CheckpointKind = (typeof checkpointKinds)[number];

export const skippedSchema = v.object({ path: v.string(), reason: v.string(), bytes: v.number() });
/** A path that is on disk but not in the checkpoint, and why. */
export type Skipped = v.InferOutput<typeof skippedSchema>;

/** One checkpoint as lists show it. `createdAt` is an ISO 8601 instant. The CLI contract (ARCHITECTURE.md) fixes these names. */
export interface CheckpointSummary {
  readonly id: string;
  readonly ref: string;
  readonly tree: string;
  readonly label: string;
  readonly kind: CheckpointKind;
  readonly createdAt: string;
  readonly agent: string | null;
  readonly session: string | null;
  /** number of the session's prompt that it belongs to, from 1; null: to none, or it is not known */
  readonly prompt: number | null;
  /** what the agent was about to do, e.g. "Edit src/app.ts" */
  readonly tool: string | null;
  readonly branch: string | null;
  readonly head: string | null;
  readonly pinned: boolean;
  readonly verified: 'green' | 'red' | null;
  readonly changedFiles: number;
  readonly skipped: readonly Skipped[];
}
