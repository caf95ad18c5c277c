import assert from 'node:assert/strict';
import { dayAround, weekAround } from '../../../src/budget/localDays.ts';

const hour = 3_600_000;
const span = ({ from, until }: { from: number; until: number }) => [
  new Date(from).toISOString(),
  new Date(until).toISOString(),
];

describe('local days', () => {
  const days: [string, string, string, number][] = [
    ['2026-11-23T12:00:00Z', 'UTC', '2026-11-23T00:00:00.000Z', 24],
    ['2026-11-23T00:00:00Z', 'UTC', '2026-11-23T00:00:00.000Z', 24],
    ['2026-11-23T23:59:59.999Z', 'UTC', '2026-11-23T00:00:00.000Z', 24],
    // Clocks go forward, and back.
    ['2026-03-29T12:00:00Z', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', 23],
    ['2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', 25],
    ['2026-11-23T18:16:00Z', 'Asia/Kathmandu', '2026-11-23T18:15:00.000Z', 24],
  ];
  for (const [at, zone, from, hours] of days) {
    it(`of ${at} in ${zone} have ${hours} hours`, () => {
      const day = dayAround(Date.parse(at), zone);
      assert.deepEqual([new Date(day.from).toISOString(), (day.until - day.from) / hour], [from, hours]);
    });
  }
});

describe('local weeks', () => {
  for (const at of ['2026-11-23T00:00:00Z', '2026-11-26T12:00:00Z', '2026-11-29T23:59:00Z']) {
    it(`begin on Monday, seen from ${at}`, () =>
      assert.deepEqual(span(weekAround(Date.parse(at), 'UTC')), [
        '2026-11-23T00:00:00.000Z',
        '2026-11-30T00:00:00.000Z',
      ]));
  }
  it('are an hour longer when clocks go back in them', () => {
    const { from, until } = weekAround(Date.parse('2026-10-22T12:00:00Z'), 'Europe/Berlin');
    assert.equal((until - from) / hour, 169);
  });
});
