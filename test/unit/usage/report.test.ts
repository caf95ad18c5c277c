import assert from 'node:assert/strict';
import { dayIn } from '../../../src/usage/calendar.ts';
import type { Response } from '../../../src/usage/ledgerEntry.ts';
import { usageReport, type UsageQuery } from '../../../src/usage/report.ts';
import { inZone } from '../../support/timeZone.ts';

const tokens = { input: 1, output: 2, cacheWrite5m: 3, cacheWrite1h: 4, cacheRead: 100 };
const response = (at: string, changes: Partial<Response> = {}): Response => ({
  agent: 'claude',
  account: '/account',
  sessionId: 's1',
  at: Date.parse(at),
  model: 'opus',
  cwd: '/repo',
  isSidechain: false,
  isCopy: false,
  isFast: false,
  tokens,
  costUsd: null,
  ...changes,
});
const query: UsageQuery = { by: 'day', since: null, until: null, agent: null, timeZone: 'UTC' };
const responses = [
  response('2026-11-23T23:30:00Z', { sessionId: 's2', model: null, cwd: null }),
  response('2026-11-22T10:00:00Z'),
  response('2026-11-23T01:00:00Z', { cwd: '/repo/sub', model: 'sonnet', tokens: { ...tokens, output: 50 } }),
];
const counts = (changes: Partial<UsageQuery>) =>
  [...usageReport(responses, { ...query, ...changes }).groups].map(([key, sums]) => [key, sums.responses]);

describe('the usage report', () => {
  it('sums every class, and knows no cost of models it does not know', () => {
    const { totals } = usageReport(responses, query);
    assert.deepEqual(totals, {
      responses: 3,
      input: 3,
      output: 54,
      cacheWrite5m: 9,
      cacheWrite1h: 12,
      cacheRead: 300,
      costUsd: null,
      costUnknownTokens: 378,
    });
  });

  it('groups by day, ascending', () =>
    assert.deepEqual(counts({}), [
      ['2026-11-22', 1],
      ['2026-11-23', 2],
    ]));
  it('groups by model, most used first', () =>
    assert.deepEqual(counts({ by: 'model' }), [
      ['sonnet', 1],
      ['opus', 1],
      ['unknown', 1],
    ]));
  it('groups by session', () =>
    assert.deepEqual(counts({ by: 'session' }), [
      ['s1', 2],
      ['s2', 1],
    ]));
  it('groups by agent', () => assert.deepEqual(counts({ by: 'agent' }), [['claude', 3]]));
  it('groups by the folder a session began in', () =>
    assert.deepEqual(counts({ by: 'project' }), [
      ['/repo', 2],
      ['unknown', 1],
    ]));
  it('knows the project also of a part of a session', () =>
    assert.deepEqual(counts({ by: 'project', since: '2026-11-23', until: '2026-11-23' }), [
      ['/repo', 1],
      ['unknown', 1],
    ]));

  it('takes since and until as days of the zone, both included', () => {
    assert.deepEqual(counts({ since: '2026-11-23' }), [['2026-11-23', 2]]);
    assert.deepEqual(counts({ until: '2026-11-22' }), [['2026-11-22', 1]]);
    assert.deepEqual(counts({ since: '2026-11-24', timeZone: 'Asia/Tokyo' }), [['2026-11-24', 1]]);
  });

  it('leaves other agents out', () => assert.deepEqual(counts({ agent: 'codex' }), []));
  it('refuses an unknown zone', () =>
    assert.throws(() => usageReport([], { ...query, timeZone: 'Mars/Base' }), RangeError));

  it('is not fooled by names', () => {
    const report = usageReport([response('2026-11-22T10:00:00Z', { model: '__proto__' })], { ...query, by: 'model' });
    assert.deepEqual(Object.keys(Object.fromEntries(report.groups)), ['__proto__']);
  });
});

describe('days in a time zone', () => {
  const cases: [string, string, string][] = [
    ['UTC', '2026-11-23T23:59:59.999Z', '2026-11-23'],
    ['Asia/Tokyo', '2026-11-23T15:00:00Z', '2026-11-24'],
    ['America/New_York', '2026-11-24T04:59:59Z', '2026-11-23'],
    ['Asia/Kathmandu', '2026-11-23T18:14:59Z', '2026-11-23'],
    ['Asia/Kathmandu', '2026-11-23T18:15:00Z', '2026-11-24'],
    // the day of 23 hours, 2026-03-29, and of 25 hours, 2026-10-25, in Berlin
    ['Europe/Berlin', '2026-03-28T22:59:59Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-30'],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-26'],
    // a zone that changes by half an hour
    ['Australia/Lord_Howe', '2026-10-03T13:29:59Z', '2026-10-03'],
    ['Australia/Lord_Howe', '2026-10-03T13:30:00Z', '2026-10-04'],
  ];
  for (const [zone, at, day] of cases) {
    it(`${zone} ${at}`, () => assert.equal(dayIn(zone)(Date.parse(at)), day));
    it(`${zone} ${at}, where it is the machine's own`, () =>
      inZone(zone, () => assert.equal(dayIn()(Date.parse(at)), day)));
  }

  it('counts 23 and 25 hours', () => {
    const dayOf = dayIn('Europe/Berlin');
    const hours = (day: string) =>
      Array.from({ length: 72 }, (_, hour) => dayOf(Date.parse(`${day}T00:00:00Z`) + (hour - 24) * 3_600_000)).filter(
        (name) => name === day,
      ).length;
    assert.deepEqual([hours('2026-03-29'), hours('2026-10-25'), hours('2026-11-23')], [23, 25, 24]);
  });
});
