import type { Turn } from '../protocol/turn.ts';
import type { Preferences } from '../store/preferences.ts';
import { readTurns, repositoryFolder, sessionNumber, type Turns } from '../store/turnFile.ts';
import { overTurns } from './estimate/overTurns.ts';
import { reservePoints, type ReservedWindow } from './windowNeed.ts';

/** More would take too long to check at a prompt or after a tool. */
export const quickTurns = 150;

/** Turns that are over in the repository that `cwd` lies in: what estimates and a learned reserve go by. Throws what reading throws. */
export function pastTurns(
  stateFolder: string,
  cwd: string,
  { session, now, most }: { readonly session: number | null; readonly now: number; readonly most?: number },
): Turns {
  const stored = readTurns(stateFolder, repositoryFolder(cwd), most);
  return { ...stored, turns: overTurns(stored.turns, session, now) };
}

export interface ReserveQuestion {
  readonly stateFolder: string;
  readonly cwd: string;
  readonly agent: string;
  /** the session that was just given a prompt, so that its turns before are over; null: one of its turns runs */
  readonly prompted: string | null;
  readonly preferences: Pick<Preferences, 'reservePercent' | 'reserveMode'>;
  readonly now: number;
}

/**
 * The reserve of each window in points, the one that the decision before a task holds it against (`reservePoints`). Past turns are read
 * once, and only for a reserve that is learned from them.
 */
export function reserves(question: ReserveQuestion): (window: ReservedWindow) => number {
  const { stateFolder, cwd, agent, prompted, preferences, now } = question;
  const reserve = { percent: preferences.reservePercent, mode: preferences.reserveMode };
  let turns: readonly Turn[] | null = null;
  return (window) => {
    if (reserve.mode === 'fixed' || window.drift === null) return reserve.percent;
    const session = prompted === null ? null : sessionNumber(agent, prompted);
    turns ??= pastTurns(stateFolder, cwd, { session, now, most: quickTurns }).turns;
    return reservePoints(window, turns, reserve);
  };
}
