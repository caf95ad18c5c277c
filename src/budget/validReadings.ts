import type { Reading } from '../protocol/usage.ts';

/** Sources round reset times differently; windows are hours long, so resets this close are one and the same. */
const sameReset = 10 * 60_000;

/** What a reading without a reset time is worth: no longer than the shortest window any vendor has. */
const shortestWindow = 5 * 60 * 60_000;

/**
 * The one reading per agent and window that holds now (ARCHITECTURE.md, Metering): a reading is valid only until its reset; a later reset
 * replaces an earlier one; within one window the highest use counts, because idle sessions report old, lower numbers.
 */
export function validReadings(readings: readonly Reading[], now: number): readonly Reading[] {
  const valid = new Map<string, Reading>();
  for (const reading of readings) {
    if (reading.confidence === 'unknown' || !Number.isFinite(reading.used) || validUntil(reading) <= now) continue;
    const key = `${reading.agent}|${reading.window}`;
    const other = valid.get(key);
    if (other === undefined || replaces(reading, other)) valid.set(key, reading);
  }
  return [...valid.values()];
}

function validUntil({ resetsAt, capturedAt }: Reading): number {
  return resetsAt ?? capturedAt + shortestWindow;
}

function replaces(reading: Reading, other: Reading): boolean {
  const later = validUntil(reading) - validUntil(other);
  if (Math.abs(later) > sameReset) return later > 0;
  return reading.used > other.used || (reading.used === other.used && reading.capturedAt > other.capturedAt);
}
