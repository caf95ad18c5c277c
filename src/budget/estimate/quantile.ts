/** A value that counts with a weight. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * The value below which a share of the weight lies, between the middles of neighbours (Hazen): of an even number of equal weights the
 * median is the middle of the two in the middle. Expects values in rising order; NaN for none.
 */
export function quantileOf(ascending: readonly Weighted[], share: number): number {
  const total = ascending.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = share * total;
  let passed = 0;
  let before: { readonly at: number; readonly value: number } | null = null;
  for (const { value, weight } of ascending) {
    if (weight <= 0) continue;
    const at = passed + weight / 2;
    if (at >= wanted) {
      if (before === null) return value;
      return before.value + ((value - before.value) * (wanted - before.at)) / (at - before.at);
    }
    before = { at, value };
    passed += weight;
  }
  return before?.value ?? NaN;
}
