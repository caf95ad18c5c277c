import { estimateTask } from '../../src/budget/estimate/estimate.ts';
import type { Effort } from '../../src/budget/estimate/history.ts';
import { thumbEstimate } from '../../src/budget/estimate/thumb.ts';
import { newTokensOf, type Turn } from '../../src/protocol/turn.ts';

/** How well the median and the P80 of a way to estimate fitted, by pinball loss in thousands of tokens: smaller is better. */
export interface Losses {
  median: number;
  p80: number;
}

export interface EstimateScore {
  /** share of tasks that stayed within `high` */
  readonly coverage: number;
  readonly asked: number;
  readonly ours: Losses;
  readonly thumb: Losses;
  readonly mean: Losses;
  /** the plain median and P80 of everything before: what history says without looking at the task */
  readonly plain: Losses;
}

/** Asks before each turn, with the turns before it, and compares with what it then took. */
export function scoreEstimates(
  histories: readonly (readonly Turn[])[],
  skipped: number,
  effort: Effort = 'full',
): EstimateScore {
  let [covered, asked] = [0, 0];
  const sums = { ours: zero(), thumb: zero(), mean: zero(), plain: zero() };
  for (const history of histories) {
    for (let index = skipped; index < history.length; index += 1) {
      const turn = history[index];
      if (turn === undefined) continue;
      const before = history.slice(Math.max(0, index - 300), index);
      const actual = newTokensOf(turn.tokens);
      const { tokens } = estimateTask({ task: turn, turns: before, effort });
      const thumb = thumbEstimate(turn, null);
      const past = before.map((each) => newTokensOf(each.tokens)).sort((a, b) => a - b);
      const mean = past.reduce((sum, each) => sum + each, 0) / Math.max(1, past.length);
      add(sums.ours, tokens.likely, tokens.high, actual);
      add(sums.thumb, thumb.likely, thumb.high, actual);
      add(sums.mean, mean, mean, actual);
      add(sums.plain, at(past, 0.5), at(past, 0.8), actual);
      if (actual <= tokens.high) covered += 1;
      asked += 1;
    }
  }
  const mean = ({ median, p80 }: Losses): Losses => ({ median: median / asked / 1000, p80: p80 / asked / 1000 });
  return {
    coverage: covered / asked,
    asked,
    ours: mean(sums.ours),
    thumb: mean(sums.thumb),
    mean: mean(sums.mean),
    plain: mean(sums.plain),
  };
}

function zero(): Losses {
  return { median: 0, p80: 0 };
}

function add(losses: Losses, median: number, p80: number, actual: number): void {
  losses.median += pinball(actual, median, 0.5);
  losses.p80 += pinball(actual, p80, 0.8);
}

function pinball(actual: number, estimate: number, share: number): number {
  const miss = actual - estimate;
  return miss >= 0 ? share * miss : (share - 1) * miss;
}

function at(ascending: readonly number[], share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? 0;
}
