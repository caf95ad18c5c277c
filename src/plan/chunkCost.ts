import { newTokens, type SessionUsage } from '../protocol/usage.ts';
import type { ChunkRun } from './chunkRun.ts';

/** What sessions have used, by `agent|id`: the state from which a chunk's cost is counted. */
export function tokensBySession(sessions: readonly SessionUsage[]): Readonly<Record<string, number>> {
  return Object.fromEntries(sessions.map((session) => [keyOf(session), newTokens(session.tokens)]));
}

/** What these sessions have used since a run began; null where one of them is older, and what it had used before is not known. */
export function tokensSinceRun(sessions: readonly SessionUsage[], { begunAt, tokensBefore }: ChunkRun): number | null {
  let sum = 0;
  for (const session of sessions) {
    if (session.lastAt < begunAt) continue;
    const before = session.firstAt >= begunAt ? 0 : tokensBefore?.[keyOf(session)];
    if (before === undefined) return null;
    sum += Math.max(0, newTokens(session.tokens) - before);
  }
  return sum;
}

function keyOf({ agent, sessionId }: SessionUsage): string {
  return `${agent}|${sessionId}`;
}
