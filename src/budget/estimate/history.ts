import { newTokensOf, type Turn, type TurnFit } from '../../protocol/turn.ts';
import { quantileOf, type Weighted } from './quantile.ts';
import { distance, pointOf, type TaskPoint } from './similarity.ts';
import { type Range, thumbEstimate } from './thumb.ts';

/** So much do rules of thumb count: like this many tasks that are exactly alike. */
export const thumbWeight = 1.5;
/** Habits, models and the code change: a turn counts half after so many newer ones. */
const halfLife = 80;
const ofOtherRepository = 0.3;
/** Ranges are checked against so many of the newest turns. */
const checked = 60;
const quicklyChecked = 12;
const checkHalfLife = 30;
/** Of few checks their outcome is mistrusted. */
const correctionDoubt = 20;
const levelDoubt = 2;
/** How much likeness counts: from hardly at all, for those whose prompts tell little of what comes, to very much. */
const sharpnesses = [0.25, 0.6, 1, 1.6] as const;
const usualSharpness = 1;
/** Another sharpness has to be better by so much, or chance would choose. */
const advantage = 0.98;

export const shares = { low: 0.2, likely: 0.5, high: 0.8 };
const names = ['low', 'likely', 'high'] as const;

/** What a turn counts, by how many newer ones there are. */
const ageing = Float64Array.from({ length: 2000 }, (_, age) => 0.5 ** (age / halfLife));

interface Entry {
  readonly turn: Turn;
  readonly point: TaskPoint;
  /** logarithm of its new tokens: what tasks cost differs by factors */
  readonly value: number;
  /** logarithm of what rules of thumb say of it, to which it is compared */
  readonly thumb: Range;
  readonly share: number;
  /** place in time, from 0 */
  readonly place: number;
}

/** quick: for a hook that somebody waits for; a tenth of the work */
export type Effort = 'full' | 'quick';

export interface WeightedTurn {
  readonly turn: Turn;
  readonly weight: number;
  /** 1: alike in all that is known */
  readonly likeness: number;
}

/** Past turns of a person, prepared so that many tasks can be compared with them. */
export class History {
  readonly #entries: readonly Entry[];
  /** by what they cost, so that quantiles need no sorting */
  readonly #ascending: readonly Entry[];
  readonly #levels = new Map<number, number>();
  readonly #values: Float64Array;
  readonly #weights: Float64Array;

  /** `turns` are of this repository, `others` of other ones; both oldest first. */
  constructor(turns: readonly Turn[], others: readonly Turn[]) {
    const all = [
      ...others.map((turn) => ({ turn, share: ofOtherRepository })),
      ...turns.map((turn) => ({ turn, share: 1 })),
    ].filter(({ turn }) => turn.requests > 0);
    this.#entries = all.map(({ turn, share }, place) => ({
      turn,
      share,
      place,
      point: pointOf(turn),
      value: logarithm(newTokensOf(turn.tokens)),
      thumb: logarithms(thumbEstimate(turn, null)),
    }));
    this.#ascending = [...this.#entries].sort((a, b) => a.value - b.value);
    this.#values = new Float64Array(this.length + 3);
    this.#weights = new Float64Array(this.length + 3);
  }

  get length(): number {
    return this.#entries.length;
  }

  /** By how much rules of thumb are off for this user, of the turns before a place; mistrusted while these are few. */
  thumbLevel(before = this.length): number {
    const misses: Weighted[] = [];
    for (let place = Math.max(0, before - checked); place < before; place += 1) {
      const entry = this.#entries[place];
      if (entry !== undefined) misses.push({ value: entry.value - entry.thumb.likely, weight: entry.share });
    }
    if (misses.length === 0) return 0;
    const weight = misses.reduce((sum, miss) => sum + miss.weight, 0);
    return (quantileOf(rising(misses), shares.likely) * weight) / (weight + levelDoubt);
  }

  /** The turns before a place, each with what it counts for this task, by rising cost. */
  weighted(point: TaskPoint, sharpness: number, before = this.length): readonly (WeightedTurn & Weighted)[] {
    const found: (WeightedTurn & Weighted)[] = [];
    for (const { turn, point: own, value, share, place } of this.#ascending) {
      if (place >= before) continue;
      const likeness = Math.exp(-sharpness * distance(point, own));
      found.push({ turn, value, likeness, weight: likeness * share * (ageing[before - 1 - place] ?? 0) });
    }
    return found;
  }

  /** Logarithms of the range that this history and rules of thumb (logarithms too) give, uncorrected. */
  rangeOf(point: TaskPoint, thumb: Range, sharpness: number, before = this.length): Range {
    const { low, likely, high } = shifted(thumb, this.thumbLevel(before));
    return this.#quantiles(point, [low, likely, high], sharpness, before);
  }

  /** The same as `weighted` and `quantileOf`, without an object for every turn: a hook makes hundreds of these comparisons. */
  #quantiles(point: TaskPoint, thumbs: readonly number[], sharpness: number, before: number): Range {
    const [values, weights] = [this.#values, this.#weights];
    let [count, total, next] = [0, 0, 0];
    const addThumbs = (until: number): void => {
      for (let thumb = thumbs[next]; thumb !== undefined && thumb <= until; thumb = thumbs[++next]) {
        values[count] = thumb;
        weights[count++] = thumbWeight / thumbs.length;
      }
    };
    for (const { point: own, value, share, place } of this.#ascending) {
      if (place >= before) continue;
      addThumbs(value);
      const weight = Math.exp(-sharpness * distance(point, own)) * share * (ageing[before - 1 - place] ?? 0);
      values[count] = value;
      weights[count++] = weight;
      total += weight;
    }
    addThumbs(Infinity);
    total += thumbWeight;
    const at = (share: number): number => {
      const wanted = share * total;
      let [passed, lastAt, last] = [0, NaN, NaN];
      for (let index = 0; index < count; index += 1) {
        const [value, weight] = [values[index] ?? NaN, weights[index] ?? 0];
        const middle = passed + weight / 2;
        if (middle >= wanted)
          return Number.isNaN(last) ? value : last + ((value - last) * (wanted - lastAt)) / (middle - lastAt);
        [passed, lastAt, last] = [passed + weight, middle, value];
      }
      return last;
    };
    return { low: at(shares.low), likely: at(shares.likely), high: at(shares.high) };
  }

  /**
   * How ranges made in the same way would have fitted the newest turns, each from the turns before it alone: how much likeness should
   * count, and by how much each end has to be moved so that as many lie below it as it promises.
   */
  fit(effort: Effort = 'full'): TurnFit {
    const trials = (effort === 'full' ? sharpnesses : [usualSharpness]).map((sharpness) =>
      this.#trial(sharpness, effort === 'full' ? checked : quicklyChecked),
    );
    const usual = trials.find(({ sharpness }) => sharpness === usualSharpness);
    if (usual === undefined) throw new Error('The usual sharpness is not among those that are tried.');
    const best = trials.reduce((one, other) => (other.loss < one.loss ? other : one), usual);
    const { sharpness, misses } = best.loss < usual.loss * advantage ? best : usual;
    const correction = {
      low: correctionOf(misses.low, shares.low),
      likely: correctionOf(misses.likely, shares.likely),
      high: correctionOf(misses.high, shares.high),
    };
    return { sharpness, correction };
  }

  /** The thumb's level at a place, known anew at every eighth: it changes slowly, and takes a sorting. */
  #levelAt(place: number): number {
    const known = place - (place % 8);
    let level = this.#levels.get(known);
    if (level === undefined) this.#levels.set(known, (level = this.thumbLevel(known)));
    return level;
  }

  #trial(
    sharpness: number,
    count: number,
  ): { sharpness: number; loss: number; misses: Record<keyof Range, Weighted[]> } {
    const misses: Record<keyof Range, Weighted[]> = { low: [], likely: [], high: [] };
    let loss = 0;
    for (let place = Math.max(1, this.length - count); place < this.length; place += 1) {
      const entry = this.#entries[place];
      if (entry === undefined) continue;
      const { low, likely, high } = shifted(entry.thumb, this.#levelAt(place));
      const raw = this.#quantiles(entry.point, [low, likely, high], sharpness, place);
      const weight = entry.share * 0.5 ** ((this.length - 1 - place) / checkHalfLife);
      for (const name of names) {
        const miss = entry.value - raw[name];
        misses[name].push({ value: miss, weight });
        if (name !== 'low') loss += weight * (miss >= 0 ? shares[name] * miss : (shares[name] - 1) * miss);
      }
    }
    return { sharpness, loss, misses };
  }
}

/** Quantiles of past tasks and, as three tasks more, of the ends and the middle of rules of thumb. All logarithms, or none. */
export function rangeOf(ascending: readonly Weighted[], thumb: Range | null): Range {
  const points =
    thumb === null
      ? ascending
      : merged(
          ascending,
          names.map((name) => ({ value: thumb[name], weight: thumbWeight / names.length })),
        );
  return {
    low: quantileOf(points, shares.low),
    likely: quantileOf(points, shares.likely),
    high: quantileOf(points, shares.high),
  };
}

function merged(ascending: readonly Weighted[], few: readonly Weighted[]): readonly Weighted[] {
  const rest = rising(few);
  const all: Weighted[] = [];
  let next = 0;
  for (const point of ascending) {
    for (let one = rest[next]; one !== undefined && one.value <= point.value; one = rest[++next]) all.push(one);
    all.push(point);
  }
  all.push(...rest.slice(next));
  return all;
}

function correctionOf(misses: readonly Weighted[], share: number): number {
  const weight = misses.reduce((sum, miss) => sum + miss.weight, 0);
  if (weight === 0) return 0;
  return (quantileOf(rising(misses), share) * weight) / (weight + correctionDoubt);
}

function rising(points: readonly Weighted[]): readonly Weighted[] {
  return [...points].sort((a, b) => a.value - b.value);
}

export function shifted({ low, likely, high }: Range, by: number): Range {
  return { low: low + by, likely: likely + by, high: high + by };
}

/** Of nothing it is that of one token. */
function logarithm(tokens: number): number {
  return Math.log(Math.max(1, tokens));
}

export function logarithms({ low, likely, high }: Range): Range {
  return { low: logarithm(low), likely: logarithm(likely), high: logarithm(high) };
}

/** How well estimates from these turns fit, oldest first. */
export function fitOf(turns: readonly Turn[]): TurnFit {
  return new History(turns, []).fit();
}
