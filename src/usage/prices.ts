import type { Response } from './ledgerEntry.ts';
import type { ModelPrice, PriceFile, PriceOverrides } from '../protocol/modelPrice.ts';
import type { TokenCounts } from '../protocol/usage.ts';
import bundled from './modelPrices.json';

const snapshot: PriceFile = bundled;

/** The day the bundled prices are of. */
export const pricesDate: string = snapshot.date;

/**
 * What responses cost, by the user's own prices, else the bundled ones. A model without a price costs an unknown amount, never 0: names
 * are not guessed from similar ones.
 */
export class Prices {
  readonly #known = new Map<string, ModelPrice>();
  readonly #found = new Map<string, ModelPrice | null>();

  constructor(overrides: PriceOverrides = {}) {
    for (const models of [snapshot.models, snapshot.supplement.models, overrides]) {
      for (const [model, price] of Object.entries(models)) this.#known.set(model, price);
    }
  }

  /** USD; what the agent itself says counts first. null if no one knows. */
  costOf({ model, tokens, isFast, costUsd }: Pick<Response, 'model' | 'tokens' | 'isFast' | 'costUsd'>): number | null {
    if (costUsd !== null) return costUsd;
    const price = model === null ? undefined : this.#priceOf(model);
    if (price === undefined) return null;
    const factor = isFast ? price.fast : 1;
    if (factor === undefined) return null;
    // The whole prompt decides, and decides for the whole request (tokscale #862, Helicone #5730).
    const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
    const rates = price.long !== undefined && prompt > price.long.above ? price.long : price;
    const millionths =
      tokens.input * rates.input +
      tokens.output * rates.output +
      tokens.cacheRead * rates.cacheRead +
      tokens.cacheWrite5m * rates.cacheWrite5m +
      tokens.cacheWrite1h * rates.cacheWrite1h;
    return (millionths * factor) / 1e6;
  }

  /** USD per million tokens of each class, by the ordinary rate; null if no one knows. */
  ratesOf(model: string): TokenCounts | null {
    const price = this.#priceOf(model);
    if (price === undefined) return null;
    const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = price;
    return { input, output, cacheWrite5m, cacheWrite1h, cacheRead };
  }

  /**
   * Tokens that the model's context window holds, null if nothing says so. Of Claude's models only the name can: the same model has
   * 200,000 or a million with one account or another (Claude Code 2.1.330 told a million where the name said nothing).
   */
  contextLimitOf(model: string | null): number | null {
    if (model === null) return null;
    const stated = this.#priceOf(model)?.context;
    if (stated !== undefined) return stated;
    return /(?:^|\/)claude-.*\[1m\]$/.test(model) ? 1_000_000 : null;
  }

  /** The exact name, then without its date, then without the provider's name before it. */
  #priceOf(model: string): ModelPrice | undefined {
    // Asked once per response, of a few models.
    let price = this.#found.get(model);
    if (price === undefined) this.#found.set(model, (price = this.#lookUp(model) ?? null));
    return price ?? undefined;
  }

  #lookUp(model: string): ModelPrice | undefined {
    const plain = model.slice(model.lastIndexOf('/') + 1);
    for (const name of [model, undated(model), plain, undated(plain)]) {
      const price = this.#known.get(name);
      if (price !== undefined) return price;
    }
    return undefined;
  }
}

function undated(model: string): string {
  return model.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}
