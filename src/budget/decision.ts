import { windowLength } from '../usage/readings/windows.ts';
import type { Task } from './estimate/similarity.ts';
import type { Estimate } from './estimate/estimate.ts';
import type { Range } from './estimate/thumb.ts';
import { english } from './language.ts';
import { manyFiles, reasonText, type ReasonSubject } from './reasonText.ts';
import type { WindowNeed } from './windowNeed.ts';

/** tight: likely enough, but it may not be · split: likely not enough · unknown: nothing tells how much is left, or what a task takes */
export type Decision = 'proceed' | 'tight' | 'split' | 'unknown';

export const reasonCodes = [
  'no-limit-known',
  'need-unknown',
  'room-enough',
  'small-task',
  'high-exceeds-room',
  'likely-exceeds-room',
  'reserve-reached',
  'many-files',
  'production-on-red',
  'end-of-window',
  'complex',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

export interface Reason {
  readonly code: ReasonCode;
  readonly text: string;
  readonly data: Readonly<Record<string, number | string>>;
}

/** How many chunks a task would take, each small enough for what is left. */
export interface ChunkAdvice {
  readonly count: number;
  /** new tokens of each; null: nothing is left before the reset */
  readonly tokens: number | null;
}

export interface Verdict {
  readonly decision: Decision;
  readonly reasons: readonly Reason[];
  /** the window that decided; null: none is known */
  readonly tightest: WindowNeed | null;
  readonly chunks: ChunkAdvice | null;
}

export interface DecisionInput {
  readonly task: Task;
  readonly estimate: Estimate;
  readonly needs: readonly WindowNeed[];
  /** whether the tree's last verify failed; null: not known */
  readonly isRed: boolean | null;
  /** epoch milliseconds */
  readonly now: number;
}

/** So much more room is wanted for each reason to be careful. */
const perRisk = 0.15;
/** The last part of a window's time, if most of it is used up, is no time to begin something. */
const lastPart = 0.1;
const mostlyUsed = 60;
const budgetLengths: Readonly<Record<string, number>> = { FiveHours: 5 / 24, Day: 1, Week: 7 };
const day = 24 * 60 * 60_000;
/** A small task of tests or docs leaves at least half of what is left, reserve and all, untouched. */
const quietShare = 0.5;
const quietFiles = 3;
const mostChunks = 20;

/** Whether to begin a task now. Never holds anything up for what is not known. Pure. */
export function decide({ task, estimate, needs, isRed, now }: DecisionInput): Verdict {
  const { files } = task;
  if (needs.length === 0) return unknown(reason('no-limit-known', { window: null, files }));
  const known = needs.flatMap((each) => (each.need === null ? [] : [{ ...each, need: each.need }]));
  const full = needs.filter(({ room }) => room <= 0);
  const tightest = known.reduce<Known | null>(
    (worst, each) => (worst === null || strain(each) > strain(worst) ? each : worst),
    null,
  );
  if (tightest === null) {
    // What a task takes is not known, but that nothing is left is.
    const [first] = full;
    if (first === undefined) {
      return unknown(reason('need-unknown', { window: null, files }));
    }
    return { decision: 'split', reasons: [reserveReached(first, files)], tightest: first, chunks: null };
  }
  const risks = risksOf(task, tightest, isRed, now);
  const margin = 1 + perRisk * risks.length;
  const { need, room, used, window } = tightest;
  const subject = { window: tightest, files };
  const data = { window: window.window, likely: round(need.likely), high: round(need.high), room: round(room) };
  if (isQuiet(task, need, 100 - used)) {
    return {
      decision: 'proceed',
      reasons: [reason('small-task', subject, data)],
      tightest,
      chunks: null,
    };
  }
  if (need.likely * margin > Math.max(room, 0)) {
    const why = room <= 0 ? reserveReached(tightest, files) : reason('likely-exceeds-room', subject, data);
    return { decision: 'split', reasons: [why, ...risks], tightest, chunks: chunksOf(estimate, tightest, margin) };
  }
  if (need.high * margin > room) {
    return {
      decision: 'tight',
      reasons: [reason('high-exceeds-room', subject, data), ...risks],
      tightest,
      chunks: chunksOf(estimate, tightest, margin),
    };
  }
  return { decision: 'proceed', reasons: [reason('room-enough', subject, data), ...risks], tightest, chunks: null };
}

type Known = WindowNeed & { readonly need: Range };

/** How far the task goes into what is there: which window stops it first. */
function strain({ need, room }: Known): number {
  return need.high / Math.max(room, 0.01);
}

function risksOf(task: Task, tightest: Known, isRed: boolean | null, now: number): readonly Reason[] {
  const { traits, files } = task;
  const risks: Reason[] = [];
  const subject = { window: tightest, files };
  if (files >= manyFiles || traits.includes('everything')) risks.push(reason('many-files', subject, { files }));
  if (isRed === true && (traits.includes('production') || traits.includes('fix'))) {
    risks.push(reason('production-on-red', subject));
  }
  const left = timeLeft(tightest, now);
  if (left !== null && left <= lastPart && tightest.used >= mostlyUsed) {
    risks.push(reason('end-of-window', subject, { used: round(tightest.used) }));
  }
  if (traits.includes('complex') && (traits.includes('feature') || traits.includes('refactor'))) {
    risks.push(reason('complex', subject));
  }
  return risks;
}

/** Share of the window's time that is left; null where the window does not tell. */
function timeLeft({ window }: WindowNeed, now: number): number | null {
  const period = /Per(FiveHours|Day|Week)$/.exec(window.window)?.[1];
  const length = period === undefined ? windowLength(window.window) : (budgetLengths[period] ?? 0) * day;
  if (length === null || length === 0 || window.resetsAt === null) return null;
  return (window.resetsAt - now) / length;
}

function isQuiet({ traits, files }: Task, need: Range, left: number): boolean {
  const isSmallKind = traits.some((trait) => trait === 'tests' || trait === 'docs');
  const others = traits.filter((trait) => trait !== 'tests' && trait !== 'docs' && trait !== 'question');
  // "Add tests" asks for no feature.
  const isPure = others.every((trait) => trait === 'feature');
  return isSmallKind && isPure && files <= quietFiles && need.high <= left * quietShare;
}

function chunksOf(estimate: Estimate, { need, room }: Known, margin: number): ChunkAdvice {
  const { high, likely } = estimate.tokens;
  if (room <= 0) return { count: 2, tokens: null };
  // Each chunk has to fit with its P80, and all of them together are the likely whole.
  const each = (room / margin / Math.max(need.high, 0.01)) * high;
  const count = Math.min(mostChunks, Math.max(2, Math.ceil(likely / Math.max(each, 1))));
  return { count, tokens: Math.max(1000, Math.round(Math.min(each, likely / count) / 1000) * 1000) };
}

function reserveReached(window: WindowNeed, files: number): Reason {
  const data = { window: window.window.window, used: round(window.used) };
  return reason('reserve-reached', { window, files }, data);
}

function unknown(why: Reason): Verdict {
  return { decision: 'unknown', reasons: [why], tightest: null, chunks: null };
}

/** In English: agents are told it, and programs; who shows it to people says it in their language (`verdictText`). */
function reason(code: ReasonCode, subject: ReasonSubject, data: Reason['data'] = {}): Reason {
  return { code, text: reasonText(code, subject, english), data };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
