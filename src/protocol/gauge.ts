import type { ScanProgress, SessionUsage } from './usage.ts';

/**
 * ok: room above the reserve · caution: the reserve is near · landing: inside the reserve · exhausted: nothing left ·
 * unknown: no limit and no budget is known, so only tokens can be shown.
 */
export type GaugeLevel = 'ok' | 'caution' | 'landing' | 'exhausted' | 'unknown';

/** One window as the gauge shows it. Percentages are 0-100 of the window; times epoch milliseconds. */
export interface WindowState {
  readonly id: string;
  readonly agent: string;
  readonly account: string;
  readonly label: string;
  readonly usedPercent: number;
  readonly reservePercent: number;
  /** the reserve is what finishing and saving has cost before, not the percentage that was set */
  readonly reserveLearned?: true | undefined;
  readonly headroomPercent: number;
  readonly resetsAt: number | null;
  readonly capturedAt: number;
  readonly source: string;
  readonly confidence: 'official' | 'derived' | 'unknown';
  /** of a derived value: points it may be wrong by, plus or minus, nine times of ten; else null */
  readonly errorPercent: number | null;
  /** of a budget in USD: something without a known price was used too, so that `usedPercent` is the least it can be */
  readonly atLeast?: true | undefined;
  /** null while there is too little to say: the first 5 % of a window, or thin data */
  readonly pace: Pace | null;
}

/** Use per hour now, and where it leads. A range, because both the use and its speed are known only so well. Times epoch milliseconds. */
export interface Pace {
  /** points of the window per hour, by the last hours */
  readonly percentPerHour: { readonly low: number; readonly high: number };
  /** what an even use of the window would have used by now; null for windows without a beginning (a session, a context) */
  readonly evenPercent: number | null;
  /** when the headroom above the reserve is used up at that pace; `latest` null: not before the window resets; null: not at all */
  readonly reserveAt: { readonly earliest: number; readonly latest: number | null } | null;
  /** the same for the whole window */
  readonly exhaustedAt: { readonly earliest: number; readonly latest: number | null } | null;
}

/** Everything the status bar and the panel draw of usage. `windows` is ordered tightest first. */
export interface GaugeState {
  readonly level: GaugeLevel;
  readonly windows: readonly WindowState[];
  readonly session: SessionUsage | null;
  /** how far a long first reading is; until it ends all numbers are too low */
  readonly progress: ScanProgress | null;
}
