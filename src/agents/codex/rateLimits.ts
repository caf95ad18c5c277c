import * as v from 'valibot';
import type { ToldReading } from '../agent.ts';
import { epochMilliseconds, epochSeconds, text } from '../fields.ts';

const windowSchema = v.object({
  used_percent: v.pipe(v.number(), v.finite(), v.minValue(0)),
  window_minutes: v.nullish(v.pipe(v.number(), v.minValue(1))),
  resets_at: v.nullish(epochSeconds),
  // what versions before `resets_at` wrote
  resets_in_seconds: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(1e9))),
});
type Window = v.InferOutput<typeof windowSchema>;

/** A window that is missing or broken says nothing; it must not cost the other its reading. */
const window = v.fallback(v.nullish(windowSchema), null);

export const rateLimitsSchema = v.object({ limit_id: text, primary: window, secondary: window, plan_type: text });
export type RateLimits = v.InferOutput<typeof rateLimitsSchema>;

/** The windows a `token_count` tells of. Which is which is told by their length: some accounts have a weekly window only. */
export function readingsOf(limits: RateLimits, capturedAt: number): readonly ToldReading[] {
  return [limits.primary, limits.secondary].flatMap((each) => {
    const name = each && windowName(each, limits.limit_id);
    if (!each || !name) return [];
    const reading: ToldReading = {
      agent: 'codex',
      window: name,
      used: each.used_percent / 100,
      resetsAt: resetOf(each, capturedAt),
      capturedAt,
      source: 'rate limits in the transcript',
      confidence: 'official',
    };
    return [limits.plan_type === null ? reading : { ...reading, plan: limits.plan_type }];
  });
}

function windowName({ window_minutes: minutes }: Window, limitId: string | null): string | null {
  if (typeof minutes !== 'number') return null;
  const name = minutes === 300 ? 'five_hour' : minutes === 10_080 ? 'seven_day' : `${minutes}_minutes`;
  // Some models have limits of their own beside the general one.
  return limitId === null || limitId === 'codex' ? name : `${name}:${limitId}`;
}

function resetOf({ resets_at: at, resets_in_seconds: wait }: Window, capturedAt: number): number | null {
  if (typeof at === 'number') return at * 1000;
  if (typeof wait !== 'number') return null;
  // To the minute: each row comes to another second.
  const reset = Math.round((capturedAt + wait * 1000) / 60_000) * 60_000;
  // Beyond what a Date can hold it could not be shown.
  return v.is(epochMilliseconds, reset) ? reset : null;
}
