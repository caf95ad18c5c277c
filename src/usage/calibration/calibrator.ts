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
import { driftOf, type WindowDrift } from './drift.ts';
import { density, granularity, risesOf, type Rise, type Step, type Trail } from './steps.ts';

/** What says the same as last time should be the same objects: then it is not looked at again. */
export interface CalibratorInput {
  /** every trail there is, of past windows too (`trailsOf`) */
  readonly trails: readonly Trail[];
  /**
   * Responses in time order, each once, as far back as they are known. Not while a first scan has left files unread: a fit would learn
   * from the gaps.
   */
  readonly uses: readonly CountedUse[];
  /** responses before then may be missing in `uses`; it begins with the history by default */
  readonly knownFrom?: number;
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
/** Points that use goes on without a word of the vendor's, and what rates may be wrong by after them. */
const driftPoints = 10;
const largestDriftError = 5;
/** Only the vendor says that a window is used up. */
const justBelowFull = 0.999;

/** Of these the models are named that drift is told of. */
const recentUses = 5000;

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
  #trails: readonly Trail[] | null = null;
  #uses: readonly CountedUse[] | null = null;
  #knownFrom = -Infinity;
  #windows = new Map<string, KnownWindow>();
  #derived: readonly Reading[] = [];
  #silent: readonly Silence[] = [];

  constructor(prices = new Prices()) {
    this.#rates = new ModelRates(prices);
  }

  /** One derived reading per window that holds now and was used since its newest official reading, where calibration is good enough. */
  derive({ trails, uses, knownFrom = -Infinity, now }: CalibratorInput): readonly Reading[] {
    if (trails !== this.#trails || uses !== this.#uses || knownFrom !== this.#knownFrom) {
      if (trails !== this.#trails) this.#windows = windowsOf(trails, this.#windows);
      this.#trails = trails;
      this.#uses = uses;
      this.#knownFrom = knownFrom;
      const results = [...this.#windows.values()].flatMap((window) => this.#moveWindow(window, uses) ?? []);
      this.#derived = results.filter((result) => 'used' in result);
      this.#silent = results.filter((result) => 'reason' in result);
    }
    return this.#derived.filter(({ resetsAt }) => resetsAt !== null && resetsAt > now);
  }

  /** How use moves the windows that have not reset on, by the lists of the last `derive`; only those whose calibration is good. */
  drifts(now: number): readonly WindowDrift[] {
    const uses = this.#uses ?? [];
    return [...this.#windows.values()].flatMap((known) => {
      const trail = latestOf(known.trails);
      if (trail === undefined || trail.resetsAt <= now) return [];
      const isOwn = ownUse(trail);
      const calibration = this.#calibration(known, uses, isOwn);
      // Whoever counts on does not know how far that may be wrong: it has to be right for some way.
      if (typeof calibration === 'string' || errorAt(calibration, driftPoints) > largestDriftError) return [];
      const { agent, account, window } = trail;
      const models = new Set(uses.slice(-recentUses).flatMap((use) => (isOwn(use) ? (use.model ?? []) : [])));
      return [{ agent, account, window, drift: driftOf(calibration, window, models) }];
    });
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
    const knownFrom = Math.max(this.#knownFrom, uses.find(isOwn)?.at ?? Infinity);
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

function windowsOf(trails: readonly Trail[], before: ReadonlyMap<string, KnownWindow>): Map<string, KnownWindow> {
  const windows = new Map<string, Trail[]>();
  for (const trail of trails) {
    const list = windows.get(trail.id);
    if (list === undefined) windows.set(trail.id, [trail]);
    else list.push(trail);
  }
  return new Map([...windows].map(([id, list]) => [id, knownWindow(id, list, before.get(id))]));
}

function knownWindow(id: string, trails: readonly Trail[], before: KnownWindow | undefined): KnownWindow {
  // A level that is told again, as every turn does, changes nothing that was worked out.
  const isSame =
    before?.trails.length === trails.length &&
    trails.every((trail, index) => hasSameSteps(trail, before.trails[index]));
  if (before !== undefined && isSame) return { ...before, trails };
  const unit = granularity(trails);
  return { id, trails, fineness: { unit, density: density(trails, unit) }, rises: null };
}

function hasSameSteps(trail: Trail, other: Trail | undefined): boolean {
  if (trail === other) return true;
  if (trail.resetsAt !== other?.resetsAt || trail.steps.length !== other.steps.length) return false;
  return trail.steps.every(({ percent, firstAt }, index) => {
    const step = other.steps[index];
    return step?.percent === percent && step.firstAt === firstAt;
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
