import assert from 'node:assert/strict';
import {
  overSize,
  planRetention,
  policySentence,
  type Retainable,
  type RetentionPlan,
  type RetentionPolicy,
} from '../../../src/checkpoints/keep/retention.ts';
import { inEnglish } from '../../../src/protocol/sentence.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
// In the middle of an hour and of a UTC day, so that small ages do not cross either.
const now = Date.parse('2026-11-23T12:30:00Z');

/** `age`: how long before now; its id tells it by number. */
function made(age: number, more: Partial<Retainable> = {}): Retainable {
  return { id: String(age), kind: 'tool', pinned: false, isGreen: false, createdAt: now - age, ...more };
}

const defaults: RetentionPolicy = { allHours: 24, hourlyDays: 7, dailyDays: 30, maxCount: 500, maxBytes: 1e9 };

function plan(checkpoints: readonly Retainable[], policy: Partial<RetentionPolicy> = {}): RetentionPlan {
  return planRetention(checkpoints, { now, undo: null, policy: { ...defaults, ...policy } });
}

function deleted(checkpoints: readonly Retainable[], undo: string | null = null, maxCount = 500): readonly string[] {
  const { expired } = planRetention(checkpoints, { now, undo, policy: { ...defaults, maxCount } });
  return expired.map(({ id }) => id);
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

  it('keeps the newest green one, however old, since a reset may want it', () => {
    const green = [50, 60].map((days) => made(days * day, { isGreen: true }));
    assert.deepEqual(deleted([newest, ...green]), [String(60 * day)]);
    assert.deepEqual(deleted([newest, made(hour, { isGreen: true }), ...green]), [String(60 * day), String(50 * day)]);
  });

  it('does not thin green ones, but counts them', () => {
    const greens = [3, 4, 5, 6].map((minutes) => made(2 * day + minutes * minute, { isGreen: true }));
    assert.deepEqual(deleted([newest, ...greens]), []);
    assert.deepEqual(deleted([newest, ...greens], null, 3), [
      String(2 * day + 6 * minute),
      String(2 * day + 5 * minute),
    ]);
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
      const { expired } = planRetention(some, { now: at, undo: null, policy: defaults });
      return some.filter(({ id }) => !expired.some((gone) => gone.id === id));
    }
  });

  it('follows the policy it is given, and says why each one goes', () => {
    const ages = [hour, hour + 10 * minute, 3 * hour, 3 * hour + 10 * minute, 3 * day, 3 * day + hour, 9 * day];
    const all = [newest, ...ages.map((age) => made(age))];
    assert.deepEqual(plan(all, { allHours: 2, hourlyDays: 1, dailyDays: 5 }), {
      expired: [
        { id: String(9 * day), reason: 'too-old' },
        { id: String(3 * day + hour), reason: 'thinned-to-days' },
        { id: String(3 * hour + 10 * minute), reason: 'thinned-to-hours' },
      ],
      expendable: [3 * day, 3 * hour, hour + 10 * minute, hour].map(String),
    });
    assert.deepEqual(
      plan(all, { maxCount: 7 }).expired.map(({ reason }) => reason),
      ['too-many'],
    );
    // Nothing at all is to be kept: the newest stays even then.
    const none = { allHours: 0, hourlyDays: 0, dailyDays: 0 };
    assert.equal(plan(all, none).expired.length, all.length - 1);
    assert.deepEqual(plan(all, none).expendable, []);
  });

  it('lets only those go for their size that no other rule keeps', () => {
    const kept = [
      made(minute, { kind: 'manual' }),
      made(2 * minute, { pinned: true }),
      made(3 * minute, { kind: 'safety' }),
      made(-day),
    ];
    assert.deepEqual(
      plan([...kept, made(4 * minute), made(5 * minute)]).expendable,
      [5 * minute, 4 * minute].map(String),
    );
  });
});

describe('overSize', () => {
  it('is as few as are enough, and all of them where even that is not', () => {
    assert.equal(overSize([90, 50, 10], 100), 0);
    assert.equal(overSize([100, 50, 10], 100), 0);
    assert.equal(overSize([101, 101, 50, 10], 100), 2);
    assert.equal(overSize([900, 500, 300], 100), 2);
    assert.equal(overSize([900], 100), 0);
  });
});

describe('policySentence', () => {
  it('says the policy as it is set', () => {
    const tail = 'Manual and pinned ones stay until you delete them.';
    assert.equal(
      inEnglish(policySentence(defaults)),
      `Automatic checkpoints are kept: all of 24 hours, hourly for 7 days, daily for 30 days, 500 at most, 1000 MB at most. ${tail}`,
    );
    assert.equal(
      inEnglish(policySentence({ allHours: 1, hourlyDays: 0, dailyDays: 1, maxCount: 3, maxBytes: 5e6 })),
      `Automatic checkpoints are kept: all of 1 hour, daily for 1 day, 3 at most, 5 MB at most. ${tail}`,
    );
  });
});
