import type { Columns, CountedUse } from './columns.ts';
import { fitWeights, predicted, type Samples, type Weights } from './fit.ts';
import { heldOutTrials, type Trial } from './heldOut.ts';
import type { Rise } from './steps.ts';

/** What was learned of one window of one account. */
export interface Calibration {
  readonly columns: Columns;
  readonly weights: Weights;
  /** rises that it was learned from */
  readonly rises: number;
  /** points that readings lie above the use they were made at, by rounding */
  readonly bias: number;
  readonly unit: number;
  /** what rounding alone makes uncertain, points */
  readonly floor: number;
  /** of the error's growth with distance, nine times of ten */
  readonly spread: number;
}

/** How finely readings tell a window: granularity in points, and how many of the steps are seen when they happen. */
export interface Fineness {
  readonly unit: number;
  readonly density: number;
}

/** Why there is no calibration: too few readings, local use does not explain them, or they rise while nobody works here. */
export type Withdrawal = 'thin' | 'unexplained' | 'used elsewhere';

const leastRises = 8;
const leastPoints = 25;
const mostRises = 600;
/** However well the past was explained, the next hour may be unlike it. */
const leastSpread = 0.15;

/** Learns from rises in time order and the responses that may explain them, in time order too. */
export function calibrate(
  allRises: readonly Rise[],
  uses: readonly CountedUse[],
  columns: Columns,
  { unit, density }: Fineness,
): Calibration | Withdrawal {
  const rises = allRises.slice(-mostRises);
  const points = rises.reduce((sum, rise) => sum + rise.points, 0);
  if (rises.length < leastRises || points < leastPoints) return 'thin';
  const samples = samplesOf(rises, uses, columns);
  const trials = heldOutTrials(rises, samples, unit);
  const withdrawal = reasonAgainst(trials);
  if (withdrawal !== null) return withdrawal;
  const firsts = firstMisses(trials, unit);
  const bias = biasOf(firsts, unit, density);
  return {
    columns,
    weights: fitWeights(samples, unit),
    rises: rises.length,
    bias,
    unit,
    floor: floorOf(firsts, bias, unit),
    spread: spreadOf(trials, unit),
  };
}

/** Points, plus or minus, nine times of ten, after `distance` points of local use since the last reading. */
export function errorAt({ spread, unit, floor }: Calibration, distance: number): number {
  return Math.hypot(floor, spread * growth(distance, unit));
}

/** Rounding is there from the start; the rest grows with the way gone. */
function growth(distance: number, unit: number): number {
  return 0.6 * unit + 0.12 * distance;
}

export function pointsOf({ columns, weights }: Calibration, uses: Iterable<CountedUse>): number {
  const row = new Float64Array(columns.width);
  for (const use of uses) columns.addTo(row, use);
  return predicted(weights, row);
}

function samplesOf(rises: readonly Rise[], uses: readonly CountedUse[], columns: Columns): Samples {
  const { width } = columns;
  const rows = new Float64Array(rises.length * width);
  for (const [index, { from, to }] of rises.entries()) {
    const row = rows.subarray(index * width, (index + 1) * width);
    for (let next = firstAfter(uses, from); ; next += 1) {
      const use = uses[next];
      if (use === undefined || use.at > to) break;
      columns.addTo(row, use);
    }
  }
  return { points: Float64Array.from(rises, (rise) => rise.points), rows, width };
}

/** Index of the first use after that time. */
export function firstAfter(uses: readonly CountedUse[], at: number): number {
  let [low, high] = [0, uses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((uses[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function reasonAgainst(trials: readonly Trial[]): Withdrawal | null {
  const single = trials.filter(({ rises }) => rises === 1);
  const total = sum(single.map(({ actual }) => actual));
  const silent = sum(single.filter((trial) => trial.predicted < 0.2 * trial.actual).map(({ actual }) => actual));
  if (silent > 0.3 * total) return 'used elsewhere';
  const missed = sum(single.map((trial) => Math.abs(trial.actual - trial.predicted)));
  return missed > 0.6 * total ? 'unexplained' : null;
}

/** Misses of the first rises of windows, which begin at a use that is exactly zero, so that only one end is rounded. */
function firstMisses(trials: readonly Trial[], unit: number): readonly number[] {
  return trials
    .filter(({ isFirst, rises, actual }) => isFirst && rises === 1 && actual <= 15 * unit)
    .map((trial) => trial.actual - trial.predicted)
    .sort((a, b) => a - b);
}

/**
 * Whether the vendor rounds up or down, and how long after a step readings come: nothing says it, but together they show here. Until
 * they do, the middle of what is possible: a step seen when it happens is right or up to one step too high, by the way of rounding; one
 * seen later is half a step too low to half a step too high.
 */
function biasOf(misses: readonly number[], unit: number, density: number): number {
  const middle = misses[Math.floor(misses.length / 2)] ?? 0;
  const clamped = Math.min(Math.max(middle, -0.5 * unit), unit);
  return (clamped * misses.length + 0.5 * density * unit * 4) / (misses.length + 4);
}

/**
 * How far a reading lies from the use it was made at, its bias apart: by the first misses, and as long as these are few by what rounding
 * up or down can do at most.
 */
function floorOf(misses: readonly number[], bias: number, unit: number): number {
  const most = 0.9 * unit;
  const sizes = misses.map((miss) => Math.abs(miss - bias)).sort((a, b) => a - b);
  const seen = Math.min(sizes[Math.ceil(sizes.length * 0.9) - 1] ?? most, most);
  return (seen * misses.length + most * 4) / (misses.length + 4);
}

function spreadOf(trials: readonly Trial[], unit: number): number {
  const scores = trials
    .map((trial) => Math.abs(trial.actual - trial.predicted) / growth(trial.predicted, unit))
    .sort((a, b) => a - b);
  const highest = scores[Math.min(scores.length - 1, Math.ceil((scores.length + 1) * 0.9) - 1)] ?? Infinity;
  // Joined rises say nothing new, and of few the worst is still to come.
  const independent = trials.filter(({ rises }) => rises === 1).length;
  return Math.max(leastSpread, highest * (1 + 4 / independent));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
