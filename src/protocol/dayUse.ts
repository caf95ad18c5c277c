/** What all agents on this machine used lately, for the sparkline and the tooltip. Times are epoch milliseconds. */
export interface DayUse {
  /** new tokens in each of the last 24 hours of the clock, oldest first; the last one is still running */
  readonly hours: readonly number[];
  /** when the first of them began */
  readonly from: number;
  /** new tokens since midnight of the user's time zone */
  readonly todayTokens: number;
  /** USD at API prices since then; null: no price is known */
  readonly todayUsd: number | null;
  /** something of unknown price was used too: `todayUsd` is the least it can be */
  readonly atLeast: boolean;
}
