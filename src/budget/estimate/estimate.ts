import { newTokensOf, type TokenRow, type Turn, type TurnFit } from '../../protocol/turn.ts';
import { type Effort, History, logarithms, rangeOf, thumbWeight, type WeightedTurn } from './history.ts';
import { pointOf, type Task } from './similarity.ts';
import { type FileTokens, type Range, thumbEstimate } from './thumb.ts';

export interface EstimateInput {
  readonly task: Task;
  /** of this repository, oldest first, all of them over */
  readonly turns: readonly Turn[];
  /** of other repositories, oldest first: they count where there are few of this one */
  readonly others?: readonly Turn[];
  readonly files?: FileTokens | null;
  /** what was learned from these turns before; missing or null: it is learned now */
  readonly fit?: TurnFit | null;
  readonly effort?: Effort;
}

export interface Estimate {
  /** new tokens: input, output and cache writes; `likely` is the median, `high` the P80 */
  readonly tokens: Range;
  /** number of past tasks that are alike in what was known before; others are looked at, with little weight */
  readonly comparableTasks: number;
  /** 0: rules of thumb alone; near 1: the user's own history alone */
  readonly history: number;
  readonly turns: readonly WeightedTurn[];
  /** factors that the raw range was corrected by, by how such ranges have fitted before */
  readonly correction: Range;
  readonly thumb: Range;
}

/** From here on two tasks are comparable: one difference of kind, or twice the words and a file more. */
const comparableFrom = 0.4;
/** What weighs less changes nothing that anybody sees. */
const leastWeight = 1e-4;

/** What a task is going to cost, from past tasks like it, and from rules of thumb as long as these are few. Pure. */
export function estimateTask({
  task,
  turns,
  others = [],
  files = null,
  fit = null,
  effort = 'full',
}: EstimateInput): Estimate {
  const history = new History(turns, others);
  const { sharpness, correction: added } = fit ?? history.fit(effort);
  const point = pointOf(task);
  const thumb = thumbEstimate(task, files);
  const raw = history.rangeOf(point, logarithms(thumb), sharpness);
  const correction = exponentials(added);
  const weighted = history.weighted(point, sharpness).filter(({ weight }) => weight >= leastWeight);
  const weight = weighted.reduce((sum, each) => sum + each.weight, 0);
  // How alike tasks are does not depend on how much that counts.
  const alike = weighted.filter(({ likeness }) => likeness ** (1 / sharpness) >= comparableFrom);
  return {
    tokens: ordered(times(exponentials(raw), correction)),
    comparableTasks: alike.length,
    history: weight / (weight + thumbWeight),
    turns: weighted,
    correction,
    thumb,
  };
}

/**
 * The same range of another outcome of the same tasks: points of a window. `valueOf` gives it for a turn, null where it is not known;
 * `ofTokens` gives it for new tokens of an average task, for the part that rests on rules of thumb. null if nothing tells.
 */
export function outcomeRange(
  { turns, correction, thumb, tokens }: Estimate,
  valueOf: (turn: Turn) => number | null,
  ofTokens: ((newTokens: number) => number) | null,
): Range | null {
  const known = turns.flatMap(({ turn, weight }) => {
    const value = valueOf(turn);
    return value === null ? [] : [{ value, weight }];
  });
  const mapped = ({ low, likely, high }: Range): Range | null =>
    ofTokens && { low: ofTokens(low), likely: ofTokens(likely), high: ofTokens(high) };
  if (known.length === 0) return mapped(tokens);
  const ascending = known.sort((a, b) => a.value - b.value);
  return ordered(times(rangeOf(ascending, mapped(thumb)), correction));
}

/** Token classes of an average task for each new token: what is read again from the cache comes on top. */
export function averageMix(turns: readonly WeightedTurn[]): TokenRow {
  const sums: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const { turn, weight } of turns) {
    const row = turn.tokens;
    sums[0] += row[0] * weight;
    sums[1] += row[1] * weight;
    sums[2] += row[2] * weight;
    sums[3] += row[3] * weight;
    sums[4] += row[4] * weight;
  }
  const total = newTokensOf(sums);
  if (total === 0) return usualMix;
  return [sums[0] / total, sums[1] / total, sums[2] / total, sums[3] / total, sums[4] / total];
}

/** Of sessions of Claude Code: mostly cache writes, and the context read again with every step. */
const usualMix: TokenRow = [0.02, 0.23, 0.75, 0, 15];

function exponentials({ low, likely, high }: Range): Range {
  return { low: Math.exp(low), likely: Math.exp(likely), high: Math.exp(high) };
}

function times(range: Range, factors: Range): Range {
  return { low: range.low * factors.low, likely: range.likely * factors.likely, high: range.high * factors.high };
}

function ordered({ low, likely, high }: Range): Range {
  return { low: Math.min(low, likely), likely, high: Math.max(likely, high) };
}
