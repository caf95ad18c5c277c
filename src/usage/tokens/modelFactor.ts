import type { ToolResultGrowth } from '../../agents/claude/toolResultGrowth.ts';

/**
 * Tokens of a model for one of o200k. OpenAI's are counted exactly; no vendor else publishes a tokenizer. The values for Claude are
 * as reported (sammcj/ingest PR 65), and only the start: what the user's own transcripts show counts more and more.
 */
export function startFactor(model: string | null): number {
  if (model === null) return claudeBefore47;
  if (/^(?:gpt|o\d|codex)/.test(model)) return 1;
  if (!model.startsWith('claude')) return otherVendors;
  const version = /(?:opus|sonnet|haiku|fable|mythos)-(\d{1,2})(?!\d)(?:-(\d{1,2})(?!\d))?/.exec(model);
  const number = Number(version?.[1] ?? 0) + Number(version?.[2] ?? 0) / 100;
  return number >= 4.07 ? claudeSince47 : claudeBefore47;
}

const claudeBefore47 = 1.18;
const claudeSince47 = 1.53;
const otherVendors = 1.1;

/** A short text drowns in what the agent adds to it. */
const leastTokens = 500;
/** What is outside was no plain result of one tool: a compaction, an image, a reminder. */
const lowest = 0.7;
const highest = 3;
const doubt = 5;
const least = 3;

/** The factor by these results of tools, whose tokens in o200k are counted; the start's where they are too few. */
export function learnedFactor(
  model: string | null,
  samples: readonly { readonly counted: number; readonly growth: number }[],
): number {
  const start = startFactor(model);
  const ratios = samples
    .filter(({ counted }) => counted >= leastTokens)
    .map(({ counted, growth }) => growth / counted)
    .filter((ratio) => ratio >= lowest && ratio <= highest)
    .sort((a, b) => a - b);
  if (ratios.length < least) return start;
  const middle = ratios[Math.floor(ratios.length / 2)] ?? start;
  return (middle * ratios.length + start * doubt) / (ratios.length + doubt);
}

/** The results that say something of a model. */
export function ofModel(growths: readonly ToolResultGrowth[], model: string | null): readonly ToolResultGrowth[] {
  return model === null ? growths : growths.filter((growth) => growth.model === model);
}
