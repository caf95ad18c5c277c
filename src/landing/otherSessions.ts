import { isSameWindow } from '../budget/sameWindow.ts';
import type { DriftRates, LimitWindow } from '../protocol/limits.ts';
import { otherLandingStates, type LandingState } from './landingState.ts';
import { ratesBetween } from './lookAhead.ts';
import type { WindowsInput } from './windows.ts';

/** Of the same account's windows none that is looked back on is longer. */
export const longestOthersMs = 5 * 60 * 60_000;

/** Sessions of the same agent and account, from since limits were published: they share the windows. */
export async function otherSessions(
  file: string,
  { agent, account, firstReadings }: LandingState,
  { limits, now }: { readonly limits: readonly LimitWindow[]; readonly now: number },
): Promise<readonly LandingState[]> {
  const concerned = limits.filter(({ drift }) => drift !== null);
  // Where nothing is published, and windows are known by this session's readings alone, former sessions tell how use moves them.
  const isAlone = concerned.length === 0 && firstReadings.length > 0;
  if (account === null || (concerned.length === 0 && !isAlone)) return [];
  const since = isAlone
    ? now - longestLearnedMs
    : Math.max(now - longestOthersMs, Math.min(...concerned.map(({ capturedAt }) => capturedAt)));
  const states = await otherLandingStates(file, since);
  return states.filter((state) => state.agent === agent && state.account === account);
}

const longestLearnedMs = 7 * 24 * 60 * 60_000;

/** By the first of these sessions that tells: the one at work, then the others, the newest first. */
export function learnedRates(states: readonly LandingState[]): WindowsInput['learned'] {
  const learned = new Map<string, Readonly<Record<string, DriftRates>>>();
  for (const { firstReadings, readings, uses } of states) {
    for (const first of firstReadings) {
      const last = readings.find((each) => isSameWindow(each, first));
      const rates = last === undefined ? null : ratesBetween(first, last, uses);
      if (rates !== null && !learned.has(first.window)) learned.set(first.window, rates);
    }
  }
  return learned;
}
