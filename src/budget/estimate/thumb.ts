import type { Trait } from '../../protocol/turn.ts';
import type { Task } from './similarity.ts';

/** A range, never one number. */
export interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** What the files of a task hold. */
export interface FileTokens {
  /** in the model's own tokens, as far as that is known */
  readonly tokens: number;
  readonly isApproximate: boolean;
}

/** 1,000 tokens are 750 words of conversation, or 50 lines of modified code. */
const tokensPerWord = 1000 / 750;
const tokensPerLine = 1000 / 50;
/** Tools show files with line numbers (claude-code #22506: 1.57 to 2.08 times the text), and look at them again after an edit. */
const reading = 1.8;
/** What a named file holds where nobody looked: 200 lines. */
const unseenFile = 2000;
/** Instructions and tools' descriptions, written into the cache with a session's first prompt. */
const instructions = 13_000;
/** Each step tells something and is told something: commands, their output, small talk. */
const perStep = 450;

/** Lines that a task of a kind changes, and steps that it takes; the largest kind counts. */
const kinds: Readonly<Partial<Record<Trait, { readonly lines: number; readonly steps: number }>>> = {
  everything: { lines: 900, steps: 60 },
  subagents: { lines: 300, steps: 50 },
  feature: { lines: 200, steps: 22 },
  refactor: { lines: 200, steps: 22 },
  tests: { lines: 150, steps: 16 },
  fix: { lines: 40, steps: 14 },
  docs: { lines: 60, steps: 8 },
  plan: { lines: 0, steps: 12 },
  command: { lines: 0, steps: 8 },
  question: { lines: 0, steps: 5 },
  'go-on': { lines: 60, steps: 10 },
};
const unknownKind = { lines: 60, steps: 12 };
const complexity = 1.6;

/** Rules of thumb are right to a factor. */
const lowFactor = 0.4;
const highFactor = 2.8;

/** New tokens of a task by rules of thumb alone. `files`: what the files that are named or open hold; null: nobody looked. */
export function thumbEstimate(task: Task, files: FileTokens | null): Range {
  const { words, traits } = task;
  const known = traits.flatMap((trait) => kinds[trait] ?? []);
  // A question about a feature builds none.
  const kind =
    traits.includes('question') && !traits.includes('everything') ? (kinds.question ?? unknownKind) : largest(known);
  const hard = traits.includes('complex') ? complexity : 1;
  const read = (files?.tokens ?? task.files * unseenFile) * reading;
  const likely =
    (task.context === 0 ? instructions : 0) +
    words * tokensPerWord +
    read +
    hard * (kind.lines * tokensPerLine + kind.steps * perStep);
  return { low: likely * lowFactor, likely, high: likely * highFactor };
}

function largest(found: readonly { readonly lines: number; readonly steps: number }[]): {
  readonly lines: number;
  readonly steps: number;
} {
  if (found.length === 0) return unknownKind;
  return {
    lines: Math.max(...found.map(({ lines }) => lines)),
    steps: Math.max(...found.map(({ steps }) => steps)),
  };
}
