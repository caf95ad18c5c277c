import * as v from 'valibot';

// A rollout that was forked or spawned from another begins with a copy of that one's history in most versions (newer ones point to it
// instead). The copies bear their first times, or all the time of copying. Nothing marks their end; but they are written in one go, and
// no model answers that fast.

const longestStart = 1000;
const longestGap = 200;

export const copiedHistorySchema = v.object({
  /** threads the copies may come from, nearest first */
  from: v.array(v.string()),
  beganAt: v.number(),
  /** what is told up to then may be a copy */
  until: v.number(),
});
/** The part of a rollout that may still be copied history. */
export type CopiedHistory = v.InferOutput<typeof copiedHistorySchema>;

export function beginCopies(from: readonly string[], beganAt: number): CopiedHistory {
  return { from: [...from], beganAt, until: beganAt + longestStart };
}

/** A copied session_meta names one more thread the copies come from. */
export function withAncestor(copies: CopiedHistory, thread: string): CopiedHistory {
  return copies.from.includes(thread) ? copies : { ...copies, from: [...copies.from, thread] };
}

/** The copies including what was told at `at`; null if that is no copy, and then nothing after it is. */
export function goOn(copies: CopiedHistory, at: number): CopiedHistory | null {
  if (at < copies.beganAt) return copies;
  return at <= copies.until ? { ...copies, until: Math.max(copies.until, at + longestGap) } : null;
}
