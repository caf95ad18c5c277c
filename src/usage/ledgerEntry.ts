import type { TokenCounts } from '../protocol/usage.ts';

/** One answer of a model's API, counted once. `at` is epoch milliseconds. */
export interface Response {
  readonly agent: string;
  /** the agent's configuration folder */
  readonly account: string;
  readonly sessionId: string;
  readonly at: number;
  readonly model: string | null;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
  readonly isCopy: boolean;
  readonly isFast: boolean;
  readonly tokens: TokenCounts;
  /** what the agent itself says that it cost, USD; null where it says nothing */
  readonly costUsd: number | null;
  /** what the model's context window holds, where the agent itself says so */
  readonly contextLimit?: number | null;
}
