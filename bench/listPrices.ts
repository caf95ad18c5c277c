import type { TokenCounts } from '../src/protocol/usage.ts';

interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
}

/**
 * Anthropic's list prices of the corpora's models, USD per million tokens. Written out once more, apart from the program's own table and
 * arithmetic: a truth that used those would agree with whatever they say.
 */
const prices: Readonly<Record<string, Rates & { readonly long?: Rates }>> = {
  'claude-opus-4-5-20251101': { input: 5, output: 25, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5 },
  'claude-sonnet-4-5-20250929': {
    ...{ input: 3, output: 15, cacheWrite5m: 3.75, cacheWrite1h: 6, cacheRead: 0.3 },
    long: { input: 6, output: 22.5, cacheWrite5m: 7.5, cacheWrite1h: 12, cacheRead: 0.6 },
  },
  'claude-haiku-4-5-20251001': { input: 1, output: 5, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 },
};

const longPrompt = 200_000;

/** USD; null of a model without a price. A prompt above 200,000 tokens is charged by the long rates throughout. */
export function costOf(model: string, tokens: TokenCounts): number | null {
  const price = prices[model];
  if (price === undefined) return null;
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
  const rates = prompt > longPrompt ? (price.long ?? price) : price;
  const names = ['input', 'output', 'cacheWrite5m', 'cacheWrite1h', 'cacheRead'] as const;
  return names.reduce((sum, name) => sum + tokens[name] * rates[name], 0) / 1e6;
}
