import assert from 'node:assert/strict';
import { validReadings } from '../../../src/budget/validReadings.ts';
import type { Reading } from '../../../src/protocol/usage.ts';

const minute = 60_000;
const now = Date.parse('2026-11-23T08:00:00Z');

const reading = (used: number, changes: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: '/home/dev/.claude',
  window: 'five_hour',
  used,
  resetsAt: now + 60 * minute,
  capturedAt: now - 10 * minute,
  source: 'test',
  confidence: 'official',
  ...changes,
});
const valid = (...readings: Reading[]) => validReadings(readings, now).map(({ used }) => used);

describe('the readings that hold', () => {
  it('are apart by account', () => {
    assert.deepEqual(valid(reading(0.9), reading(0.1, { account: '/home/dev/work' })), [0.9, 0.1]);
  });

  const derived = (used: number, after: number, changes: Partial<Reading> = {}) =>
    reading(used, { confidence: 'derived', capturedAt: now - 10 * minute + after, ...changes });

  it('may be derived, if newer than the official one and not lower, whichever comes first', () => {
    assert.deepEqual(valid(reading(0.5), derived(0.55, minute)), [0.55]);
    assert.deepEqual(valid(derived(0.55, minute), reading(0.5)), [0.55]);
    assert.deepEqual(valid(reading(0.5), derived(0.45, minute)), [0.5]);
    assert.deepEqual(valid(reading(0.5), derived(0.55, -minute)), [0.5]);
    assert.deepEqual(valid(reading(0.5), derived(0.5, minute, { error: 0.01 })), [0.5]);
    assert.equal(validReadings([reading(0.5), derived(0.5, minute)], now)[0]?.confidence, 'derived');
  });

  it('are not derived from a window that has reset', () => {
    const next = reading(0.02, { resetsAt: now + 299 * minute, capturedAt: now });
    assert.deepEqual(valid(derived(0.9, 9 * minute), next), [0.02]);
  });

  it('do not repeat the percent of the window before', () => {
    const fresh = { resetsAt: now + 299 * minute, capturedAt: now };
    assert.deepEqual(valid(reading(0.97, fresh)), []);
    assert.deepEqual(valid(reading(0.94, fresh)), [0.94]);
    assert.deepEqual(valid(reading(0.97, { ...fresh, capturedAt: now + 11 * minute })), [0.97]);
  });

  it('are no resets that cannot be', () => {
    assert.deepEqual(valid(reading(0.2), reading(0.9, { resetsAt: now + 20 * 60 * minute })), [0.2]);
  });
});
