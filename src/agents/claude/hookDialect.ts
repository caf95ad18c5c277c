/**
 * How hooks are written into Claude Code's settings. `plain`: without PostToolBatch and StopFailure, and as lines for a shell. Before 2.1.101 a
 * settings file that names an event of later versions is passed over as a whole, with all that its user has set in it (their changelog;
 * seen with 2.1.70); `args` came with 2.1.139, PostToolBatch with about 2.1.145.
 */
export type HookDialect = 'current' | 'plain';

const currentFrom = [2, 1, 150] as const;
/** Of earlier ones none was tried. */
const knownFrom = [2, 0, 0] as const;

/** What a version understands; `too-old`: nobody knows. A version that is not known is taken for a present one: they update themselves. */
export function dialectFor(version: string | null): HookDialect | 'too-old' {
  const numbers = /^(\d+)\.(\d+)\.(\d+)/
    .exec(version ?? '')
    ?.slice(1)
    .map(Number);
  if (numbers === undefined || isFrom(numbers, currentFrom)) return 'current';
  return isFrom(numbers, knownFrom) ? 'plain' : 'too-old';
}

function isFrom(version: readonly number[], first: readonly number[]): boolean {
  for (const [at, wanted] of first.entries()) {
    const number = version[at] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}
