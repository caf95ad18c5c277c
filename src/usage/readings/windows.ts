import { limitRowSource } from '../../agents/agent.ts';
import type { Reading } from '../../protocol/usage.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Sources round reset times differently; windows are hours long, so resets this close are one and the same. */
export const sameReset = 10 * minute;

/** What a reading without a reset time is worth: no longer than the shortest window any vendor has. */
export const shortestWindow = 5 * hour;

/** How long after a reset a high number is believed to be the former window's: vendors' caches are minutes old. */
const freshWindow = 10 * minute;
const suspiciousUse = 0.95;

export function validUntil({ resetsAt, capturedAt }: Reading): number {
  return resetsAt ?? capturedAt + shortestWindow;
}

/** Milliseconds; null where the name does not tell. */
export function windowLength(window: string): number | null {
  const [name = ''] = window.split(':');
  if (name.startsWith('five_hour')) return 5 * hour;
  if (name.startsWith('seven_day')) return 7 * 24 * hour;
  const minutes = /^(\d+)_minutes$/.exec(name)?.[1];
  return minutes === undefined ? null : Number(minutes) * minute;
}

/**
 * Whether a reading can be so at all. Just after a reset, sources repeat the old percent with the new reset time; and a reset further off
 * than its window is long (twice, since clocks differ) would, believed, outlast every true one.
 */
export function isCredible({ window, used, resetsAt, capturedAt, source }: Reading): boolean {
  if (!Number.isFinite(used) || used < 0) return false;
  const length = windowLength(window);
  if (resetsAt === null || length === null) return true;
  if (resetsAt - capturedAt > 2 * length) return false;
  const age = capturedAt - (resetsAt - length);
  return used < suspiciousUse || age >= freshWindow || source === limitRowSource;
}
