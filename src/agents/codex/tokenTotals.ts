import * as v from 'valibot';
import type { TokenCounts } from '../../protocol/usage.ts';
import { count } from '../fields.ts';

/** Tokens as OpenAI counts them: `input` holds cached and newly cached tokens too, `output` holds reasoning. */
export const totalsSchema = v.object({
  input_tokens: count,
  cached_input_tokens: count,
  cache_write_input_tokens: count,
  output_tokens: count,
  reasoning_output_tokens: count,
});
export type TokenTotals = v.InferOutput<typeof totalsSchema>;

const classes = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_input_tokens',
  'output_tokens',
  'reasoning_output_tokens',
] as const;

/** The classes apart, each token in one of them. */
export function tokensOf(totals: TokenTotals): TokenCounts {
  const cacheRead = Math.min(totals.cached_input_tokens, totals.input_tokens);
  const cacheWrite5m = Math.min(totals.cache_write_input_tokens, totals.input_tokens - cacheRead);
  return {
    input: totals.input_tokens - cacheRead - cacheWrite5m,
    output: totals.output_tokens,
    cacheWrite5m,
    cacheWrite1h: 0,
    cacheRead,
  };
}

/** A name for totals: while a thread only grows, no two of its responses have the same. */
export function nameOf(totals: TokenTotals): string {
  return classes.map((each) => totals[each]).join('/');
}

export interface Step {
  /** what the response that led to these totals used */
  readonly used: TokenTotals;
  /** the totals do not go on from those before: they were set back (compaction), or begin at zero after copied history */
  readonly isRestart: boolean;
}

/**
 * What a response used, from the totals after it, those before it (null if not known) and what the row says of the last response. null if
 * the row repeats what is known: after a refused request Codex tells of the last response once more, so `last` alone may not be summed.
 */
export function stepTo(total: TokenTotals, before: TokenTotals | null, last: TokenTotals | null): Step | null {
  if (before === null) return { used: last ?? total, isRestart: false };
  if (same(total, before)) return null;
  const grown = difference(total, before);
  // Compaction sets the totals to nothing, and says of the last response what fills the context.
  if (grown === null) return { used: isNothing(total) ? total : (last ?? total), isRestart: true };
  if (last === null || same(grown, last)) return { used: grown, isRestart: false };
  // Rows in between are missing, unless these totals are the first after zero.
  return same(total, last) ? { used: total, isRestart: true } : { used: grown, isRestart: false };
}

export function isNothing(totals: TokenTotals): boolean {
  return totals.input_tokens === 0 && totals.output_tokens === 0;
}

function same(a: TokenTotals, b: TokenTotals): boolean {
  return classes.every((each) => a[each] === b[each]);
}

/** null if any class shrank. */
function difference(a: TokenTotals, b: TokenTotals): TokenTotals | null {
  if (classes.some((each) => a[each] < b[each])) return null;
  return {
    input_tokens: a.input_tokens - b.input_tokens,
    cached_input_tokens: a.cached_input_tokens - b.cached_input_tokens,
    cache_write_input_tokens: a.cache_write_input_tokens - b.cache_write_input_tokens,
    output_tokens: a.output_tokens - b.output_tokens,
    reasoning_output_tokens: a.reasoning_output_tokens - b.reasoning_output_tokens,
  };
}
