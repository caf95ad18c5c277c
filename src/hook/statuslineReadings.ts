import type { Surroundings } from '../agents/agent.ts';
import { parseStatusline } from '../agents/claude/statusline.ts';
import type { Reading } from '../protocol/usage.ts';
import { readSpool } from '../store/readingSpool.ts';
import { accountOf } from '../usage/statuslines.ts';

/** What the agent's statuslines were last told of its limits: newer than what was published, where nobody reads them meanwhile. */
export function statuslineReadings(agent: string, stateFolder: string, surroundings: Surroundings): readonly Reading[] {
  if (agent !== 'claude') return [];
  return readSpool(stateFolder, parseStatusline).flatMap(({ readings, transcriptPath }) =>
    readings.map((reading) => ({ ...reading, account: accountOf(transcriptPath, surroundings) })),
  );
}
