import type { LandingLevel, Told } from './landingState.ts';
import type { LandingWindow } from './windows.ts';

export interface DecisionInput {
  readonly windows: readonly LandingWindow[];
  readonly told: readonly Told[];
  /** the subagent at work; null: the main conversation */
  readonly thread: string | null;
  /** a prompt is about to be sent: the task begins inside the reserve, and the agent cannot be asked to end it before it began */
  readonly isPrompt: boolean;
  readonly now: number;
}

export interface LandingDecision {
  readonly level: LandingLevel;
  /** every window inside its reserve, the tightest first, told before or not */
  readonly windows: readonly LandingWindow[];
  /** what is to be remembered as told */
  readonly told: readonly Told[];
}

/** Resets of one window that are told differently, by seconds or minutes, are one and the same. */
const sameResetMs = 10 * 60_000;

/**
 * Whether the agent is to be told now, and how strongly. Once per level, window and thread: what it was told stays in its conversation,
 * and costs tokens there. A reset makes a new window, and arms it again.
 */
export function decideLanding(input: DecisionInput): LandingDecision | null {
  const { told, thread, isPrompt, now } = input;
  const inside = windowsInside(input.windows);
  const news = inside.flatMap((window) => {
    const level = levelOf(window, isPrompt);
    return rankToldOf(window, told, thread, now) >= rankOf(level) ? [] : [{ window, level }];
  });
  if (news.length === 0) return null;
  // Who asks for something so near to a limit wants it tried: it is asked to be small, not to be nothing.
  const level = isPrompt ? 'begun' : news.some((each) => each.level === 'escalate') ? 'escalate' : 'advise';
  return {
    level,
    windows: inside,
    told: inside.map((window) => ({
      account: window.account,
      window: window.window,
      resetsAt: window.resetsAt,
      level: levelOf(window, isPrompt),
      thread,
    })),
  };
}

/** The tightest first. */
export function windowsInside(windows: readonly LandingWindow[]): readonly LandingWindow[] {
  return windows.filter((window) => isReached(window) || isAboutToLeap(window)).sort((a, b) => b.used - a.used);
}

function isReached({ used, reserve }: LandingWindow): boolean {
  return reserve > 0 && used >= 1 - reserve - epsilon;
}

/**
 * One more response of the size that they have here would take more than half of the reserve along: who waits for the reserve is told
 * when too little is left to land, or nothing. Only ever one response early.
 */
export function isAboutToLeap(window: LandingWindow): boolean {
  const { used, next, reserve } = window;
  return reserve > 0 && !isReached(window) && used + next >= 1 - reserve / 2 - epsilon;
}

export function isPastHalf({ used, reserve }: LandingWindow): boolean {
  return reserve > 0 && used >= 1 - reserve / 2 - epsilon;
}

/** 0.8 of a window is in its reserve of 0.2, whatever floating point makes of it. */
const epsilon = 1e-9;

function levelOf(window: LandingWindow, isPrompt: boolean): LandingLevel {
  if (isPastHalf(window)) return 'escalate';
  return isPrompt ? 'begun' : 'advise';
}

const ranks: Readonly<Record<LandingLevel, number>> = { begun: 1, advise: 1, escalate: 2 };

function rankOf(level: LandingLevel): number {
  return ranks[level];
}

/** The most that this thread was told of the window as it stands: 0 if nothing. */
export function rankToldOf(window: LandingWindow, told: readonly Told[], thread: string | null, now: number): number {
  return Math.max(
    0,
    ...told.filter((each) => each.thread === thread && isSame(each, window, now)).map(({ level }) => rankOf(level)),
  );
}

function isSame(told: Told, { account, window, resetsAt }: LandingWindow, now: number): boolean {
  if (told.account !== account || told.window !== window) return false;
  if (told.resetsAt === null || resetsAt === null) return told.resetsAt === null || told.resetsAt > now;
  return Math.abs(told.resetsAt - resetsAt) <= sameResetMs;
}

/** With what was just told; what is past its reset is forgotten. */
export function withTold(told: readonly Told[], more: readonly Told[], now: number): readonly Told[] {
  return [...told.filter(({ resetsAt }) => resetsAt === null || resetsAt > now - sameResetMs), ...more];
}
