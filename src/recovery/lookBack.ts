import type { Surroundings } from '../agents/agent.ts';
import { errorText } from '../store/errno.ts';
import { appendEvent } from '../store/eventLog.ts';
import type { Evidence } from './findInterruption.ts';
import { changeState, listInterruptions } from './interruptionStore.ts';
import { processOf } from './liveness.ts';
import type { SessionRef } from './readWork.ts';
import { lookAt, recordInterruption, type OpenCheckpoints } from './recordInterruption.ts';
import { isPending, type StoredInterruption } from './report.ts';
import { recentSessions, worksIn } from './sessions.ts';

export interface LookBack {
  readonly surroundings: Surroundings;
  readonly stateFolder: string;
  /** folders whose sessions are meant, and those inside of them */
  readonly places: readonly string[];
  readonly open: OpenCheckpoints;
  readonly now: () => number;
}

/** What was cut off longer ago, and was not found until now, nobody waits for. */
export const lookBackMs = 2 * 24 * 3600_000;
/** Of a folder that many agents work in, the newest have to do. */
export const mostSessions = 40;
/** A cut that nobody cared for in a week. */
const forgottenMs = 7 * 24 * 3600_000;

/** What is known beside the transcript, when somebody just looks. */
export function presentEvidence(ref: SessionRef, now: number): (cwd: string | null) => Promise<Evidence> {
  return async (cwd) => ({ now, process: await processOf(ref, cwd, now), told: null });
}

/**
 * Looks at the sessions of the last days in these folders, and records what was cut off and is not recorded yet: for killed processes and
 * agents without hooks this is the only way to know. One that cannot be read is logged, and keeps nobody from the others.
 * @param session only this one
 */
export async function lookBack(request: LookBack, session?: string): Promise<readonly StoredInterruption[]> {
  const { surroundings, stateFolder, places, open, now } = request;
  const { sessions } = await recentSessions(surroundings, places, now() - lookBackMs);
  const wanted = sessions.filter(
    ({ sessionId, cwd }) =>
      (session === undefined || sessionId.includes(session)) && (cwd === null || worksIn(cwd, places)),
  );
  const recorded: StoredInterruption[] = [];
  for (const ref of wanted.slice(0, mostSessions)) {
    try {
      const looked = await lookAt(ref, presentEvidence(ref, now()));
      if (looked.found === null || !worksIn(looked.cwd, places)) continue;
      const stored = await recordInterruption(
        { ref, cwd: looked.cwd, stateFolder, open },
        presentEvidence(ref, now()),
        now(),
      );
      if (stored !== null) recorded.push(stored);
    } catch (error) {
      await appendEvent(stateFolder, now(), 'recovery.not-read', {
        agent: ref.agent,
        session: ref.sessionId,
        message: errorText(error),
      });
    }
  }
  return recorded;
}

/** What is recorded of these folders and still open, the newest first. Of what has been taken up again meanwhile, that is noted. */
export async function pendingIn(
  request: Omit<LookBack, 'surroundings' | 'open'>,
): Promise<readonly StoredInterruption[]> {
  const { stateFolder, places, now } = request;
  const pending: StoredInterruption[] = [];
  for (const stored of await listInterruptions(stateFolder)) {
    const { report } = stored;
    if (!isPending(stored) || now() - report.at > forgottenMs || !concerns(stored, places)) continue;
    if (await isOver(stored, now())) await changeState(stateFolder, report.id, () => ({ overAt: now() }));
    else pending.push(stored);
  }
  return pending;
}

/** Whether it happened in one of these folders, or in the repository that one of them lies in. */
export function concerns({ report }: StoredInterruption, places: readonly string[]): boolean {
  return (
    worksIn(report.cwd, places) || (report.top !== null && places.some((place) => worksIn(place, [report.top ?? ''])))
  );
}

/** Whether its session has gone on. A transcript that is gone tells nothing, so the cut stays. */
export async function isOver({ report }: StoredInterruption, now: number): Promise<boolean> {
  const { agent, sessionId, transcript } = report;
  if (transcript === null) return false;
  const ref = { agent, sessionId, transcript };
  try {
    const { turn, id } = await lookAt(ref, presentEvidence(ref, now));
    if (turn === null || id === report.id || turn.at < report.turnAt) return false;
    return turn.isEnded || (turn.at > report.turnAt && turn.isAlive);
  } catch {
    return false;
  }
}
