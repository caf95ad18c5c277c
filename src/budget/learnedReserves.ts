import type { LimitWindow } from '../protocol/limits.ts';
import { pastTurns, quickTurns } from './pastTurns.ts';
import { learnedReserve } from './windowNeed.ts';

/** Points of each window that finishing and saving has taken here, by `windowKey`; windows of which that is not known are missing. */
export type LearnedReserves = ReadonlyMap<string, number>;

export const noReserves: LearnedReserves = new Map();

export function windowKey(agent: string, account: string, id: string): string {
  return JSON.stringify([agent, account, id]);
}

/**
 * The reserves that the decision before a task and the advice to an agent go by, for who draws them. A history that cannot be read is none:
 * then the percentage that was set counts.
 * @param cwd where the work is done: the history is its repository's
 */
export function learnedReserves(
  limits: readonly LimitWindow[],
  stateFolder: string,
  cwd: string,
  now: number,
): LearnedReserves {
  try {
    const { turns } = pastTurns(stateFolder, cwd, { session: null, now, most: quickTurns });
    return new Map(
      limits.flatMap((window) => {
        const learned = learnedReserve(window, turns);
        return learned === null ? [] : [[windowKey(window.agent, window.account, window.window), learned] as const];
      }),
    );
  } catch {
    return noReserves;
  }
}
