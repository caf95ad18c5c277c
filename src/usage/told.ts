import type { Fact, Told } from '../agents/agent.ts';
import type { LineFate } from './transcriptFile.ts';

/**
 * Passes on what a piece told. A piece that tells several things is one row; prompts and edits are no use, and no row among those that
 * told of some.
 */
export function fateOf(told: Told, onFact: (fact: Fact) => void): LineFate {
  if (told === 'bad') return 'bad';
  for (const fact of told) onFact(fact);
  return told.some(({ kind }) => kind === 'response' || kind === 'reading') ? 'row' : 'other';
}
