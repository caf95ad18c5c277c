import type { Turn } from '../../protocol/turn.ts';

/** Longer than any response takes; a turn that is silent for so long has ended. */
const silence = 5 * 60_000;

/** Turns that are over and did something. `session` (its number) has just been given a new prompt: what it did before is over. */
export function overTurns(turns: readonly Turn[], session: number | null, now: number): readonly Turn[] {
  return turns.filter((turn) => turn.requests > 0 && (turn.session === session || Math.abs(now - turn.end) > silence));
}
