import { fitWeights, predicted, type Samples } from './fit.ts';
import type { Rise } from './steps.ts';

/** What a fit that had not seen it said of a stretch of one window, and what it rose by. Points. */
export interface Trial {
  readonly predicted: number;
  readonly actual: number;
  /** the stretch begins with the window, where use is exactly zero */
  readonly isFirst: boolean;
  readonly rises: number;
}

const folds = 5;
/** Neighbouring rises are joined, since the gauge has to bridge short and long gaps alike. */
const lengths = [1, 2, 4, 8];

/** Trials of all lengths, each part of them told by a fit of the other times. */
export function heldOutTrials(rises: readonly Rise[], samples: Samples, unit: number): readonly Trial[] {
  const { width, rows } = samples;
  const foldOf = (index: number) => Math.floor((index * folds) / rises.length);
  const estimates = new Float64Array(rises.length);
  for (let fold = 0; fold < folds; fold += 1) {
    const weights = fitWeights(samples, unit, (index) => foldOf(index) !== fold);
    for (const index of rises.keys()) {
      if (foldOf(index) === fold) estimates[index] = predicted(weights, rows, index * width);
    }
  }
  const trials: Trial[] = [];
  for (const length of lengths) {
    for (let start = 0; start + length <= rises.length; start += length === 1 ? 1 : length / 2) {
      const [first, last] = [rises[start], rises[start + length - 1]];
      if (first === undefined || first.trail !== last?.trail) continue;
      let [estimate, actual] = [0, 0];
      for (let index = start; index < start + length; index += 1) {
        estimate += estimates[index] ?? 0;
        actual += rises[index]?.points ?? 0;
      }
      trials.push({ predicted: estimate, actual, isFirst: first.isFirst, rises: length });
    }
  }
  return trials;
}
