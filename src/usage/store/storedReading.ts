import * as v from 'valibot';
import type { Reading } from '../../protocol/usage.ts';

/** A reading as the store keeps it: what transcripts told is not told again once they are read. */
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
export type { Reading };
