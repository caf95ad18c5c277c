import type { Reading } from '../protocol/usage.ts';
import { isCredible, sameReset, validUntil } from '../usage/readings/windows.ts';

/**
 * The one reading per agent, account and window that holds now (ARCHITECTURE.md, Metering): a reading is valid only until its reset; a
 * later reset replaces an earlier one; within one window the highest use counts, because idle sessions report old, lower numbers. A
 * derived reading goes on from an official one: it counts if it is newer and not lower.
 */
export function validReadings(readings: readonly Reading[], now: number): readonly Reading[] {
  const valid = new Map<string, Reading>();
  // Official ones first, so that the derived are measured against the one that counts.
  for (const reading of [...readings.filter(isOfficial), ...readings.filter(isDerived)]) {
    if (!isCredible(reading) || validUntil(reading) <= now) continue;
    const key = JSON.stringify([reading.agent, reading.account, reading.window]);
    const other = valid.get(key);
    if (other === undefined || replaces(reading, other)) valid.set(key, reading);
  }
  return [...valid.values()];
}

function isOfficial({ confidence }: Reading): boolean {
  return confidence === 'official';
}

function isDerived({ confidence }: Reading): boolean {
  return confidence === 'derived';
}

function replaces(reading: Reading, other: Reading): boolean {
  const later = validUntil(reading) - validUntil(other);
  if (Math.abs(later) > sameReset) return later > 0;
  if (isDerived(reading)) return reading.capturedAt > other.capturedAt && reading.used >= other.used;
  return reading.used > other.used || (reading.used === other.used && reading.capturedAt > other.capturedAt);
}
