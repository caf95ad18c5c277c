import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { gaugeState } from '../../../src/budget/gauge.ts';
import { limitWindows } from '../../../src/budget/limitWindows.ts';
import type { WindowState } from '../../../src/protocol/gauge.ts';
import type { Reading } from '../../../src/protocol/usage.ts';
import { Prices } from '../../../src/usage/prices.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { RatedRollouts } from '../../support/ratedRollouts.ts';
import { simulate, type Moment, type Scenario, type Simulation } from '../../support/usageSimulation.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What the vendor counts, and nobody is told: cache reads at a fiftieth, output at nine times the input. */
const hidden: Scenario = {
  name: 'hidden',
  window: 'five_hour',
  weighting: ({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }) =>
    input + cacheWrite5m + cacheWrite1h + 9 * output + 0.02 * cacheRead,
  rounding: 'floor',
  readings: 'every20',
  stale: false,
  others: 'none',
  partialOutput: false,
  models: ['gpt-5.5'],
  days: 20,
};

describe('the gauge between readings', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-gauge-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const scanAt = (clock: { at: number }, changes: { stateFolder?: string; sinceMs?: number } = {}) =>
    new UsageScan({
      sources: transcriptSources,
      surroundings: { home, env: {}, platform: process.platform },
      sinceMs: null,
      now: () => clock.at,
      ...changes,
    });
  const windowOf = (scan: UsageScan, now: number): WindowState | undefined =>
    gaugeState({
      usage: scan.snapshot(),
      folders: [],
      now,
      reservePercent: 20,
      budgets: {},
      timeZone: 'UTC',
    }).windows.find(({ id }) => id === 'five_hour');

  it('moves on with local use, by what it learned, and says how sure it is', async () => {
    const simulation = simulate(hidden, 5);
    const clock = { at: 0 };
    const scan = scanAt(clock);
    const rollouts = new RatedRollouts(home, simulation);
    const misses = { derived: [] as number[], last: [] as number[] };
    let covered = 0;
    for (const { moment, last } of longAfterReading(simulation).slice(-40)) {
      clock.at = moment.at;
      rollouts.writeUntil(moment.at);
      await scan.sweep();
      const window = windowOf(scan, moment.at) ?? assert.fail('the reading holds');
      if (window.confidence !== 'derived') continue;
      assert.match(window.source, /^calibrated from \d+ readings$/);
      const miss = Math.abs(window.usedPercent - moment.truth);
      misses.derived.push(miss);
      misses.last.push(Math.abs(last.used * 100 - moment.truth));
      if (miss <= (window.errorPercent ?? 0)) covered += 1;
    }
    assert.ok(misses.derived.length >= 30, `${misses.derived.length} times`);
    assert.ok(mean(misses.derived) < mean(misses.last) / 3, `${mean(misses.derived)} beside ${mean(misses.last)}`);
    assert.ok(mean(misses.derived) < 1.5, String(mean(misses.derived)));
    assert.ok(covered >= 0.85 * misses.derived.length, `${covered} of ${misses.derived.length}`);

    // Step by step, or all at once, or from the store: the same.
    const fresh = scanAt(clock, { stateFolder: join(home, 'state') });
    await fresh.sweep();
    await fresh.save();
    assert.deepEqual(fresh.snapshot().readings, scan.snapshot().readings);
    const stored = scanAt(clock, { stateFolder: join(home, 'state'), sinceMs: clock.at - 48 * hour });
    await stored.sweep();
    assert.deepEqual(stored.snapshot().readings, scan.snapshot().readings);
  });

  it('tells others how use moves a window on', async () => {
    const simulation = simulate(hidden, 5);
    const { moment } = longAfterReading(simulation).at(-1) ?? assert.fail();
    const clock = { at: moment.at };
    new RatedRollouts(home, simulation).writeUntil(moment.at);
    const scan = scanAt(clock);
    await scan.sweep();
    const usage = scan.snapshot();
    const [window] = limitWindows({
      usage,
      drifts: scan.drifts(),
      budgets: {},
      prices: new Prices(),
      now: moment.at,
      timeZone: 'UTC',
    });
    const rates = window?.drift?.['gpt-5.5'] ?? assert.fail('no drift');
    assert.ok(window?.drift?.[''] !== undefined);
    // From the last reading on, counted by these rates, it comes to what the gauge says.
    const since = [...usage.readings].reverse().find(({ confidence }) => confidence === 'official') ?? assert.fail();
    const uses = simulation.uses.filter(({ at }) => at > since.capturedAt && at <= moment.at);
    const moved = uses.reduce(
      (sum, { tokens }) =>
        sum +
        (tokens.input + tokens.cacheWrite5m + tokens.cacheWrite1h) * rates.input +
        tokens.output * rates.output +
        tokens.cacheRead * rates.cacheRead +
        1e6 * (rates.response ?? 0),
      0,
    );
    const expected = window.used - since.used;
    assert.ok(Math.abs(moved / 1e6 - expected) < 0.02, `${moved / 1e6} instead of ${expected}`);
  });

  it('keeps to the reading while most of the account is used elsewhere', async () => {
    const simulation = simulate({ ...hidden, others: 'bursts', days: 14 }, 3);
    const { moment } = longAfterReading(simulation).at(-1) ?? assert.fail();
    // Nobody ever works here but in the last five hours.
    const uses = simulation.uses.filter(({ at }, index) => at > moment.at - 5 * hour || index % 40 === 0);
    new RatedRollouts(home, { ...simulation, uses }).writeUntil(moment.at);
    const scan = scanAt({ at: moment.at });
    await scan.sweep();
    assert.deepEqual(new Set(scan.snapshot().readings.map(({ confidence }) => confidence)), new Set(['official']));
    assert.deepEqual(scan.drifts(), []);
    assert.equal(windowOf(scan, moment.at)?.confidence, 'official');
  });

  it('does not learn from a half-read history', async () => {
    const simulation = simulate(hidden, 5);
    const { moment } = longAfterReading(simulation).at(-1) ?? assert.fail();
    new RatedRollouts(home, simulation).writeUntil(moment.at);
    const scan = scanAt({ at: moment.at });
    let looks = 0;
    await scan.sweep({
      onNews() {
        looks += 1;
        assert.ok(scan.snapshot().readings.every(({ confidence }) => confidence === 'official'));
        assert.deepEqual(scan.drifts(), []);
      },
    });
    assert.ok(looks > 10);
    assert.ok(scan.snapshot().readings.some(({ confidence }) => confidence === 'derived'));
  });
});

/** Moments at which the newest reading of their window is a quarter of an hour old, and use went on. */
function longAfterReading({ told, moments }: Simulation): { moment: Moment; last: Reading }[] {
  return moments.flatMap((moment) => {
    const last = told.findLast(({ capturedAt }) => capturedAt <= moment.at);
    const isOld = last?.resetsAt === moment.resetsAt && moment.at - last.capturedAt > 15 * minute;
    return isOld && moment.truth < 99 && moment.truth - last.used * 100 > 2 ? [{ moment, last }] : [];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
