import * as v from 'valibot';
import { text } from '../fields.ts';
import { rateLimitsSchema } from './rateLimits.ts';
import { totalsSchema } from './tokenTotals.ts';

// The lines of a rollout that concern the meter (Codex 0.169; older versions have fewer fields). Everything else, prompts above all, is
// passed over.

const metaSchema = v.object({
  id: text,
  /** of a subagent: the session it works for */
  session_id: text,
  forked_from_id: text,
  parent_thread_id: text,
  cwd: text,
  source: v.fallback(
    v.nullish(
      v.object({
        subagent: v.nullish(v.object({ thread_spawn: v.nullish(v.object({ parent_thread_id: text })) })),
      }),
    ),
    null,
  ),
  /** points to the parent's history: nothing of it is copied */
  history_base: v.fallback(v.nullish(v.object({})), null),
});
export type SessionMeta = v.InferOutput<typeof metaSchema>;

const contextSchema = v.object({ model: text, cwd: text });

const recordSchema = v.object({
  thread_id: text,
  response_id: text,
  usage: totalsSchema,
  thread_token_usage: v.nullish(totalsSchema),
});
export type UsageRecord = v.InferOutput<typeof recordSchema>;

const countSchema = v.object({
  info: v.nullish(
    v.object({
      total_token_usage: v.nullish(totalsSchema),
      last_token_usage: v.nullish(totalsSchema),
      model_context_window: v.fallback(v.nullish(v.pipe(v.number(), v.finite(), v.minValue(1))), null),
    }),
  ),
  rate_limits: v.fallback(v.nullish(rateLimitsSchema), null),
});
export type TokenCount = v.InferOutput<typeof countSchema>;

const lineSchema = v.object({ timestamp: text, type: text, payload: v.optional(v.unknown()) });
const eventSchema = v.object({ type: text });

export type RolloutLine =
  | { readonly kind: 'meta'; readonly timestamp: string | null; readonly meta: SessionMeta }
  | { readonly kind: 'context'; readonly model: string | null; readonly cwd: string | null }
  | { readonly kind: 'record'; readonly timestamp: string | null; readonly record: UsageRecord }
  | { readonly kind: 'count'; readonly timestamp: string | null; readonly count: TokenCount }
  | { readonly kind: 'other' }
  | { readonly kind: 'bad' };

const other: RolloutLine = { kind: 'other' };
const bad: RolloutLine = { kind: 'bad' };

/** What kind of line it is, its fields checked. */
export function rolloutLine(json: unknown): RolloutLine {
  const line = v.safeParse(lineSchema, json);
  if (!line.success) return other;
  const { timestamp, type, payload } = line.output;
  switch (type ?? '') {
    case 'session_meta': {
      const meta = v.safeParse(metaSchema, payload);
      return meta.success ? { kind: 'meta', timestamp, meta: meta.output } : bad;
    }
    case 'turn_context': {
      const context = v.safeParse(contextSchema, payload);
      return context.success ? { kind: 'context', ...context.output } : bad;
    }
    case 'token_usage_record': {
      const record = v.safeParse(recordSchema, payload);
      return record.success ? { kind: 'record', timestamp, record: record.output } : bad;
    }
    case 'event_msg': {
      const event = v.safeParse(eventSchema, payload);
      if (!event.success || event.output.type !== 'token_count') return other;
      const count = v.safeParse(countSchema, payload);
      return count.success ? { kind: 'count', timestamp, count: count.output } : bad;
    }
    default:
      return other;
  }
}
