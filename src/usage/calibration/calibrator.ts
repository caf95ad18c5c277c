import type { Reading } from '../../protocol/usage.ts';
import { Prices } from '../prices.ts';
import {
  calibrate,
  errorAt,
  firstAfter,
  pointsOf,
  type Calibration,
  type Fineness,
  type Withdrawal,
} from './calibration.ts';
import { Columns, ModelRates, scopeOf, type CountedUse } from './columns.ts';
import { density, granularity, risesOf, trailsOf, type Rise, type Step, type Trail } from './steps.ts';

/** Lists that say the same as last time should be the same objects: then they are not looked at again. */
export interface CalibratorInput {
  /** every official step there is, of past windows too */
  readonly readings: readonly Reading[];
  /**
   * Responses in time order, each once, as far back as they are known. Not while a first scan has left files unread: a fit would learn
   * from the gaps.
   */
  readonly uses: readonly CountedUse[];
  /** epoch milliseconds */
  readonly now: number;
}

/** Why a window that was used since its last reading has no derived one. `rounding`: the reading says as much. */
export interface Silence {
  readonly agent: string;
  readonly account: string;
  readonly window: string;
  readonly reason: Withdrawal | 'too uncertain' | 'rounding';
}

/** Points. Above this a value says too little to be shown. */
const largestError = 10;
/** Only the vendor says that a window is used up. */
const justBelowFull = 0.999;

/** A window with what its readings tell, worked out once per list of readings. */
interface KnownWindow {
  readonly id: string;
  readonly trails: readonly Trail[];
  readonly fineness: Fineness;
  rises: { readonly knownFrom: number; readonly list: readonly Rise[] } | null;
}

interface Learned {
  readonly key: string;
  readonly result: Calibration | Withdrawal;
}

/**
 * Moves readings on with local use. What a vendor counts is not published, and differs between accounts and models, so it is learned
 * from each account's own readings and responses. Cheap to ask often: a fit is renewed only when readings have risen by some points.
 */
export class Calibrator {
  readonly #rates: ModelRates;
  readonly #learned = new Map<string, Learned>();
  #readings: readonly Reading[] | null = null;
  #uses: readonly CountedUse[] | null = null;
  #windows: readonly KnownWindow[] = [];
  #derived: readonly Reading[] = [];
  #silent: readonly Silence[] = [];

  constructor(prices = new Prices()) {
    this.#rates = new ModelRates(prices);
  }

  /** One derived reading per window that holds now and was used since its newest official reading, where calibration is good enough. */
  derive({ readings, uses, now }: CalibratorInput): readonly Reading[] {
    if (readings !== this.#readings || uses !== this.#uses) {
      if (readings !== this.#readings) this.#windows = windowsOf(readings);
      this.#readings = readings;
      this.#uses = uses;
      const results = this.#windows.flatMap((window) => this.#moveWindow(window, uses) ?? []);
      this.#derived = results.filter((result) => 'used' in result);
      this.#silent = results.filter((result) => 'reason' in result);
    }
    return this.#derived.filter(({ resetsAt }) => resetsAt !== null && resetsAt > now);
  }

  /** Of the last `derive`. */
  get silent(): readonly Silence[] {
    return this.#silent;
  }

  /** null if the window was not used since its last reading. */
  #moveWindow(known: KnownWindow, uses: readonly CountedUse[]): Reading | Silence | null {
    const trail = latestOf(known.trails);
    const step = trail?.steps.at(-1);
    if (trail === undefined || step === undefined) return null;
    const isOwn = ownUse(trail);
    const since = usesBetween(uses, step.firstAt, trail.resetsAt).filter(isOwn);
    const newest = since.at(-1);
    if (newest === undefined || newest.at <= step.lastAt) return null;
    const calibration = this.#calibration(known, uses, isOwn);
    const { agent, account, window } = trail;
    if (typeof calibration === 'string') return { agent, account, window, reason: calibration };
    const moved = move(step, calibration, since);
    if (typeof moved === 'string') return { agent, account, window, reason: moved };
    return {
      ...trail.newest,
      used: Math.max(trail.newest.used, Math.min(moved.percent / 100, justBelowFull)),
      capturedAt: newest.at,
      source: `calibrated from ${calibration.rises} readings`,
      confidence: 'derived',
      error: moved.error / 100,
    };
  }

  #calibration(known: KnownWindow, uses: readonly CountedUse[], isOwn: Belongs): Calibration | Withdrawal {
    const knownFrom = uses.find(isOwn)?.at ?? Infinity;
    if (known.rises?.knownFrom !== knownFrom) {
      const list = [...risesOf(known.trails, known.fineness.unit, knownFrom)].sort((a, b) => a.to - b.to);
      known.rises = { knownFrom, list };
    }
    const rises = known.rises.list;
    const end = rises.at(-1)?.to ?? 0;
    // Responses that are found only later change what the rises are explained by.
    const key = `${rises.length}|${knownFrom}|${end}|${firstAfter(uses, end)}`;
    const learned = this.#learned.get(known.id);
    if (learned?.key === key) return learned.result;
    const own = uses.filter(isOwn);
    const result = calibrate(rises, own, Columns.forUses(own, this.#rates), known.fineness);
    this.#learned.set(known.id, { key, result });
    return result;
  }
}

type Belongs = (use: CountedUse) => boolean;

/** What counts in this window, as far as its name tells. */
function ownUse({ agent, account, window }: Trail): Belongs {
  const scope = scopeOf(window);
  return (use) =>
    use.agent === agent && use.account === account && (scope === null || (use.model?.includes(scope) ?? false));
}

function windowsOf(readings: readonly Reading[]): readonly KnownWindow[] {
  const windows = new Map<string, Trail[]>();
  for (const trail of trailsOf(readings)) {
    const id = JSON.stringify([trail.agent, trail.account, trail.window]);
    const trails = windows.get(id);
    if (trails === undefined) windows.set(id, [trail]);
    else trails.push(trail);
  }
  return [...windows].map(([id, trails]) => {
    const unit = granularity(trails);
    return { id, trails, fineness: { unit, density: density(trails, unit) }, rises: null };
  });
}

function latestOf(trails: readonly Trail[]): Trail | undefined {
  return trails.reduce<Trail | undefined>(
    (latest, each) => (latest === undefined || each.resetsAt > latest.resetsAt ? each : latest),
    undefined,
  );
}

/** After `from`, before `until`. */
function usesBetween(uses: readonly CountedUse[], from: number, until: number): readonly CountedUse[] {
  return uses.slice(firstAfter(uses, from), firstAfter(uses, until - 1));
}

/** Where the window stands after these uses since the step, in percent, and how wrong that may be, in points. */
function move(
  { percent, lastAt }: Step,
  calibration: Calibration,
  uses: readonly CountedUse[],
): { readonly percent: number; readonly error: number } | 'too uncertain' | 'rounding' {
  const { bias, unit, floor } = calibration;
  const split = firstAfter(uses, lastAt);
  const repeated = pointsOf(calibration, uses.slice(0, split));
  const since = pointsOf(calibration, uses.slice(split));
  // A value told again says that less than a step was used meanwhile, unless an idle session told it.
  const isFresh = repeated <= unit + errorAt(calibration, repeated);
  const moved = percent - bias + (isFresh ? Math.min(repeated, unit) : repeated) + since;
  const error = errorAt(calibration, isFresh ? since : repeated + since);
  // As long as rounding alone could be the difference, the reading says as much.
  if (moved < percent + floor) return 'rounding';
  return error > largestError ? 'too uncertain' : { percent: moved, error };
}
