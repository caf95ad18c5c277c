import type { WorkItem } from '../agents/workItem.ts';
import type { InterruptionReason } from '../protocol/interruption.ts';
import { startOf, turnsOf, type Turn } from './turn.ts';

/** What is known of a session beside its transcript. */
export interface Evidence {
  readonly now: number;
  /** of the agent's process; `unknown` where that cannot be found out */
  readonly process: 'running' | 'ended' | 'unknown';
  /** what the agent's hook, plugin or exit code said; null: nothing */
  readonly told: ToldFailure | null;
}

/** A failure that somebody was told of, where the transcript does not hold it (yet, or at all). */
export interface ToldFailure {
  readonly at: number;
  readonly reason: InterruptionReason;
  readonly message: string;
  readonly resetsAt: number | null;
  /** the agent itself tries again */
  readonly continuesItself: boolean;
}

export interface FoundInterruption {
  readonly reason: InterruptionReason;
  /** the agent's or vendor's own words; of what nobody said anything about, ours */
  readonly message: string;
  readonly at: number;
  /** when the turn began that was cut off: a turn is cut off once, whoever sees it, and whenever */
  readonly turnAt: number;
  readonly resetsAt: number | null;
  readonly continuesItself: boolean;
  readonly isInSubagent: boolean;
}

/** Nobody waits that long for a model or a tool without a sign of life; used only where a process cannot be asked for. */
const silenceMs = 30 * 60_000;

/** The agent goes on by itself about a minute after the reset; after this it will not. */
const lateMs = 10 * 60_000;

/**
 * Whether the last turn of a session was cut off, and why. A turn that ended, was broken off by the user, or goes on after a request
 * that failed for a while, was not.
 * @param subagents the work of each subagent of the session
 */
export function findInterruption(
  main: readonly WorkItem[],
  subagents: readonly (readonly WorkItem[])[],
  evidence: Evidence,
): FoundInterruption | null {
  const turn = turnsOf(main).at(-1);
  if (turn === undefined) return null;
  const found =
    failed(turn, main, evidence) ?? inSubagent(turn, subagents) ?? told(turn, evidence) ?? broken(turn, evidence);
  return found === null ? null : { isInSubagent: false, ...found, turnAt: startOf(turn) };
}

type Cut = Omit<FoundInterruption, 'turnAt' | 'isInSubagent'> & { readonly isInSubagent?: boolean };

function failed(turn: Turn, main: readonly WorkItem[], evidence: Evidence): Cut | null {
  const { failure } = turn;
  if (failure === null) return null;
  const { reason, message, at } = failure;
  const resetsAt = failure.resetsAt ?? (reason === 'usage-limit' ? resetBefore(main, at) : null);
  const isLate = resetsAt !== null && evidence.now > resetsAt + lateMs;
  const continuesItself = turn.willContinue === true && evidence.process !== 'ended' && !isLate;
  return { reason, message, at, resetsAt, continuesItself };
}

/** Of the limits that were used up when the request was refused, the last to reset: until then nothing goes. */
function resetBefore(items: readonly WorkItem[], at: number): number | null {
  const limits = items.flatMap((item) => (item.kind === 'limit' && item.at <= at ? [item] : []));
  const newest = limits.at(-1)?.at;
  const resets = limits.flatMap(({ at: told, used, resetsAt }) =>
    told === newest && used >= 1 && resetsAt !== null && resetsAt > at ? [resetsAt] : [],
  );
  return resets.length === 0 ? null : Math.max(...resets);
}

/** A subagent in the background may be refused after the main thread has ended its turn, or while it waits. */
function inSubagent(turn: Turn, subagents: readonly (readonly WorkItem[])[]): Cut | null {
  for (const items of subagents) {
    const failure = turnsOf(items).at(-1)?.failure;
    if (failure && failure.at > turn.lastAt) {
      const { reason, message, at, resetsAt } = failure;
      return { reason, message, at, resetsAt, continuesItself: false, isInSubagent: true };
    }
  }
  return null;
}

function told(turn: Turn, evidence: Evidence): Cut | null {
  const said = evidence.told;
  // Of a turn that has ended since, or ended well, it is not.
  if (said === null || turn.state !== 'open' || said.at < turn.lastAt) return null;
  const { reason, message, at, resetsAt, continuesItself } = said;
  return { reason, message, at, resetsAt, continuesItself: continuesItself && evidence.process !== 'ended' };
}

function broken(turn: Turn, { process, now }: Evidence): Cut | null {
  if (turn.state !== 'open') return null;
  const last = turn.items.at(-1);
  if (last?.kind === 'words' && turn.unanswered.length === 0 && turn.retry === null) return null;
  const isEnded = process === 'ended' || (process === 'unknown' && now - turn.lastAt > silenceMs);
  const common = { at: turn.lastAt, resetsAt: null, continuesItself: false };
  if (isEnded) {
    if (turn.retry !== null) return { ...common, reason: turn.retry.reason, message: turn.retry.message };
    return { ...common, reason: 'killed', message: 'The agent’s process ended in the middle of its turn.' };
  }
  if (turn.compactedAt === null || turn.compactedAt < turn.lastAt) return null;
  const message = 'The conversation was compacted in the middle of the task.';
  return { ...common, at: turn.compactedAt, reason: 'compacted', message, continuesItself: true };
}
