import { noTokens, type TokenCounts } from '../../protocol/usage.ts';
import type { Prices } from '../prices.ts';

/** One counted response, as far as calibration needs it. `at` is epoch milliseconds. */
export interface CountedUse {
  readonly agent: string;
  readonly account: string;
  readonly at: number;
  readonly model: string | null;
  readonly tokens: TokenCounts;
}

/** new input, cache writes, cache reads, output */
export const classCount = 4;
/** models with weights of their own; the rest share one group */
const ownModels = 3;
const ownShare = 0.03;

type Rates = readonly [input: number, write5m: number, write1h: number, read: number, output: number];

/** Of a model nobody knows the price of: the shape most prices have (usage rules, token classes and cost). */
const usualRates: Rates = [3, 3.75, 6, 0.3, 15];

/** USD per million tokens of each class, looked up once per model. */
export class ModelRates {
  readonly #known = new Map<string | null, Rates>();
  readonly #prices: Prices;

  constructor(prices: Prices) {
    this.#prices = prices;
  }

  of(model: string | null): Rates {
    const known = this.#known.get(model);
    if (known !== undefined) return known;
    const rates = this.#lookUp(model);
    this.#known.set(model, rates);
    return rates;
  }

  #lookUp(model: string | null): Rates {
    // Few tokens, so that no long-context rate applies.
    const rate = (tokenClass: keyof TokenCounts) =>
      this.#prices.costOf({ model, isFast: false, costUsd: null, tokens: { ...noTokens, [tokenClass]: 1000 } });
    const [input, write5m, write1h, read, output] = [
      rate('input'),
      rate('cacheWrite5m'),
      rate('cacheWrite1h'),
      rate('cacheRead'),
      rate('output'),
    ];
    if (input === null || write5m === null || write1h === null || read === null || output === null) return usualRates;
    const million = 1000;
    return [input * million, write5m * million, write1h * million, read * million, output * million];
  }
}

/**
 * Turns responses into columns: the price of each token class per group of models, then the number of requests. Prices are where the
 * fit starts from; what the vendor really counts is learned.
 */
export class Columns {
  readonly #groups: ReadonlyMap<string, number>;
  readonly #rates: ModelRates;
  readonly groupCount: number;

  private constructor(groups: ReadonlyMap<string, number>, groupCount: number, rates: ModelRates) {
    this.#groups = groups;
    this.groupCount = groupCount;
    this.#rates = rates;
  }

  /** The models that cost most have a group each. */
  static forUses(uses: readonly CountedUse[], rates: ModelRates): Columns {
    const costs = new Map<string, number>();
    let total = 0;
    for (const { model, tokens } of uses) {
      const cost = costsOf(tokens, rates.of(model)).reduce((sum, each) => sum + each, 0);
      const family = familyOf(model);
      costs.set(family, (costs.get(family) ?? 0) + cost);
      total += cost;
    }
    const own = [...costs]
      .filter(([, cost]) => cost > ownShare * total)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, ownModels);
    const groups = new Map(own.map(([family], index) => [family, index]));
    // The last group is of models seen too little, or never yet.
    return new Columns(groups, own.length + 1, rates);
  }

  get width(): number {
    return this.groupCount * classCount + 1;
  }

  /** What weights of these columns say of one model, '' for one that has none of its own: points per million tokens, and per response. */
  perMillion(weights: Float64Array, model: string): TokenCounts & { readonly response: number } {
    const offset = this.#offsetOf(model);
    const [input, write5m, write1h, read, output] = this.#rates.of(model);
    const [perInput = 0, perWrite = 0, perRead = 0, perOutput = 0] = weights.subarray(offset, offset + classCount);
    return {
      input: input * perInput,
      output: output * perOutput,
      cacheWrite5m: write5m * perWrite,
      cacheWrite1h: write1h * perWrite,
      cacheRead: read * perRead,
      response: weights[this.width - 1] ?? 0,
    };
  }

  #offsetOf(model: string | null): number {
    return (this.#groups.get(familyOf(model)) ?? this.groupCount - 1) * classCount;
  }

  addTo(row: Float64Array, { model, tokens }: CountedUse): void {
    const offset = this.#offsetOf(model);
    for (const [index, cost] of costsOf(tokens, this.#rates.of(model)).entries()) {
      row[offset + index] = (row[offset + index] ?? 0) + cost;
    }
    row[this.width - 1] = (row[this.width - 1] ?? 0) + 1;
  }
}

/** USD: input, cache writes, cache reads, output. */
function costsOf(
  { input, cacheWrite5m, cacheWrite1h, cacheRead, output }: TokenCounts,
  rates: Rates,
): readonly number[] {
  const [perInput, per5m, per1h, perRead, perOutput] = rates;
  return [input * perInput, cacheWrite5m * per5m + cacheWrite1h * per1h, cacheRead * perRead, output * perOutput].map(
    (cost) => cost / 1e6,
  );
}

function familyOf(model: string | null): string {
  return model === null ? '' : model.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

/** Some windows count one model only: `seven_day_opus`. */
export function scopeOf(window: string): string | null {
  return /^seven_day_([a-z]+)$/.exec(window)?.[1] ?? null;
}
