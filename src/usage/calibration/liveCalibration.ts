import type { Reading } from '../../protocol/usage.ts';
import type { Ledger } from '../ledger.ts';
import type { Prices } from '../prices.ts';
import type { Readings } from '../readings.ts';
import { windowLength } from '../readings/windows.ts';
import type { Source } from '../responseTable.ts';
import { Calibrator } from './calibrator.ts';
import type { WindowDrift } from './drift.ts';
import { trailsOf, type Trail } from './steps.ts';
import { UseHistory } from './useHistory.ts';

type TrailList = ReturnType<Readings['trails']>[number];

/** Calibration of what is known at a moment, kept current: what did not change since the last moment is not worked out again. */
export class LiveCalibration {
  readonly #readings: Readings;
  readonly #isOwn: (of: Source) => boolean;
  readonly #uses: UseHistory;
  readonly #calibrator: Calibrator;
  #known = new Map<TrailList, readonly Trail[]>();
  #trails: readonly Trail[] = [];

  /** @param isOwn readings and responses of other accounts are left out */
  constructor(ledger: Ledger, readings: Readings, prices: Prices, isOwn: (of: Source) => boolean) {
    this.#readings = readings;
    this.#isOwn = isOwn;
    this.#uses = new UseHistory(ledger);
    this.#calibrator = new Calibrator(prices);
  }

  /**
   * Readings moved on to `now`. Not to be asked while responses of after `knownFrom` are still unread: a fit would learn from the gaps.
   */
  derive(now: number, knownFrom: number): readonly Reading[] {
    const trails = this.#currentTrails();
    if (trails.length === 0) return [];
    const owners = new Map(trails.map(({ id, agent, account }) => [id, { agent, account }]));
    const since = trails.reduce((first, trail) => Math.min(first, beginOf(trail)), Infinity);
    const uses = this.#uses.of([...owners.values()], since);
    return this.#calibrator.derive({ trails, uses, knownFrom, now });
  }

  /** By the last `derive`. */
  drifts(now: number): readonly WindowDrift[] {
    return this.#calibrator.drifts(now);
  }

  /** The same list as long as all of them say the same. */
  #currentTrails(): readonly Trail[] {
    const known = new Map<TrailList, readonly Trail[]>();
    for (const list of this.#readings.trails()) {
      const [first] = list;
      if (first !== undefined && this.#isOwn(first)) known.set(list, this.#known.get(list) ?? trailsOf(list));
    }
    const trails = [...known.values()].flat();
    const isSame =
      trails.length === this.#trails.length && trails.every((trail, index) => trail === this.#trails[index]);
    this.#known = known;
    if (!isSame) this.#trails = trails;
    return this.#trails;
  }
}

function beginOf({ window, resetsAt, steps }: Trail): number {
  const length = windowLength(window);
  return Math.min(steps[0]?.firstAt ?? resetsAt, length === null ? Infinity : resetsAt - length);
}
