import type { TokenCounts } from '../protocol/usage.ts';

export function cacheWrite(tokens: TokenCounts): number {
  return tokens.cacheWrite5m + tokens.cacheWrite1h;
}

/** The headline number. Repeats protocol/usage.ts, whose schemas would cost the panel their library; a unit test keeps the two equal. */
export function newTokens(tokens: TokenCounts): number {
  return tokens.input + tokens.output + cacheWrite(tokens);
}
