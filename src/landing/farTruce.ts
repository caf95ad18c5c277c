import type { LandingWindow } from './windows.ts';

/** Nearer than this to the reserve every batch of tools is looked at. */
const leastHeadroom = 0.1;
/** The same where it is not known how use moves the window: one response may move it far. */
const leastHeadroomUnknown = 0.35;
/** As fast as several agents at once have been seen to use up a window, with room to spare: 10 % of it in 20 s. */
const secondsPerWindow = 200;
/** What a single response can use at most, with its subagents' at the same time, in millions of tokens. */
const burst = 0.4;
/** The launcher believes no longer ones. */
export const longestFarSeconds = 120;
/** Limits can become known at any time, and be near. */
const secondsWhenUnknown = 20;

/** For how many seconds no window can come into its reserve, so that nobody needs to look; 0: one could. */
export function farSeconds(windows: readonly LandingWindow[]): number {
  if (windows.length === 0) return secondsWhenUnknown;
  return Math.min(...windows.map((window) => farSecondsOf(window)));
}

function farSecondsOf({ used, drift, reserve }: LandingWindow): number {
  if (reserve <= 0) return longestFarSeconds;
  const headroom = 1 - reserve - used;
  const rates = Object.values(drift ?? {}).flatMap(({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }) => [
    input,
    output,
    cacheWrite5m,
    cacheWrite1h,
    cacheRead,
  ]);
  // A small budget can go with one response, however much of it is left.
  if (headroom < (drift === null ? leastHeadroomUnknown : Math.max(leastHeadroom, burst * Math.max(0, ...rates))))
    return 0;
  return Math.min(longestFarSeconds, Math.floor(headroom * secondsPerWindow));
}
