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
 * from it only by a checkpoint between them; and at last even though it never gets quiet (a log that grows).
 * @param notBefore the earliest time at all
 */
export function nextSave(activity: Activity, quietMs: number, notBefore: number): number {
  const { firstAt, lastAt, hasTyped, isSuspected } = activity;
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
 * ours would only lie between them.
 */
export function hookedUntil(newest: { agent: string | null; kind: string; createdAt: string } | undefined): number {
  if (!newest?.agent || newest.kind === 'turn') return 0;
  return Date.parse(newest.createdAt) + hookedTurnMs;
}
