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
