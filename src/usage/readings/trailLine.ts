import * as v from 'valibot';
import type { Reading } from '../../protocol/usage.ts';
import { hashOf } from '../store/hash.ts';

const fraction = v.pipe(v.number(), v.finite(), v.minValue(0));

const lineSchema = v.object({
  agent: v.string(),
  account: v.string(),
  window: v.string(),
  used: fraction,
  resetsAt: v.nullable(v.number()),
  capturedAt: v.number(),
  source: v.string(),
  confidence: v.literal('official'),
  plan: v.optional(v.string()),
});

/**
 * A reading as a line of the trail file, after a checksum: a flipped digit would still be a number. The line break before it ends what a
 * killed writer may have left.
 */
export function trailLine(reading: Reading): string {
  const json = JSON.stringify(reading);
  return `\n${hashOf(json).toString(36)} ${json}\n`;
}

/** The reading that a line holds; null for an empty, torn or changed one, or one of a version that is not known. Never throws. */
export function parseTrailLine(line: string): Reading | null {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  if (space < 1 || hashOf(json).toString(36) !== line.slice(0, space)) return null;
  try {
    const parsed = v.safeParse(lineSchema, JSON.parse(json));
    return parsed.success ? parsed.output : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
