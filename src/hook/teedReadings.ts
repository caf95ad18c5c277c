import type { Surroundings } from '../agents/agent.ts';
import { parseTeed } from '../agents/claude/teedFacts.ts';
import type { Reading } from '../protocol/usage.ts';
import { readSpool } from '../store/readingSpool.ts';
import { accountOf } from '../usage/teedReadings.ts';

/** What the tees were last told of the agent's limits: newer than what was published, where nobody reads them meanwhile. */
export function teedReadings(agent: string, stateFolder: string, surroundings: Surroundings): readonly Reading[] {
  if (agent !== 'claude') return [];
  return readSpool(stateFolder, parseTeed).flatMap((facts) =>
    facts.readings.map((reading) => ({ ...reading, account: accountOf(facts, surroundings) })),
  );
}
