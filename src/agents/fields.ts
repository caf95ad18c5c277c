import * as v from 'valibot';
import type { Fact, ResponseRow } from './agent.ts';

// What the readers of all agents' files share. Files of agents change with every version: what is missing or of a wrong type must not
// cost a row its tokens; a count that is no count makes the row bad, because a wrong number would be worse than none.

/** A text; null if it is missing, of a wrong type or empty. */
export const text = v.optional(v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1))), null), null);

/** Missing, null or of a wrong type is false. */
export const flag = v.optional(v.fallback(v.boolean(), false), false);

/** No response and no thread comes near it; sums of thousands of such numbers are still exact. */
export const mostTokens = 1e12;

/** A number of tokens; missing or null is 0. */
export const count = v.optional(
  v.pipe(
    v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(mostTokens))),
    // -0 would be written as 0 and compared as another number.
    v.transform((value) => Math.round(value ?? 0) + 0),
  ),
  0,
);

export type JsonRecord = Readonly<Record<string, unknown>>;

export const noFields: JsonRecord = {};

/** What `v.object` takes: arrays too. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null;
}

/** `text` by hand. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `count` by hand; null if it is none. */
export function countOf(value: unknown): number | null {
  if (value === undefined || value === null) return 0;
  return typeof value === 'number' && value >= 0 && value <= mostTokens ? Math.round(value) + 0 : null;
}

/** Up to the last second a Date can hold. */
export const epochSeconds = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e12));
export const epochMilliseconds = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

/** An ISO 8601 instant as epoch milliseconds, null if it is none. */
export function instant(timestamp: string | null): number | null {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? null : at;
}

/** The value of a JSON text, undefined if it is none. */
export function parsedJson(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return undefined;
  }
}

export function told(row: ResponseRow): Fact {
  return { kind: 'response', row };
}

/** The folders and the name of a path of any platform. */
export function pathParts(path: string): readonly string[] {
  return path.split(/[/\\]/);
}
