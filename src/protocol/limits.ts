import * as v from 'valibot';

const instant = v.number();

/** How far a window moves per million tokens of each class, as a fraction of the window. */
const ratesSchema = v.object({
  input: v.number(),
  output: v.number(),
  cacheWrite5m: v.number(),
  cacheWrite1h: v.number(),
  cacheRead: v.number(),
  /** how far each response moves it, whatever its tokens; missing: not at all */
  response: v.optional(v.number()),
});
export type DriftRates = v.InferOutput<typeof ratesSchema>;

/**
 * A window as the programs that read no transcripts (the hook, the statusline) need it: the newest that is known of it, and how local use
 * moves it on from there. Vendors' windows and the user's own budgets alike.
 */
const limitWindowSchema = v.object({
  agent: v.string(),
  account: v.string(),
  /** as readings and gauge windows name it */
  window: v.string(),
  label: v.string(),
  /** a budget per session is about this one only */
  session: v.nullable(v.string()),
  /** fraction of the window at `capturedAt` */
  used: v.number(),
  resetsAt: v.nullable(instant),
  capturedAt: instant,
  source: v.string(),
  confidence: v.picklist(['official', 'derived', 'unknown']),
  /** of a derived value: a fraction, plus or minus, nine times of ten */
  error: v.nullable(v.number()),
  /** by model name, '' for every other model; null: how use moves it is not known (no calibration, or a bad one) */
  drift: v.nullable(v.record(v.string(), ratesSchema)),
});
export type LimitWindow = v.InferOutput<typeof limitWindowSchema>;

/** `limits.json` in the state folder, written by whoever has read transcripts last (editor's worker, CLI). */
export const publishedLimitsSchema = v.object({
  v: v.literal(1),
  /** epoch milliseconds */
  at: instant,
  windows: v.array(limitWindowSchema),
});
export type PublishedLimits = v.InferOutput<typeof publishedLimitsSchema>;
