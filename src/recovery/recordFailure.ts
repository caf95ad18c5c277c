import { setTimeout as sleep } from 'node:timers/promises';
import type { HookEvent, Surroundings } from '../agents/agent.ts';
import { reasonOf } from '../agents/claude/failures.ts';
import { opencodeReason } from '../agents/opencode/work.ts';
import { dataRoots } from '../agents/opencode/locations.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Evidence, ToldFailure } from './findInterruption.ts';
import { processOf } from './liveness.ts';
import type { SessionRef } from './readWork.ts';
import { lookAt, recordInterruption, type OpenCheckpoints } from './recordInterruption.ts';
import type { StoredInterruption } from './report.ts';

/** Events after which a session may be cut off. */
export type CuttingEvent = Extract<HookEvent, { kind: 'failed' | 'ended' | 'compact' }>;

export interface FailureOptions {
  readonly surroundings: Surroundings;
  readonly stateFolder: string;
  readonly open: OpenCheckpoints;
  readonly now: () => number;
  /** how long to wait for the transcript to hold what happened, and for a process to end */
  readonly patienceMs?: number;
}

const pauseMs = 200;

/**
 * Records that a session was cut off, as its hook tells. The hook runs before the transcript holds the failure (seen in half of all
 * cases), and before the process has ended: so it is waited for; what the hook itself was told counts where it never comes.
 * null: it was not cut off, or somebody else has recorded it.
 */
export async function recordFailure(event: CuttingEvent, options: FailureOptions): Promise<StoredInterruption | null> {
  const { surroundings, stateFolder, open, now, patienceMs = 4000 } = options;
  const ref = refOf(event, surroundings);
  if (ref === null) return null;
  const told = toldBy(event, now());
  const end = performance.now() + patienceMs;
  const look =
    (withTold: boolean) =>
    async (cwd: string | null): Promise<Evidence> => ({
      now: now(),
      process: event.kind === 'compact' ? 'running' : await processOf(ref, cwd ?? event.cwd, now()),
      told: withTold ? told : null,
    });
  for (;;) {
    const isLast = performance.now() >= end;
    const { found } = await lookAt(ref, look(isLast));
    if (found !== null || isLast) break;
    await sleep(pauseMs);
  }
  return recordInterruption({ ref, cwd: event.cwd, stateFolder, open }, look(performance.now() >= end), now());
}

function refOf({ agent, sessionId, transcriptPath }: CuttingEvent, surroundings: Surroundings): SessionRef | null {
  if (transcriptPath !== null) return { agent, sessionId, transcript: transcriptPath };
  if (agent !== 'opencode') return null;
  const database = dataRoots(surroundings)
    .map((root) => path.join(root.path, 'opencode.db'))
    .find((file) => existsSync(file));
  return database === undefined ? null : { agent, sessionId, transcript: database };
}

/** Vendors' names of errors and their sentences, whichever the agent's hook is given. */
function toldBy(event: CuttingEvent, at: number): ToldFailure | null {
  if (event.kind !== 'failed') return null;
  const { agent, error } = event;
  const resetsAt = event.resetsAt ?? null;
  const reason = agent === 'claude' ? reasonOf(error, null, null, error) : opencodeReason(error, null);
  // Only opencode stays and waits.
  return { at, reason, message: error, resetsAt, continuesItself: agent === 'opencode' && resetsAt !== null };
}
