import * as v from 'valibot';
import type { DriftRates } from '../protocol/limits.ts';
import { noTokens, type TokenCounts } from '../protocol/usage.ts';

const count = v.pipe(v.number(), v.minValue(0));

/** What one response used, or several of one model within a minute, once they are old. */
export const useSchema = v.object({
  /** the response's; of several: the minute's and model's */
  id: v.string(),
  /** epoch milliseconds */
  at: v.number(),
  model: v.nullable(v.string()),
  responses: count,
  tokens: v.object({ input: count, output: count, cacheWrite5m: count, cacheWrite1h: count, cacheRead: count }),
});
export type Use = v.InferOutput<typeof useSchema>;

const minuteMs = 60_000;
/** Until then rows can still tell of the same response again. */
const settledMs = 2 * minuteMs;
/** Without newer readings a list is not to grow for hours. */
const longestMs = 15 * minuteMs;

/** The rows of one response are merged by maximum: each tells what is known by then. */
export function withUse(uses: readonly Use[], use: Use): readonly Use[] {
  if (!uses.some(({ id }) => id === use.id)) return [...uses, use];
  return uses.map((other) =>
    other.id === use.id ? { ...other, tokens: combine(other.tokens, use.tokens, Math.max) } : other,
  );
}

/**
 * Old uses are only ever asked for in sums: one per minute and model, so that a long session's list stays short. Those after `counted`
 * are asked for one by one a while longer.
 */
export function folded(uses: readonly Use[], now: number, counted = now): readonly Use[] {
  const byMinute = new Map<string, Use>();
  const fresh: Use[] = [];
  for (const use of uses) {
    if (use.at > Math.min(now - settledMs, Math.max(counted, now - longestMs))) {
      fresh.push(use);
      continue;
    }
    const id = `${Math.floor(use.at / minuteMs)}|${use.model ?? ''}`;
    const other = byMinute.get(id);
    byMinute.set(id, other === undefined ? { ...use, id } : plus(other, use));
  }
  return [...byMinute.values(), ...fresh];
}

function plus(a: Use, b: Use): Use {
  return {
    ...a,
    at: Math.max(a.at, b.at),
    responses: a.responses + b.responses,
    tokens: combine(a.tokens, b.tokens, (x, y) => x + y),
  };
}

export function sumOf(uses: readonly Use[]): TokenCounts {
  return uses.reduce<TokenCounts>((sum, { tokens }) => combine(sum, tokens, (a, b) => a + b), noTokens);
}

function combine(a: TokenCounts, b: TokenCounts, by: (a: number, b: number) => number): Use['tokens'] {
  return {
    input: by(a.input, b.input),
    output: by(a.output, b.output),
    cacheWrite5m: by(a.cacheWrite5m, b.cacheWrite5m),
    cacheWrite1h: by(a.cacheWrite1h, b.cacheWrite1h),
    cacheRead: by(a.cacheRead, b.cacheRead),
  };
}

/** How far these uses move a window, as a fraction of it. A model that nothing is known of moves nothing. */
export function movedBy(drift: Readonly<Record<string, DriftRates>>, uses: readonly Use[]): number {
  return uses.reduce((sum, { model, tokens, responses }) => {
    const rates = drift[model ?? ''] ?? drift[''];
    if (rates === undefined) return sum;
    const weighed =
      tokens.input * rates.input +
      tokens.output * rates.output +
      tokens.cacheWrite5m * rates.cacheWrite5m +
      tokens.cacheWrite1h * rates.cacheWrite1h +
      tokens.cacheRead * rates.cacheRead;
    return sum + weighed / 1e6 + responses * (rates.response ?? 0);
  }, 0);
}
