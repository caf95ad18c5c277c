import type { Reading } from '../../protocol/usage.ts';

/** What was told of each window of an account, in the order in which it was told. */
export type WindowReadings = ReadonlyMap<string, readonly Reading[]>;

/** A window's percent is known at the end of a turn only if it was told then. */
const readingAge = 10 * 60_000;

export function readingsByWindow(readings: readonly Reading[]): WindowReadings {
  const windows = new Map<string, Reading[]>();
  for (const reading of readings) {
    const others = windows.get(reading.window);
    if (others === undefined) windows.set(reading.window, [reading]);
    else others.push(reading);
  }
  for (const own of windows.values()) own.sort((a, b) => a.capturedAt - b.capturedAt);
  return windows;
}

/** How far each window moved, in points, where it was told before a time and at its end, and did not reset in between. */
export function movedBetween(windows: WindowReadings, from: number, to: number): Record<string, number> {
  const moved: Record<string, number> = {};
  for (const [window, readings] of windows) {
    const before = latest(readings, from, to);
    const after = latest(readings, to + readingAge, to);
    if (before === null || after?.resetsAt !== before.resetsAt) continue;
    if (after.capturedAt < from || after.capturedAt < to - readingAge) continue;
    moved[window] = Math.max(0, Math.round((after.used - before.used) * 1e4) / 100);
  }
  return moved;
}

/** The newest that was told until `at` of a window that is open after `openAt`; of several at once the first. */
function latest(readings: readonly Reading[], at: number, openAt: number): Reading | null {
  let found: Reading | null = null;
  for (let index = countUntil(readings, at) - 1; index >= 0; index -= 1) {
    const reading = readings[index];
    if (reading === undefined || reading.capturedAt < (found?.capturedAt ?? -Infinity)) break;
    if ((reading.resetsAt ?? Infinity) > openAt) found = reading;
  }
  return found;
}

/** How many were told until then. */
function countUntil(readings: readonly Reading[], at: number): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((readings[middle]?.capturedAt ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
