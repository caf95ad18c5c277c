import type { Checkpoints } from '../../checkpoints/checkpoints.ts';

/**
 * The door to the checkpoint engine. Half of what the editor side weighs is behind it, so it is a bundle of its own
 * (`checkpoints.cjs`), read when the first folder is opened and never in activation's time.
 */
export async function checkpointEngine(): Promise<typeof Checkpoints> {
  return (await import('../../checkpoints/checkpoints.ts')).Checkpoints;
}
