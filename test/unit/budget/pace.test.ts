import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beginOfReading, paceOf, pointsOfBudget, pointsOfReading, type PaceInput } from '../../../src/budget/pace.ts';
import type { Reading } from '../../../src/protocol/usage.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.parse('2026-11-23T12:00:00Z');

/** Three of five hours gone; ten points an hour from the beginning on. */
const steady: PaceInput = {
  points: Array.from({ length: 31 }, (_, step) => ({ at: now - 3 * hour + step * 6 * minute, percent: step })),
  usedPercent: 30,
  errorPercent: 1,
  reservePercent: 20,
  from: now - 3 * hour,
  resetsAt: now + 2 * hour,
  lastUseAt: now - minute,
  now,
};
const pace = (changes: Partial<PaceInput> = {}) => paceOf({ ...steady, ...changes });

describe('the pace', () => {
  it('tells use per hour as a range, and what an even use would have used', () => {
    const { percentPerHour, evenPercent } = pace() ?? assert.fail();
    assert.deepEqual(percentPerHour, { low: 9, high: 11 });
    assert.equal(evenPercent, 60);
  });

  it('says nothing of running out when the reset comes first', () => {
    const { reserveAt, exhaustedAt } = pace() ?? assert.fail();
    assert.equal(reserveAt, null);
    assert.equal(exhaustedAt, null);
  });

  it('tells when the headroom and the window run out', () => {
    const resetsAt = now + 100 * hour;
    const { reserveAt, exhaustedAt } = pace({ from: now - 20 * hour, resetsAt }) ?? assert.fail();
    assert.deepEqual(reserveAt, { earliest: now + (49 / 11) * hour, latest: now + (51 / 9) * hour });
    assert.deepEqual(exhaustedAt, { earliest: now + (69 / 11) * hour, latest: now + (71 / 9) * hour });
  });

  it('leaves the late end open when only the fast end comes before the reset', () => {
    const { reserveAt } = pace({ from: now - 20 * hour, resetsAt: now + 5 * hour }) ?? assert.fail();
    assert.deepEqual(reserveAt, { earliest: now + (49 / 11) * hour, latest: null });
  });

  it('sees a burst in the last hour and what it is worth over two', () => {
    const points = [...steady.points.slice(0, 21), { at: now - hour, percent: 20 }, { at: now - minute, percent: 50 }];
    const { percentPerHour } = pace({ points, usedPercent: 50 }) ?? assert.fail();
    assert.ok(percentPerHour.low <= 20 && percentPerHour.high >= 30, JSON.stringify(percentPerHour));
  });

  it('takes use between two far readings to have risen evenly', () => {
    const points = [
      { at: now - 3 * hour, percent: 1 },
      { at: now - 2.9 * hour, percent: 2 },
      { at: now - minute, percent: 60 },
    ];
    const { percentPerHour } = pace({ points, usedPercent: 60 }) ?? assert.fail();
    assert.ok(percentPerHour.high < 23, JSON.stringify(percentPerHour));
  });

  it('is nought for somebody idle, who runs out of nothing', () => {
    const idle = pace({ now: now + hour, lastUseAt: now - minute }) ?? assert.fail();
    assert.deepEqual(idle.percentPerHour, { low: 0, high: 0 });
    assert.equal(idle.reserveAt, null);
    assert.equal(idle.exhaustedAt, null);
  });

  it('says that what is reached is reached', () => {
    const { reserveAt, exhaustedAt } = pace({ usedPercent: 85 }) ?? assert.fail();
    assert.deepEqual(reserveAt, { earliest: now, latest: now });
    assert.notDeepEqual(exhaustedAt, { earliest: now, latest: now });
  });

  it('may have reached already what it is nearer to than its error', () => {
    const { reserveAt } =
      pace({ usedPercent: 79, errorPercent: 3, from: now - 20 * hour, resetsAt: now + 100 * hour }) ?? assert.fail();
    assert.equal(reserveAt?.earliest, now);
    assert.ok((reserveAt.latest ?? 0) > now);
  });

  const silences: [string, Partial<PaceInput>][] = [
    ['in the first 5 % of a window', { from: now - 14 * minute, resetsAt: now + 286 * minute }],
    ['with two steps only', { points: steady.points.slice(-2) }],
    [
      'with less than ten minutes of use',
      { points: [4, 3, 2].map((ago) => ({ at: now - ago * minute, percent: 9 - ago })) },
    ],
    ['at the reset', { resetsAt: now }],
    ['after the reset', { resetsAt: now - minute }],
    ['before the beginning, the clock set back', { from: now + hour, resetsAt: now + 6 * hour }],
    ['when every step lies in the future, the clock set back', { now: now - 3.5 * hour, from: null }],
    ['while somebody works and no new step tells how fast', { now: now + 1.5 * hour, lastUseAt: now + 1.5 * hour }],
    ['of numbers that are none', { usedPercent: NaN }],
  ];
  for (const [when, changes] of silences) it(`is silent ${when}`, () => assert.equal(pace(changes), null));

  it('speaks again right after the first 5 %', () => {
    const points = [16, 9, 3].map((ago, index) => ({ at: now - ago * minute, percent: index + 1 }));
    assert.notEqual(pace({ points, usedPercent: 3, from: now - 16 * minute, resetsAt: now + 284 * minute }), null);
  });

  it('needs no beginning: a session has none', () => {
    const { evenPercent, reserveAt } = pace({ from: null, resetsAt: null }) ?? assert.fail();
    assert.equal(evenPercent, null);
    assert.notEqual(reserveAt, null);
  });

  it('counts the steps of one agent, account, window and reset', () => {
    const reading = (used: number, changes: Partial<Reading> = {}): Reading => ({
      agent: 'claude',
      account: 'home',
      window: 'five_hour',
      used,
      resetsAt: now + hour,
      capturedAt: now,
      source: 'statusline',
      confidence: 'official',
      ...changes,
    });
    const newest = reading(0.5, { confidence: 'derived' });
    const others = [
      reading(0.1, { agent: 'codex' }),
      reading(0.2, { account: 'work' }),
      reading(0.3, { window: 'seven_day' }),
      reading(0.4, { resetsAt: now - 4 * hour }),
      reading(0.45, { confidence: 'unknown' }),
    ];
    const same = reading(0.25, { resetsAt: now + hour + 5 * minute, capturedAt: now - hour });
    assert.deepEqual(pointsOfReading(newest, [same, ...others, newest]), [
      { at: now - hour, percent: 25 },
      { at: now, percent: 50 },
    ]);
    assert.equal(beginOfReading(newest), now - 4 * hour);
    assert.equal(beginOfReading(reading(0.5, { window: 'something' })), null);
  });

  it('adds up a budget piece by piece, and lets none end after now', () => {
    const uses = [
      { until: now + 2 * minute, used: 30 },
      { until: now - hour, used: 10 },
    ];
    assert.deepEqual(pointsOfBudget(uses, 200, now), [
      { at: now - hour, percent: 5 },
      { at: now, percent: 20 },
    ]);
  });
});

describe('the pace of anything', () => {
  const time = fc.integer({ min: -8 * 24 * 60, max: 8 * 24 * 60 }).map((minutes) => now + minutes * minute);
  const input: fc.Arbitrary<PaceInput> = fc.record({
    points: fc.array(fc.record({ at: time, percent: fc.double({ min: -5, max: 150 }) }), { maxLength: 40 }),
    usedPercent: fc.double({ min: 0, max: 150 }),
    errorPercent: fc.double({ min: 0, max: 10 }),
    reservePercent: fc.double({ min: 0, max: 100, noNaN: true }),
    from: fc.option(time),
    resetsAt: fc.option(time),
    lastUseAt: fc.option(time),
    now: fc.constantFrom(now, now - 3 * 24 * hour),
  });
  /** Like a real window, so that the pace speaks. */
  const working: fc.Arbitrary<PaceInput> = fc
    .record({
      rises: fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: 4, maxLength: 30 }),
      gap: fc.integer({ min: 3, max: 25 }),
      errorPercent: fc.double({ min: 0, max: 10, noNaN: true }),
      reservePercent: fc.double({ min: 0, max: 100, noNaN: true }),
      hoursGone: fc.double({ min: 1, max: 150, noNaN: true }),
      hoursLeft: fc.double({ min: 0.1, max: 18, noNaN: true }),
    })
    .map(({ rises, gap, errorPercent, reservePercent, hoursGone, hoursLeft }) => {
      let usedPercent = 0;
      const points = rises.map((rise, index) => ({
        at: now - (rises.length - 1 - index) * gap * minute,
        percent: (usedPercent += rise),
      }));
      const from = Math.min(now - hoursGone * hour, points[0]?.at ?? now);
      const resetsAt = now + hoursLeft * hour;
      return { points, usedPercent, errorPercent, reservePercent, from, resetsAt, lastUseAt: now, now };
    });

  const check = (given: PaceInput): boolean => {
    const result = paceOf(given);
    if (result === null) return false;
    const { percentPerHour, evenPercent, reserveAt, exhaustedAt } = result;
    assert.ok(percentPerHour.low >= 0 && percentPerHour.low <= percentPerHour.high && percentPerHour.high < Infinity);
    assert.ok(evenPercent === null || (evenPercent >= 5 && evenPercent <= 100));
    for (const range of [reserveAt, exhaustedAt]) {
      if (range === null) continue;
      assert.ok(Number.isFinite(range.earliest) && range.earliest >= given.now);
      assert.ok(given.resetsAt === null || range.earliest < given.resetsAt);
      assert.ok(range.latest === null || (Number.isFinite(range.latest) && range.latest >= range.earliest));
      assert.ok(!Number.isNaN(new Date(range.earliest).getTime()));
    }
    // The reserve is part of the window, so it is reached first.
    if (exhaustedAt !== null) assert.ok(reserveAt !== null && reserveAt.earliest <= exhaustedAt.earliest);
    const latest = exhaustedAt?.latest ?? null;
    if (latest !== null) assert.ok((reserveAt?.latest ?? Infinity) <= latest);
    return true;
  };

  it('is in order, whatever comes in', () => {
    fc.assert(
      fc.property(input, (given) => void check(given)),
      { seed: 1, numRuns: 3000 },
    );
  });

  it('is in order where it speaks', () => {
    let spoken = 0;
    fc.assert(
      fc.property(working, (given) => void (spoken += Number(check(given)))),
      { seed: 2, numRuns: 1000 },
    );
    assert.ok(spoken > 500, `only ${spoken} of 1000 spoke`);
  });

  it('comes no later with more used, a larger reserve or a larger error', () => {
    const earliest = (given: PaceInput) => paceOf(given)?.reserveAt?.earliest ?? Infinity;
    fc.assert(
      fc.property(working, fc.double({ min: 0, max: 20, noNaN: true }), (given, more) => {
        const { usedPercent, reservePercent, errorPercent } = given;
        assert.ok(earliest({ ...given, usedPercent: usedPercent + more }) <= earliest(given));
        assert.ok(earliest({ ...given, reservePercent: reservePercent + more }) <= earliest(given));
        assert.ok(earliest({ ...given, errorPercent: errorPercent + more }) <= earliest(given));
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
