import * as v from 'valibot';
import { interruptionReasons, type InterruptionView } from '../protocol/interruption.ts';
import { goOnTime } from './goOn.ts';

const instant = v.number();
const namedCheckpoint = v.object({ id: v.string(), label: v.string() });

/** `report.json` of an interruption: all that the documents beside it are made from. */
export const reportSchema = v.object({
  v: v.literal(1),
  id: v.string(),
  agent: v.string(),
  sessionId: v.string(),
  transcript: v.nullable(v.string()),
  cwd: v.string(),
  /** the top folder of what the checkpoints are of; null: there are none */
  top: v.nullable(v.string()),
  at: instant,
  turnAt: instant,
  /** when it was found and the state saved */
  recordedAt: instant,
  reason: v.picklist(interruptionReasons),
  message: v.string(),
  resetsAt: v.nullable(instant),
  continuesItself: v.boolean(),
  isInSubagent: v.boolean(),
  /** what was asked for, in full */
  prompts: v.array(v.string()),
  todos: v.array(v.object({ text: v.string(), status: v.picklist(['open', 'begun', 'done', 'dropped']) })),
  /** the plan's chunk that stays open */
  chunk: v.nullable(v.object({ number: v.number(), of: v.number(), title: v.string(), file: v.string() })),
  /** calls that never got a result, and where their code was saved (names in this folder) */
  unanswered: v.array(
    v.object({
      tool: v.string(),
      summary: v.string(),
      /** it took effect all the same: its code is in the tree */
      isInTree: v.boolean(),
      salvaged: v.array(v.string()),
    }),
  ),
  lastWords: v.nullable(v.string()),
  /** subagents that had not ended: what they were asked, and said last */
  subagents: v.array(v.object({ task: v.string(), lastWords: v.nullable(v.string()) })),
  /** what the changes are counted from: the last green checkpoint, else the state before the task; null: the commit */
  base: v.nullable(v.object({ ...namedCheckpoint.entries, isGreen: v.boolean() })),
  lastGreen: v.nullable(namedCheckpoint),
  /** of the state that was cut off */
  checkpoint: v.nullable(v.string()),
  /** why there is no checkpoint; null: there is one */
  problem: v.nullable(v.string()),
  changes: v.array(
    v.object({
      path: v.string(),
      status: v.picklist(['added', 'modified', 'deleted']),
      added: v.nullable(v.number()),
      deleted: v.nullable(v.number()),
    }),
  ),
  green: v.nullable(v.boolean()),
});
export type Report = v.InferOutput<typeof reportSchema>;

/** `state.json`: what became of it since. Each time is null until it is so. */
export const stateSchema = v.object({
  v: v.literal(1),
  /** the user has dealt with it */
  dismissedAt: v.nullable(instant),
  /** the session went on, by the agent or by somebody */
  overAt: v.nullable(instant),
  /** some window of an editor has told of it */
  toldAt: v.nullable(instant),
  /** the time at which the user wants to go on */
  goOnAt: v.nullable(instant),
  /** that time came, and it was said */
  goOnToldAt: v.nullable(instant),
  /** a new session was given the hand-over */
  handedOverAt: v.nullable(instant),
});
export type InterruptionState = v.InferOutput<typeof stateSchema>;

export const freshState: InterruptionState = {
  v: 1,
  dismissedAt: null,
  overAt: null,
  toldAt: null,
  goOnAt: null,
  goOnToldAt: null,
  handedOverAt: null,
};

/** An interruption as it lies in the state folder. */
export interface StoredInterruption {
  readonly report: Report;
  readonly state: InterruptionState;
  readonly folder: string;
}

/** Whether somebody still has to deal with it. A compaction is no stop: the agent goes on, it only knows less. */
export function isPending({ report, state }: StoredInterruption): boolean {
  return state.dismissedAt === null && state.overAt === null && report.reason !== 'compacted';
}

/** What is known of checkpoints now: they may have been verified since. */
export interface VerifiedCheckpoint {
  readonly id: string;
  readonly label: string;
  readonly verified: 'green' | 'red' | null;
  readonly createdAt: string;
}

/** For banner, `status` and `recover`. */
export function viewOf(
  { report, state, folder }: StoredInterruption,
  now: number,
  checkpoints: readonly VerifiedCheckpoint[] = [],
): InterruptionView {
  const own = checkpoints.find(({ id }) => id === report.checkpoint);
  const verified = own?.verified ?? null;
  const isLate = report.resetsAt !== null && now > report.resetsAt + 10 * 60_000;
  return {
    id: report.id,
    agent: report.agent,
    sessionId: report.sessionId,
    at: report.at,
    reason: report.reason,
    message: report.message,
    resetsAt: report.resetsAt,
    goOnFrom: goOnTime(report, now) > now ? goOnTime(report, now) : null,
    task: titleOf(report),
    chunk: report.chunk?.title ?? null,
    filesChanged: report.changes.length,
    green: verified === null ? report.green : verified === 'green',
    lastGreen: lastGreen(checkpoints, report.at) ?? report.lastGreen,
    checkpoint: report.checkpoint,
    goOnAt: state.goOnToldAt === null ? state.goOnAt : null,
    continuesItself: report.continuesItself && !isLate,
    folder,
  };
}

/** The newest checkpoint, of a list with the newest first, that passed its verify command and was made before a time. */
export function lastGreen(
  checkpoints: readonly VerifiedCheckpoint[],
  before: number,
): { readonly id: string; readonly label: string } | null {
  const found = checkpoints.find(({ verified, createdAt }) => verified === 'green' && Date.parse(createdAt) <= before);
  return found ? { id: found.id, label: found.label } : null;
}

/** The first line of what was asked for. */
export function titleOf({ prompts }: Pick<Report, 'prompts'>): string {
  const lines = (prompts[0] ?? '').split(/\r?\n/);
  return (lines.find((line) => line.trim() !== '') ?? '').trim().slice(0, 200);
}
