/** What was seen since the last checkpoint. Times are epoch milliseconds. */
export interface Activity {
  readonly firstAt: number;
  readonly lastAt: number;
  /** something a person typed was saved */
  readonly hasTyped: boolean;
  /** so many files at once that it may be a burst */
  readonly isSuspected: boolean;
}

/** Typed work is saved, and a burst taken for over, after so long without a change. */
export const settleMs = 3000;

/** Of all time, git may work for us this part at most: where a look takes a second, there is one in 50 seconds. */
const busyShare = 0.02;

const longestRestMs = 10 * 60_000;
const firstPauseMs = 30_000;
const longestPauseMs = 30 * 60_000;

/** An agent whose hook was heard of this recently is at work and saves each step itself. */
const hookedTurnMs = 2 * 60_000;

/**
 * When to save what has changed: after a quiet time; sooner after a person's own save, since what is typed next to a burst can be told
 * from it only by a checkpoint between them; at last even though it never gets quiet (a log that grows); and at once what was seen later
 * than now, before the clock was set back.
 * @param notBefore the earliest time at all
 */
export function nextSave(activity: Activity, quietMs: number, notBefore: number, now: number): number {
  const { firstAt, lastAt, hasTyped, isSuspected } = activity;
  if (Math.max(firstAt, lastAt) > now) return notBefore;
  const calm = lastAt + (hasTyped || isSuspected ? Math.min(settleMs, quietMs) : quietMs);
  return Math.max(notBefore, Math.min(calm, firstAt + 10 * quietMs));
}

/** How long to rest after a save that took so long. */
export function restAfter(tookMs: number): number {
  return Math.min(longestRestMs, Math.round(tookMs * (1 / busyShare - 1)));
}

/** How long to leave a repository alone after so many failures one after the other. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
}

/**
 * Until when the newest checkpoint says that an agent with hooks is at work here; 0: none is. Its own checkpoints hold every state, and
 * ours would only lie between them. One of a clock that was set back since says nothing.
 */
export function hookedUntil(
  newest: { agent: string | null; kind: string; createdAt: string } | undefined,
  now: number,
): number {
  if (!newest?.agent || newest.kind === 'turn') return 0;
  const at = Date.parse(newest.createdAt);
  return at > now ? 0 : at + hookedTurnMs;
}
