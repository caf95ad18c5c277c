import * as v from 'valibot';

const rate = v.pipe(v.number(), v.finite(), v.minValue(0));
const rates = { input: rate, output: rate, cacheRead: rate, cacheWrite5m: rate, cacheWrite1h: rate };

/** What a model costs, USD per million tokens of each class. */
export const priceSchema = v.object({
  ...rates,
  /** what all of a request costs whose whole prompt is longer than `above` tokens */
  long: v.optional(v.object({ above: v.pipe(v.number(), v.minValue(1)), ...rates })),
  /** how many times as much the fast mode costs */
  fast: v.optional(rate),
  /** tokens that the model's context window holds */
  context: v.optional(v.pipe(v.number(), v.minValue(1))),
});
export type ModelPrice = v.InferOutput<typeof priceSchema>;

/** Prices by model name, as the user may give them. */
export const priceOverridesSchema = v.record(v.string(), priceSchema);
export type PriceOverrides = v.InferOutput<typeof priceOverridesSchema>;

/** The bundled snapshot. `supplement` holds what we measured of models that the source does not have yet. */
export interface PriceFile {
  readonly source: string;
  readonly licence: string;
  readonly date: string;
  readonly models: Readonly<Record<string, ModelPrice>>;
  readonly supplement: { readonly source: string; readonly models: Readonly<Record<string, ModelPrice>> };
}

export interface CheckedPrices {
  readonly prices: PriceOverrides;
  /** a sentence per model that was left out */
  readonly ignored: readonly string[];
}

/** Takes the models whose prices are well-formed; a half-written one costs what the bundled data says, not part of it. */
export function checkedPrices(value: unknown): CheckedPrices {
  if (value === undefined || value === null) return { prices: {}, ignored: [] };
  if (typeof value !== 'object' || Array.isArray(value)) return { prices: {}, ignored: ['prices is not an object'] };
  const prices: PriceOverrides = {};
  const ignored: string[] = [];
  for (const [model, price] of Object.entries(value)) {
    const parsed = v.safeParse(priceSchema, price);
    if (parsed.success) prices[model] = parsed.output;
    else ignored.push(`prices of ${model}: ${parsed.issues[0].message}`);
  }
  return { prices, ignored };
}
