import { classCount } from './columns.ts';
import { inverse } from './matrix.ts';

/** Rises in points, and what was used locally meanwhile, a row of columns each. */
export interface Samples {
  readonly points: Float64Array;
  /** row by row, `width` columns */
  readonly rows: Float64Array;
  readonly width: number;
}

/** Points per unit of each column; never negative. */
export type Weights = Float64Array;

/**
 * How far weights may lie from price-proportional ones before the data have to insist (standard deviations, relative): all together, a
 * class in all models, a model in all classes, one class of one model. What the vendor counts is disputed (cache reads free or full,
 * weights per model), so classes are held loosely.
 */
const looseness = { all: 1, tokenClass: 1.2, model: 0.8, each: 0.3, request: 0.6 };
/** of a rise, beside rounding: transcripts hold only a lower bound of the output, requests still under way, ... */
const relativeNoise = 0.08;
const passes = 5;
/** Less than any response costs, in USD, or counts: a ratio to it would mean nothing. */
const negligible = 1e-9;

/**
 * Weights by ridge regression towards price-proportional ones, not below zero, robust against use elsewhere: a rise that local use does
 * not explain loses its say, more than one that falls short. `unit` is the granularity of readings in points.
 */
export function fitWeights(samples: Samples, unit: number, isUsed: (index: number) => boolean = () => true): Weights {
  const { points, width } = samples;
  const scale = columnScales(samples, isUsed);
  const prior = priorFor(width);
  const rounding = (unit * unit) / 6;
  const fitted = new Float64Array(width).fill(1);
  fitted[width - 1] = 0;
  let says = robustWeights(samples, scale, fitted, rounding, isUsed, true);
  for (let pass = 0; pass < passes; pass += 1) {
    const gram = Float64Array.from(prior.penalty);
    const right = Float64Array.from(prior.pull);
    accumulate(samples, scale, says, points, gram, right);
    descend(gram, right, fitted);
    says = robustWeights(samples, scale, fitted, rounding, isUsed, false);
  }
  return fitted.map((value, column) => value * (scale[column] ?? 0));
}

/** Points that these columns are worth. */
export function predicted(weights: Weights, row: Float64Array, offset = 0): number {
  let sum = 0;
  for (let column = 0; column < weights.length; column += 1)
    sum += (weights[column] ?? 0) * (row[offset + column] ?? 0);
  return sum;
}

/** Points per unit of a column if prices decided: a robust price of a point; for requests if only their number counted. */
function columnScales({ points, rows, width }: Samples, isUsed: (index: number) => boolean): Float64Array {
  const perCost: { ratio: number; weight: number }[] = [];
  const perRequest: { ratio: number; weight: number }[] = [];
  for (let index = 0; index < points.length; index += 1) {
    if (!isUsed(index)) continue;
    let cost = 0;
    for (let column = 0; column < width - 1; column += 1) cost += rows[index * width + column] ?? 0;
    const requests = rows[index * width + width - 1] ?? 0;
    const rise = points[index] ?? 0;
    if (cost > negligible) perCost.push({ ratio: rise / cost, weight: cost });
    if (requests > negligible) perRequest.push({ ratio: rise / requests, weight: requests });
  }
  const scale = new Float64Array(width).fill(weightedMedian(perCost));
  scale[width - 1] = weightedMedian(perRequest);
  return scale;
}

function weightedMedian(values: { ratio: number; weight: number }[]): number {
  values.sort((a, b) => a.ratio - b.ratio);
  const half = values.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { ratio, weight } of values) if ((sum += weight) >= half) return ratio;
  return 0;
}

interface Prior {
  readonly penalty: Float64Array;
  readonly pull: Float64Array;
}

const priors = new Map<number, Prior>();

function priorFor(width: number): Prior {
  const known = priors.get(width);
  if (known !== undefined) return known;
  const covariance = new Float64Array(width * width);
  const variance = (value: number) => value * value;
  for (let a = 0; a < width; a += 1) {
    for (let b = 0; b < width; b += 1) {
      const isRequest = a === width - 1 || b === width - 1;
      let value = isRequest ? (a === b ? variance(looseness.request) : 0) : variance(looseness.all);
      if (!isRequest) {
        if (a % classCount === b % classCount) value += variance(looseness.tokenClass);
        if (Math.floor(a / classCount) === Math.floor(b / classCount)) value += variance(looseness.model);
        if (a === b) value += variance(looseness.each);
      }
      covariance[a * width + b] = value;
    }
  }
  const penalty = inverse(covariance, width);
  const pull = new Float64Array(width);
  for (let a = 0; a < width; a += 1) {
    for (let b = 0; b < width - 1; b += 1) pull[a] = (pull[a] ?? 0) + (penalty[a * width + b] ?? 0);
  }
  const prior = { penalty, pull };
  priors.set(width, prior);
  return prior;
}

/** How much each rise has to say: less the more it can be wrong; little if it is an outlier, above all an upward one. */
function robustWeights(
  samples: Samples,
  scale: Float64Array,
  fitted: Float64Array,
  rounding: number,
  isUsed: (index: number) => boolean,
  isStart: boolean,
): Float64Array {
  const { points, rows, width } = samples;
  const weights = fitted.map((value, column) => value * (scale[column] ?? 0));
  const says = new Float64Array(points.length);
  const residuals = new Float64Array(points.length);
  const sizes: number[] = [];
  for (let index = 0; index < points.length; index += 1) {
    if (!isUsed(index)) continue;
    const rise = points[index] ?? 0;
    const estimate = predicted(weights, rows, index * width);
    const noise = Math.sqrt(rounding + (relativeNoise * Math.max(estimate, isStart ? rise : 0)) ** 2);
    residuals[index] = (rise - estimate) / noise;
    says[index] = 1 / (noise * noise);
    sizes.push(Math.abs(residuals[index] ?? 0));
  }
  sizes.sort((a, b) => a - b);
  const spread = Math.max(1, (sizes[Math.floor(sizes.length / 2)] ?? 1) * 1.48);
  // The first fit starts from prices, which may be far off: nothing is an outlier to them yet.
  const bound = isStart ? 6 * spread : 2 * spread;
  for (let index = 0; index < points.length; index += 1) {
    const residual = residuals[index] ?? 0;
    let trust = 1;
    if (residual > bound) trust = (bound / residual) ** 2;
    else if (residual < -bound) trust = bound / -residual;
    says[index] = ((says[index] ?? 0) * trust) / (spread * spread);
  }
  return says;
}

function accumulate(
  { rows, width }: Samples,
  scale: Float64Array,
  says: Float64Array,
  points: Float64Array,
  gram: Float64Array,
  right: Float64Array,
): void {
  const row = new Float64Array(width);
  for (let index = 0; index < points.length; index += 1) {
    const say = says[index] ?? 0;
    if (say === 0) continue;
    for (let column = 0; column < width; column += 1) {
      row[column] = (rows[index * width + column] ?? 0) * (scale[column] ?? 0);
    }
    const target = say * (points[index] ?? 0);
    for (let a = 0; a < width; a += 1) {
      const value = row[a] ?? 0;
      if (value === 0) continue;
      right[a] = (right[a] ?? 0) + target * value;
      const weighted = say * value;
      for (let b = 0; b < width; b += 1) gram[a * width + b] = (gram[a * width + b] ?? 0) + weighted * (row[b] ?? 0);
    }
  }
}

/** The minimum of a convex quadratic form over values that are not negative, by coordinate descent from where `values` stand. */
function descend(gram: Float64Array, right: Float64Array, values: Float64Array): void {
  const width = values.length;
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let change = 0;
    for (let a = 0; a < width; a += 1) {
      let rest = right[a] ?? 0;
      for (let b = 0; b < width; b += 1) if (b !== a) rest -= (gram[a * width + b] ?? 0) * (values[b] ?? 0);
      const value = Math.max(0, rest / (gram[a * width + a] ?? 1));
      change = Math.max(change, Math.abs(value - (values[a] ?? 0)));
      values[a] = value;
    }
    if (change < 1e-4) return;
  }
}
