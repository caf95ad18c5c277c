import assert from 'node:assert/strict';
import { dayBefore } from '../../../src/mcp/dayBefore.ts';

describe('the first day of a report', () => {
  const now = Date.parse('2026-11-28T20:00:00Z');
  for (const [zone, today, aWeek] of [
    ['UTC', '2026-11-28', '2026-11-22'],
    ['Pacific/Auckland', '2026-11-29', '2026-11-23'],
    ['America/Los_Angeles', '2026-11-28', '2026-11-22'],
  ] as const) {
    it(`is one of ${zone}`, () => {
      assert.equal(dayBefore(now, 0, zone), today);
      assert.equal(dayBefore(now, 6, zone), aWeek);
    });
  }
});
