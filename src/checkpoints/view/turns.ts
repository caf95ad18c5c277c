import type { CheckpointSummary } from '../../protocol/checkpoint.ts';

/** The checkpoints of one prompt, newest first; or one that belongs to no prompt. */
export interface Turn {
  readonly key: string;
  readonly checkpoints: readonly CheckpointSummary[];
}

/**
 * Puts the checkpoints that one prompt caused together, where the newest of them is: sessions that work side by side, and what is saved
 * meanwhile for other reasons, do not tear a turn apart. Expects and answers newest first.
 */
export function turnsOf(checkpoints: readonly CheckpointSummary[]): readonly Turn[] {
  const turns: { key: string; checkpoints: CheckpointSummary[] }[] = [];
  const byPrompt = new Map<string, CheckpointSummary[]>();
  for (const checkpoint of checkpoints) {
    const prompt = promptKey(checkpoint);
    const known = prompt === null ? undefined : byPrompt.get(prompt);
    if (known !== undefined) {
      known.push(checkpoint);
      continue;
    }
    const turn = { key: prompt ?? checkpoint.id, checkpoints: [checkpoint] };
    turns.push(turn);
    if (prompt !== null) byPrompt.set(prompt, turn.checkpoints);
  }
  return turns;
}

/** null: it belongs to no prompt. What is saved as a session begins comes before its first prompt. */
function promptKey({ agent, session, prompt, kind }: CheckpointSummary): string | null {
  if (session === null || prompt === null || prompt === 0 || kind === 'session') return null;
  return `${agent ?? ''} ${session} ${prompt}`;
}
