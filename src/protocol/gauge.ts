import type { SessionUsage } from './usage.ts';

/**
 * ok: room above the reserve · caution: the reserve is near · landing: inside the reserve · exhausted: nothing left ·
 * unknown: no limit and no budget is known, so only tokens can be shown.
 */
export type GaugeLevel = 'ok' | 'caution' | 'landing' | 'exhausted' | 'unknown';

/** One window as the gauge shows it. Percentages are 0-100 of the window; times epoch milliseconds. */
export interface WindowState {
  readonly id: string;
  readonly agent: string;
  readonly label: string;
  readonly usedPercent: number;
  readonly reservePercent: number;
  readonly headroomPercent: number;
  readonly resetsAt: number | null;
  readonly capturedAt: number;
  readonly source: string;
  readonly confidence: 'official' | 'derived' | 'unknown';
}

/** Everything the status bar and the panel draw of usage. `windows` is ordered tightest first. */
export interface GaugeState {
  readonly level: GaugeLevel;
  readonly windows: readonly WindowState[];
  readonly session: SessionUsage | null;
}
