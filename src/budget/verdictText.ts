import type { Verdict } from './decision.ts';
import type { Estimate } from './estimate/estimate.ts';

const decisionWords = {
  proceed: 'There is room for this task.',
  tight: 'This task may not fit.',
  split: 'This task likely does not fit: split it.',
  unknown: 'Whether this task fits is not known.',
} as const;

/** A decision in a few sentences, with its numbers. */
export function verdictText({ decision, reasons, tightest, chunks }: Verdict, estimate: Estimate, now: number): string {
  const chunkWords =
    decision !== 'split' || chunks === null
      ? []
      : [
          chunks.tokens === null
            ? 'Nothing above the reserve is left before the reset.'
            : `About ${chunks.count} chunks of ${tokenCount(chunks.tokens)} tokens would fit one by one.`,
        ];
  const reset = tightest?.window.resetsAt ?? null;
  const resetWords = decision === 'proceed' || reset === null ? [] : [`It resets in ${duration(reset - now)}.`];
  return [
    decisionWords[decision],
    `Likely ${rangeText(estimate)}.`,
    ...reasons.map(({ text }) => text),
    ...resetWords,
    ...chunkWords,
  ].join(' ');
}

export function rangeText({ tokens }: Estimate): string {
  return `${tokenCount(tokens.likely)} tokens (${tokenCount(tokens.low)} to ${tokenCount(tokens.high)})`;
}

/** What the estimate rests on, for people. */
export function basisText({ comparableTasks, history, turns }: Estimate): string {
  if (turns.length === 0) return 'rules of thumb; there is no history yet';
  const tasks = comparableTasks === 1 ? '1 comparable task' : `${comparableTasks} comparable tasks`;
  if (comparableTasks === 0) return 'rules of thumb; no past task of yours is like it';
  if (history < 0.5) return `rules of thumb, and ${tasks} of yours`;
  return history < 0.85 ? `${tasks} of yours, and rules of thumb` : `${tasks} of yours`;
}

/** "850", "45K", "1.2M": two digits, because an estimate has no more. */
export function tokenCount(tokens: number): string {
  const rounded = tokens <= 0 ? 0 : Number(tokens.toPrecision(2));
  if (rounded < 1000) return String(Math.round(rounded));
  return rounded < 1e6 ? `${Number((rounded / 1000).toPrecision(2))}K` : `${Number((rounded / 1e6).toPrecision(2))}M`;
}

export function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
