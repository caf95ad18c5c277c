import * as v from 'valibot';

/** Token counts of one or more responses, classes kept apart (usage rules: never one "total" with cache reads in it). */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
}

export const noTokens: TokenCounts = { input: 0, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };

/** What a task newly put through the model: the number a person means by "tokens used". Cache reads are shown apart. */
export function newTokens(tokens: TokenCounts): number {
  return tokens.input + tokens.output + tokens.cacheWrite5m + tokens.cacheWrite1h;
}

/** One session of one agent, as its transcripts tell it. Times are epoch milliseconds. */
export interface SessionUsage {
  readonly agent: string;
  readonly account: string;
  readonly sessionId: string;
  readonly cwd: string | null;
  readonly model: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly responses: number;
  readonly tokens: TokenCounts;
  /** API-equivalent price of those responses whose price is known, USD; null if it is of none of them */
  readonly costUsd: number | null;
  /** size of the newest main prompt with its answer: what fills the model's context window; null if nothing tells */
  readonly contextTokens: number | null;
  /** what the model's context window holds, as the agent itself or the price data says; null if unknown */
  readonly contextLimit: number | null;
}

/** What one account used with one model in one slice of time (`sliceMs` long, beginning at a multiple of it, epoch milliseconds). */
export interface UseSlice {
  readonly agent: string;
  readonly account: string;
  readonly model: string | null;
  readonly from: number;
  readonly responses: number;
  readonly tokens: TokenCounts;
  /** USD of the responses whose price is known; null if it is of none of them */
  readonly costUsd: number | null;
  /** tokens of every class of the responses whose price is unknown */
  readonly costUnknownTokens: number;
}

/** Days of all time zones begin at a multiple of a quarter of an hour, so of this too. */
export const sliceMs = 5 * 60_000;

/** One statement of a window's state. `used` is a fraction (1 = exhausted); times are epoch milliseconds. */
export interface Reading {
  readonly agent: string;
  /** whose limit it is: the agent's configuration folder. Accounts are never told apart by reset times. */
  readonly account: string;
  readonly window: string;
  readonly used: number;
  readonly resetsAt: number | null;
  readonly capturedAt: number;
  readonly source: string;
  readonly confidence: 'official' | 'derived' | 'unknown';
  /** the account's plan, where the source names it */
  readonly plan?: string | undefined;
  /** of a derived reading: `used` is right to this fraction, plus or minus, nine times of ten */
  readonly error?: number | undefined;
}

export interface ScanCounts {
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly skipped: number;
}

/** Of the bytes that a sweep found unread. */
export interface ScanProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A complete picture of recent usage; the worker always sends whole snapshots, never deltas. */
export interface UsageSnapshot {
  readonly sessions: readonly SessionUsage[];
  /** of the windows that have not reset yet: every step of `used` when it was first seen, so the trail of each window; and derived ones */
  readonly readings: readonly Reading[];
  /** the last eight days, oldest first */
  readonly timeline: readonly UseSlice[];
  /** how far a long first reading is; null when everything found is read */
  readonly progress: ScanProgress | null;
  readonly scanned: ScanCounts;
}

const count = v.pipe(v.number(), v.minValue(0));

/** A reading as it crosses a process border: from the worker, and in the store of what was read. */
export const readingSchema: v.GenericSchema<unknown, Reading> = v.object({
  agent: v.string(),
  account: v.string(),
  window: v.string(),
  used: v.number(),
  resetsAt: v.nullable(v.number()),
  capturedAt: v.number(),
  source: v.string(),
  confidence: v.picklist(['official', 'derived', 'unknown']),
  plan: v.optional(v.string()),
  error: v.optional(v.number()),
});

/** What of a snapshot crosses from the usage worker as it is; the rest is packed (packedUsage.ts). */
export const unpackedPartSchema = v.object({
  readings: v.array(readingSchema),
  progress: v.nullable(v.object({ doneBytes: count, totalBytes: count })),
  scanned: v.object({ files: count, bytes: count, rows: count, skipped: count }),
});
