import type { Reading } from '../../protocol/usage.ts';
import { isCredible, sameReset, windowLength } from '../readings/windows.ts';

/** A level of a window and when readings told it: first, and last so far. Percent; epoch milliseconds. */
export interface Step {
  readonly percent: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The trail of one window up to one reset: levels that only rise. */
export interface Trail {
  /** names the window of the account, whatever its reset */
  readonly id: string;
  readonly agent: string;
  readonly account: string;
  readonly window: string;
  readonly resetsAt: number;
  readonly steps: readonly Step[];
  /** the reading that holds: the highest */
  readonly newest: Reading;
}

/** The trails of official readings, by reset. A reading that tells less than one before is of an idle session and is left out. */
export function trailsOf(readings: readonly Reading[]): readonly Trail[] {
  const open = new Map<string, { resetsAt: number; steps: Step[]; newest: Reading }[]>();
  const ordered = readings.filter(isUsable).sort((a, b) => a.capturedAt - b.capturedAt);
  for (const reading of ordered) {
    const { agent, account, window, used, resetsAt, capturedAt } = reading;
    const key = JSON.stringify([agent, account, window]);
    let trails = open.get(key);
    if (trails === undefined) open.set(key, (trails = []));
    const trail = trails.findLast((each) => Math.abs(each.resetsAt - resetsAt) <= sameReset);
    const percent = used * 100;
    const step: Step = { percent, firstAt: capturedAt, lastAt: capturedAt };
    if (trail === undefined) {
      trails.push({ resetsAt, steps: [step], newest: reading });
      continue;
    }
    const last = trail.steps.at(-1) ?? step;
    if (percent > last.percent + 1e-9) trail.steps.push(step);
    else if (percent >= last.percent - 1e-9) trail.steps[trail.steps.length - 1] = { ...last, lastAt: capturedAt };
    if (used >= trail.newest.used) trail.newest = reading;
  }
  return [...open].flatMap(([id, trails]) =>
    trails.map(({ resetsAt, steps, newest }): Trail => {
      const { agent, account, window } = newest;
      return { id, agent, account, window, resetsAt, steps, newest };
    }),
  );
}

type Usable = Reading & { readonly resetsAt: number };

function isUsable(reading: Reading): reading is Usable {
  const { confidence, resetsAt, capturedAt } = reading;
  return (
    confidence === 'official' &&
    isCredible(reading) &&
    resetsAt !== null &&
    Number.isFinite(resetsAt) &&
    Number.isFinite(capturedAt) &&
    capturedAt < resetsAt
  );
}

/** How finely the vendor tells a window, in points: whole percents mostly, tenths by some. */
export function granularity(trails: readonly Trail[]): number {
  const isWhole = (unit: number) =>
    trails.every(({ steps }) =>
      steps.every(({ percent }) => Math.abs(percent / unit - Math.round(percent / unit)) < 1e-6),
    );
  return isWhole(1) ? 1 : isWhole(0.1) ? 0.1 : 0.01;
}

/**
 * Share of the steps that are as small as they can be: readings so close together that a step is seen when it happens, not at some
 * time after.
 */
export function density(trails: readonly Trail[], unit: number): number {
  let [small, all] = [0, 0];
  for (const { steps } of trails) {
    for (const [index, { percent }] of steps.slice(1).entries()) {
      all += 1;
      if (percent - (steps[index]?.percent ?? 0) < 1.5 * unit) small += 1;
    }
  }
  return all === 0 ? 0 : small / all;
}

/** A rise between two readings of one window. `trail` numbers the window, so that neighbours can be told. Percent; epoch milliseconds. */
export interface Rise {
  readonly trail: number;
  readonly from: number;
  readonly to: number;
  readonly points: number;
  /** begins with the window, where use is exactly zero */
  readonly isFirst: boolean;
}

/**
 * The rises to learn from. Neighbouring steps are joined until they are some points high: each end is rounded, so that a single step from
 * 41 to 42 says only that the true rise is between 0 and 2. `knownFrom` is when the local history begins: of what rose before it nobody
 * knows what it was used for, and a window that began before it has no known beginning.
 */
export function risesOf(trails: readonly Trail[], unit: number, knownFrom: number): readonly Rise[] {
  const enough = Math.max(1, 4 * unit);
  return trails.flatMap(({ steps, window, resetsAt }, trail) => {
    const length = windowLength(window);
    const begin = length === null ? null : resetsAt - length;
    const hasBegin = begin !== null && begin >= knownFrom && begin < (steps[0]?.firstAt ?? -Infinity);
    const known = steps.filter(({ firstAt }) => firstAt >= knownFrom);
    const points = hasBegin ? [{ percent: 0, firstAt: begin }, ...known] : known;
    const rises: Rise[] = [];
    let from = points[0];
    for (const step of points.slice(1)) {
      if (from === undefined || step.percent - from.percent < enough) continue;
      rises.push({
        trail,
        from: from.firstAt,
        to: step.firstAt,
        points: step.percent - from.percent,
        isFirst: hasBegin && rises.length === 0,
      });
      from = step;
    }
    return rises;
  });
}
