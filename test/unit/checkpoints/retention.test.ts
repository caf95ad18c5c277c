import assert from 'node:assert/strict';
import { planRetention, type Retainable } from '../../../src/checkpoints/retention.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
// In the middle of an hour and of a UTC day, so that small ages do not cross either.
const now = Date.parse('2026-11-23T12:30:00Z');

/** `age`: how long before now; its id tells it by number. */
function made(age: number, more: Partial<Retainable> = {}): Retainable {
  return { id: String(age), kind: 'tool', pinned: false, createdAt: now - age, ...more };
}

function deleted(checkpoints: readonly Retainable[], undo: string | null = null, limit?: number): readonly string[] {
  return planRetention(checkpoints, { now, undo, ...(limit === undefined ? {} : { limit }) });
}

/** The newest is always kept: this one is, so that the others show the rule. */
const newest = made(0);

describe('planRetention', () => {
  it('keeps all of the last 24 hours', () => {
    const all = Array.from({ length: 400 }, (_, at) => made(at * 3 * minute));
    assert.deepEqual(deleted(all), []);
  });

  it('keeps the newest of each hour for 7 days', () => {
    const old = [26 * hour, 26 * hour + 5 * minute, 26 * hour + 29 * minute, 26 * hour + 31 * minute, 6.9 * day];
    assert.deepEqual(deleted([newest, ...old.map((age) => made(age))]), [
      String(26 * hour + 29 * minute),
      String(26 * hour + 5 * minute),
    ]);
  });

  it('keeps the newest of each UTC day up to 30 days, and nothing older', () => {
    const ages = [8 * day, 8 * day + hour, 8 * day + 12 * hour, 8 * day + 13 * hour, 29 * day, 30 * day, 400 * day];
    assert.deepEqual(
      deleted([newest, ...ages.map((age) => made(age))]),
      [400 * day, 30 * day, 8 * day + 12 * hour, 8 * day + hour].map(String),
    );
  });

  it('keeps manual and pinned ones, whatever their age, and does not count them', () => {
    const kept = [made(400 * day, { kind: 'manual' }), made(401 * day, { pinned: true })];
    assert.deepEqual(deleted([newest, ...kept]), []);
    const many = Array.from({ length: 20 }, (_, at) => made(at * minute, { kind: 'manual' }));
    assert.deepEqual(deleted([...many, made(30 * minute), made(31 * minute)], null, 2), []);
  });

  it('keeps safety checkpoints for 7 days beside the one of their hour, then as the others', () => {
    for (const kind of ['safety', 'failed-restore'] as const) {
      const young = [made(2 * day, { kind }), made(2 * day + minute, { kind }), made(2 * day + 2 * minute)];
      assert.deepEqual(deleted([newest, ...young]), []);
      const old = [made(8 * day, { kind }), made(8 * day + minute, { kind })];
      assert.deepEqual(deleted([newest, ...old]), [String(8 * day + minute)]);
    }
  });

  it('keeps the one that undo needs, and the newest of all', () => {
    const safety = made(50 * day, { kind: 'safety' });
    assert.deepEqual(deleted([newest, safety]), [safety.id]);
    assert.deepEqual(deleted([newest, safety], safety.id), []);
    assert.deepEqual(deleted([made(50 * day), made(51 * day)]), [String(51 * day)]);
    assert.deepEqual(deleted([]), []);
  });

  it('keeps so many at most: the oldest go, but none that must stay', () => {
    const all = Array.from({ length: 600 }, (_, at) => made(at * minute));
    const gone = deleted(all);
    assert.equal(gone.length, 100);
    assert.equal(gone[0], String(599 * minute));
    assert.equal(gone.at(-1), String(500 * minute));

    const safeties = Array.from({ length: 5 }, (_, at) => made(hour + at * minute, { kind: 'safety' }));
    assert.deepEqual(deleted([newest, made(2 * hour), made(3 * hour), ...safeties], null, 3), [
      String(3 * hour),
      String(2 * hour),
    ]);
    const [a, b] = [made(2 * hour, { kind: 'safety' }), made(hour)];
    assert.deepEqual(deleted([newest, a, b], a.id, 1), [b.id]);
  });

  it('keeps what comes from the future of a clock that was set back, and does not count it', () => {
    const future = Array.from({ length: 5 }, (_, at) => made(-400 * day - at * minute));
    assert.deepEqual(deleted([...future, made(minute), made(2 * minute)], null, 2), []);
    // The newest by id is one of those then; the present ones are judged as ever.
    assert.deepEqual(deleted([...future, made(50 * day)]), [String(50 * day)]);
  });

  it('comes to the same, in whatever order it is given them and however often it runs', () => {
    const all = Array.from({ length: 900 }, (_, at) =>
      made(at * 53 * minute, { kind: at % 11 === 0 ? 'safety' : 'tool', pinned: at % 97 === 0 }),
    );
    const gone = new Set(deleted(all));
    assert.deepEqual(new Set(deleted(all.toReversed())), gone);
    const left = all.filter(({ id }) => !gone.has(id));
    assert.deepEqual(deleted(left), []);

    // Run every few hours, or once at the end of 40 days: what is left of it all is the same.
    const end = now + 40 * day;
    let often = all;
    for (let at = now; at <= end; at += 7 * hour) often = without(often, at);
    assert.deepEqual(without(often, end), without(all, end));
    function without(some: readonly Retainable[], at: number): Retainable[] {
      const expired = planRetention(some, { now: at, undo: null });
      return some.filter(({ id }) => !expired.includes(id));
    }
  });
});
