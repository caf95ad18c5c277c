import { Calibrator } from '../../src/usage/calibration/calibrator.ts';
import { trailsOf, type Trail } from '../../src/usage/calibration/steps.ts';
import { newTokens, type Reading, type TokenCounts } from '../../src/protocol/usage.ts';
import { Readings } from '../../src/usage/readings.ts';
import { simulate, type Scenario } from './usageSimulation.ts';

/** How far one estimate was from the true percent, in points. */
export interface Score {
  readonly mean: number;
  readonly p95: number;
}

export interface ScenarioScore {
  readonly last: Score;
  readonly block: Score;
  readonly derived: Score;
  /** share of the moments of speech in which the truth was within the stated error */
  readonly coverage: number;
  /** share of the moments with a valid reading at which calibration was not good enough */
  readonly withdrawn: number;
  /** share of those at which the reading itself was as good, by the calibration */
  readonly notNeeded: number;
  /** number of moments at which a derived reading was given */
  readonly spoken: number;
}

const fiveHours = 5 * 3_600_000;
const week = 7 * 24 * 3_600_000;

/** Plays the scenario and asks, after each response, what the percent is now: three ways, compared where calibration speaks. */
export function score(scenario: Scenario, seeds: readonly number[], every = 1): ScenarioScore {
  const misses: { last: number[]; block: number[]; derived: number[] } = { last: [], block: [], derived: [] };
  let [covered, asked, withdrawn] = [0, 0, 0];
  for (const seed of seeds) {
    const { told, uses, moments } = simulate(scenario, seed);
    const calibrator = new Calibrator();
    const store = new Readings();
    let next = 0;
    let readings: readonly Reading[] = [];
    let trails: readonly Trail[] = [];
    let isChanged = false;
    const blocks = blockPercents(uses, scenario.window === 'five_hour' ? fiveHours : week);
    for (const [index, { at, truth, resetsAt }] of moments.entries()) {
      for (let each = told[next]; each !== undefined && each.capturedAt <= at; each = told[++next]) {
        if (store.add(each)) isChanged = true;
      }
      if (index % every !== 0) continue;
      if (isChanged) trails = trailsOf((readings = store.history()));
      isChanged = false;
      // Of a window the highest comes last.
      const last = readings.findLast((reading) => reading.resetsAt === resetsAt);
      if (last === undefined) continue;
      asked += 1;
      const [derived] = calibrator.derive({ trails, uses: uses.slice(0, index + 1), now: at });
      if (derived === undefined) {
        if (calibrator.silent.some(({ reason }) => reason !== 'rounding')) withdrawn += 1;
        continue;
      }
      const miss = Math.abs(derived.used * 100 - truth);
      misses.derived.push(miss);
      misses.last.push(Math.abs(last.used * 100 - truth));
      misses.block.push(Math.abs((blocks[index] ?? 0) - truth));
      if (miss <= (derived.error ?? 0) * 100 + 1e-9) covered += 1;
    }
  }
  const spoken = misses.derived.length;
  return {
    last: scoreOf(misses.last),
    block: scoreOf(misses.block),
    derived: scoreOf(misses.derived),
    coverage: covered / spoken,
    withdrawn: withdrawn / asked,
    notNeeded: (asked - spoken - withdrawn) / asked,
    spoken,
  };
}

function scoreOf(misses: readonly number[]): Score {
  const sorted = [...misses].sort((a, b) => a - b);
  return {
    mean: sorted.reduce((sum, miss) => sum + miss, 0) / sorted.length,
    p95: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? NaN,
  };
}

/** Tokens of the current local block in percent of the largest block before it, as block meters show it without a plan's numbers. */
function blockPercents(
  uses: readonly { readonly at: number; readonly tokens: TokenCounts }[],
  length: number,
): readonly number[] {
  let [start, last, tokens, largest] = [-Infinity, -Infinity, 0, 0];
  return uses.map(({ at, tokens: counts }) => {
    if (at - start > length || at - last > length) {
      largest = Math.max(largest, tokens);
      start = Math.floor(at / 3_600_000) * 3_600_000;
      tokens = 0;
    }
    last = at;
    tokens += newTokens(counts) + counts.cacheRead;
    return largest === 0 ? 0 : Math.min(100, (tokens / largest) * 100);
  });
}
