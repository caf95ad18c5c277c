import assert from 'node:assert/strict';
import { noTokens, type Reading } from '../../../../src/protocol/usage.ts';
import { Calibrator } from '../../../../src/usage/calibration/calibrator.ts';
import type { CountedUse } from '../../../../src/usage/calibration/columns.ts';
import { trailsOf } from '../../../../src/usage/calibration/steps.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse('2026-11-02T08:00:00Z');
const windows = 10;

/** One response a minute, a percent each, for 40 minutes of each window; a reading every ten minutes. */
const use = (at: number, changes: Partial<CountedUse> = {}): CountedUse => ({
  agent: 'claude',
  account: 'home',
  at,
  model: 'claude-sonnet-4-5',
  tokens: { ...noTokens, input: 1000 },
  ...changes,
});
const reading = (capturedAt: number, used: number, resetsAt: number, changes: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: 'home',
  window: 'five_hour',
  used,
  resetsAt,
  capturedAt,
  source: 'statusline',
  confidence: 'official',
  ...changes,
});
const beginOf = (number: number) => start + number * 6 * hour;
const resetOf = (number: number) => beginOf(number) + 5 * hour;

const uses: CountedUse[] = [];
const readings: Reading[] = [];
for (let number = 0; number < windows; number += 1) {
  for (let each = 1; each <= 40; each += 1) {
    const at = beginOf(number) + each * minute;
    uses.push(use(at));
    if (each % 10 === 0) readings.push(reading(at + 1000, each / 100, resetOf(number)));
  }
}
const last = windows - 1;
const lastReading = beginOf(last) + 40 * minute + 1000;
const further = (count: number, changes: Partial<CountedUse> = {}) =>
  Array.from({ length: count }, (_, each) => use(lastReading + (each + 1) * minute, changes));
const trails = trailsOf(readings);
const derive = (more: readonly CountedUse[], changes: { readings?: readonly Reading[]; now?: number } = {}) =>
  new Calibrator().derive({
    trails: trailsOf(changes.readings ?? readings),
    uses: [...uses, ...more],
    now: changes.now ?? lastReading + hour,
  });

describe('a reading moved on by local use', () => {
  it('says what was used since, how sure that is, and what it was learned from', () => {
    const [derived, ...others] = derive(further(20));
    assert.ok(derived !== undefined && others.length === 0);
    const { used, error, ...rest } = derived;
    assert.ok(Math.abs(used - 0.6) < 0.015, String(used));
    assert.ok(error !== undefined && error > 0 && error < 0.05, String(error));
    assert.deepEqual(rest, {
      agent: 'claude',
      account: 'home',
      window: 'five_hour',
      resetsAt: resetOf(last),
      capturedAt: lastReading + 20 * minute,
      // The first response is where history begins, so when the first window began is not known.
      source: 'calibrated from 39 readings',
      confidence: 'derived',
    });
  });

  it('grows less sure with distance', () => {
    const errors = [5, 10, 20, 40].map((count) => derive(further(count))[0]?.error ?? NaN);
    for (const [index, error] of errors.slice(1).entries()) assert.ok(error > (errors[index] ?? NaN), errors.join());
  });

  it('never says that a window is used up', () => {
    const [derived] = derive(further(58));
    assert.ok(derived !== undefined && derived.used > 0.95 && derived.used < 1);
    const [beyond] = derive(further(70));
    assert.ok(beyond !== undefined && beyond.used < 1);
  });

  it('is not given for a window that nobody used since', () => assert.deepEqual(derive([]), []));

  it('ends with its window', () => {
    assert.equal(derive(further(20), { now: resetOf(last) - 1 }).length, 1);
    assert.deepEqual(derive(further(20), { now: resetOf(last) }), []);
  });

  it('does not count what was used after the reset', () => {
    const late = further(20, { at: resetOf(last) + minute });
    assert.deepEqual(derive(late), []);
  });

  it('does not count other agents and other accounts', () => {
    assert.deepEqual(derive(further(20, { agent: 'codex' })), []);
    assert.deepEqual(derive(further(20, { account: 'work' })), []);
  });

  it('counts one model only where the window says so', () => {
    const ofOpus = readings.map((each) => ({ ...each, window: 'seven_day_opus', resetsAt: start + 7 * 24 * hour }));
    const calibrator = new Calibrator();
    calibrator.derive({ trails: trailsOf(ofOpus), uses: [...uses, ...further(20)], now: lastReading });
    assert.deepEqual(calibrator.silent, []);
  });

  it('goes on from the newest reading', () => {
    const more = further(20);
    const newer = [...readings, reading(lastReading + 10 * minute + 1000, 0.55, resetOf(last))];
    const [derived] = derive(more, { readings: newer });
    assert.ok(derived !== undefined && Math.abs(derived.used - 0.65) < 0.02, String(derived?.used));
  });

  it('does not believe the same value told again long after', () => {
    const stale = [...readings, reading(lastReading + 19 * minute + 1000, 0.4, resetOf(last))];
    const [derived] = derive(further(20), { readings: stale });
    assert.ok(derived !== undefined && Math.abs(derived.used - 0.6) < 0.015, String(derived?.used));
  });

  it('gives the same answer for the same lists, and a new one for new lists', () => {
    const calibrator = new Calibrator();
    const all = [...uses, ...further(20)];
    const [first] = calibrator.derive({ trails, uses: all, now: lastReading });
    const [again] = calibrator.derive({ trails, uses: all, now: lastReading + minute });
    assert.equal(again, first);
    const [more] = calibrator.derive({ trails, uses: [...uses, ...further(30)], now: lastReading + minute });
    assert.ok((more?.used ?? 0) > (first?.used ?? 1));
  });

  it('learns again when older responses are found', () => {
    const calibrator = new Calibrator();
    const half = [...uses.filter((_, index) => index % 2 === 0), ...further(20)];
    const [early] = calibrator.derive({ trails, uses: half, now: lastReading });
    const [later] = calibrator.derive({ trails, uses: [...uses, ...further(20)], now: lastReading });
    assert.ok((early?.used ?? 0) > 0.7, 'half of the responses seem to weigh twice as much');
    assert.ok(Math.abs((later?.used ?? 0) - 0.6) < 0.015);
  });
});

describe('calibration', () => {
  const reason = (given: { readings?: readonly Reading[]; uses?: readonly CountedUse[] }) => {
    const calibrator = new Calibrator();
    const all = [...(given.uses ?? uses), ...further(20)];
    const derived = calibrator.derive({ trails: trailsOf(given.readings ?? readings), uses: all, now: lastReading });
    assert.deepEqual(derived, []);
    return calibrator.silent.map((each) => each.reason);
  };

  it('is silent with few readings', () => {
    assert.deepEqual(reason({ readings: readings.slice(-5) }), ['thin']);
  });

  it('is silent when readings rise while nobody works here', () => {
    const here = uses.filter(({ at }) => (at - start) % (6 * hour) <= 10 * minute);
    assert.deepEqual(reason({ uses: here }), ['used elsewhere']);
  });

  it('is silent when local use does not explain what readings say', () => {
    // Each window now slow and now fast, without anything local that tells which.
    const erratic = readings.map((each, index) => {
      const number = Math.floor(index / 4);
      const step = (index % 4) + 1;
      return { ...each, used: (number % 2 === 0 ? step * 24 : step * 5) / 100 };
    });
    const calibrator = new Calibrator();
    calibrator.derive({ trails: trailsOf(erratic), uses: [...uses, ...further(20)], now: lastReading });
    const reasons = calibrator.silent.map((each) => each.reason);
    assert.equal(reasons.length, 1);
    assert.ok(reasons[0] === 'unexplained' || reasons[0] === 'too uncertain', reasons.join());
  });

  it('leaves it to the reading while rounding alone could be the difference', () => {
    const calibrator = new Calibrator();
    const tiny = { tokens: { ...noTokens, input: 100 } };
    assert.deepEqual(calibrator.derive({ trails, uses: [...uses, ...further(2, tiny)], now: lastReading }), []);
    assert.deepEqual(
      calibrator.silent.map((each) => each.reason),
      ['rounding'],
    );
  });

  it('stands numbers that are none, windows without a reset and readings out of order', () => {
    const broken = [
      reading(lastReading, NaN, resetOf(last)),
      reading(NaN, 0.5, resetOf(last)),
      reading(lastReading, -1, resetOf(last)),
      { ...reading(lastReading, 0.9, 0), resetsAt: null },
      reading(resetOf(last) + hour, 0.99, resetOf(last)),
    ];
    const [derived] = derive(further(20), { readings: [...broken, ...readings].reverse() });
    assert.ok(derived !== undefined && Math.abs(derived.used - 0.6) < 0.015, String(derived?.used));
  });
});
