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
  readonly sessionId: string;
  readonly cwd: string | null;
  readonly model: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly responses: number;
  readonly tokens: TokenCounts;
}

/** One statement of a window's state. `used` is a fraction (1 = exhausted); times are epoch milliseconds. */
export interface Reading {
  readonly agent: string;
  readonly window: string;
  readonly used: number;
  readonly resetsAt: number | null;
  readonly capturedAt: number;
  readonly source: string;
  readonly confidence: 'official' | 'derived' | 'unknown';
  /** the account's plan, where the source names it */
  readonly plan?: string | undefined;
}

export interface ScanCounts {
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly skipped: number;
}

/** A complete picture of recent usage; the worker always sends whole snapshots, never deltas. */
export interface UsageSnapshot {
  readonly sessions: readonly SessionUsage[];
  readonly readings: readonly Reading[];
  readonly scanned: ScanCounts;
}

const count = v.pipe(v.number(), v.minValue(0));
const tokenCountsSchema = v.object({
  input: count,
  output: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  cacheRead: count,
});

/** What arrives from the usage worker: the one message it sends. */
export const usageSnapshotSchema = v.object({
  sessions: v.array(
    v.object({
      agent: v.string(),
      sessionId: v.string(),
      cwd: v.nullable(v.string()),
      model: v.nullable(v.string()),
      firstAt: v.number(),
      lastAt: v.number(),
      responses: count,
      tokens: tokenCountsSchema,
    }),
  ),
  readings: v.array(
    v.object({
      agent: v.string(),
      window: v.string(),
      used: v.number(),
      resetsAt: v.nullable(v.number()),
      capturedAt: v.number(),
      source: v.string(),
      confidence: v.picklist(['official', 'derived', 'unknown']),
      plan: v.optional(v.string()),
    }),
  ),
  scanned: v.object({ files: count, bytes: count, rows: count, skipped: count }),
});
