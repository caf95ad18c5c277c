/*
 * For the hook, when a session starts: what it is to be told of one that was cut off. A bundle of its own (`sessionStart.cjs`): no other
 * event of an agent needs it.
 */
import type { HookEvent, Surroundings } from '../agents/agent.ts';
import { readPreferences } from '../store/preferences.ts';
import { shortHandOver } from './handOver.ts';
import { changeState, listInterruptions } from './interruptionStore.ts';
import { isOver, lookBack } from './lookBack.ts';
import { worksIn } from './sessions.ts';
import { recordInterruption, type OpenCheckpoints } from './recordInterruption.ts';
import type { StoredInterruption } from './report.ts';

/** A new session rarely goes on with what was cut off longer ago. */
const recentMs = 3 * 24 * 3600_000;

type SessionEvent = Extract<HookEvent, { kind: 'session' }>;

/** Where to look for sessions that nobody has recorded; null: what is recorded has to do. */
export interface HandOverOptions {
  readonly surroundings: Surroundings | null;
  readonly signal?: AbortSignal;
}

/**
 * The hand-over in short for a session that starts in the folder of one that was cut off, once per interruption; null where there is nothing
 * to hand over, where the user turned it off, and for a session that is only resumed: it knows.
 */
export async function handOverFor(
  event: HookEvent,
  stateFolder: string,
  now: number,
  { surroundings, signal }: HandOverOptions = { surroundings: null },
): Promise<string | null> {
  if (event.kind !== 'session' || event.subagentId !== null) return null;
  if (!(await readPreferences(stateFolder)).handOverAtSessionStart) return null;
  if (surroundings) {
    const open: OpenCheckpoints = async (folder) => {
      const { Checkpoints } = await import('../checkpoints/checkpoints.ts');
      return Checkpoints.open(folder, { stateFolder, newStoreAt: folder, ...(signal ? { signal } : {}) });
    };
    if (event.source === 'compact') await recordCompaction(event, stateFolder, open, now);
    else await lookBack({ surroundings, stateFolder, places: [event.cwd], open, now: () => now });
  }
  for (const stored of await listInterruptions(stateFolder)) {
    if (!isMeant(stored, event, now) || (await isOver(stored, now))) continue;
    const { report, folder } = stored;
    // Two sessions may start at once.
    const taken = await changeState(stateFolder, report.id, (state) =>
      state.handedOverAt === null ? { handedOverAt: now } : null,
    );
    if (taken === null) continue;
    if (event.source === 'compact') return shortHandOver(report, folder, now);
    return `${shortHandOver(report, folder, now)}\nThe user may want to go on with it, or with something else: do not begin by yourself. (Told by Soft Landing, not by the user.)`;
  }
  return null;
}

/** The agent goes on, but has forgotten what it was about to do: unless it was compacted between two turns, by the user. */
async function recordCompaction(
  { agent, sessionId, cwd, transcriptPath }: SessionEvent,
  stateFolder: string,
  open: OpenCheckpoints,
  now: number,
): Promise<void> {
  if (transcriptPath === null) return;
  const message = 'The conversation was compacted in the middle of the task.';
  const told = { at: now, reason: 'compacted', message, resetsAt: null, continuesItself: true } as const;
  const ref = { agent, sessionId, transcript: transcriptPath };
  await recordInterruption({ ref, cwd, stateFolder, open }, () => ({ now, process: 'running', told }), now);
}

function isMeant(stored: StoredInterruption, { cwd, sessionId, source }: SessionEvent, now: number): boolean {
  const { report, state } = stored;
  if (state.dismissedAt !== null || state.overAt !== null || state.handedOverAt !== null) return false;
  // In the same repository: of a folder around it a session there need not know.
  if (now - report.at > recentMs || !worksIn(cwd, [report.top ?? report.cwd])) return false;
  // A conversation that starts again after it was compacted has lost what was said; any other knows its own past.
  const isSame = report.sessionId === sessionId;
  return report.reason === 'compacted' ? isSame && source === 'compact' : !isSame && source !== 'compact';
}
