import type { Reading } from '../protocol/usage.ts';
import { sameReset } from '../usage/readings/windows.ts';

/** Whether both tell of one window until one reset, which vendors tell differently by seconds. */
export function isSameWindow(a: Reading, b: Reading): boolean {
  if (a.window !== b.window) return false;
  if (a.resetsAt === null || b.resetsAt === null) return a.resetsAt === b.resetsAt;
  return Math.abs(a.resetsAt - b.resetsAt) <= sameReset;
}
