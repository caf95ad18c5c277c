import type { DriftRates } from '../../protocol/limits.ts';
import type { Calibration } from './calibration.ts';
import { scopeOf } from './columns.ts';

/** How local use moves a vendor's window on, by model name, '' for every other model (protocol/limits.ts). */
export interface WindowDrift {
  readonly agent: string;
  readonly account: string;
  readonly window: string;
  readonly drift: Readonly<Record<string, DriftRates>>;
}

const unmoved: DriftRates = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };

/** What was learned of a window, as rates. A window that counts one model only is not moved by the others. */
export function driftOf(
  { columns, weights }: Calibration,
  window: string,
  models: Iterable<string>,
): WindowDrift['drift'] {
  const scope = scopeOf(window);
  const ratesOf = (model: string): DriftRates => {
    if (scope !== null && !model.includes(scope)) return unmoved;
    const { input, output, cacheWrite5m, cacheWrite1h, cacheRead, response } = columns.perMillion(weights, model);
    return {
      input: input / 100,
      output: output / 100,
      cacheWrite5m: cacheWrite5m / 100,
      cacheWrite1h: cacheWrite1h / 100,
      cacheRead: cacheRead / 100,
      response: response / 100,
    };
  };
  return Object.fromEntries(['', ...models].map((model) => [model, ratesOf(model)]));
}
