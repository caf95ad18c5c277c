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

const contextSchema = v.object({
  model: text,
  cwd: text,
  collaboration_mode: v.fallback(v.nullish(v.object({ mode: text })), null),
});

const userItemSchema = v.object({
  type: v.literal('UserMessage'),
  content: v.array(v.fallback(v.object({ text }), { text: null })),
});
const fileItemSchema = v.object({ type: v.literal('FileChange'), changes: v.record(v.string(), v.unknown()) });
const changeSchema = v.object({ type: v.string() });
const itemSchema = v.object({ item: v.variant('type', [userItemSchema, fileItemSchema]) });
/** what versions before items wrote */
const userMessageSchema = v.object({ message: v.string() });
const patchSchema = v.object({ changes: v.record(v.string(), v.unknown()) });

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
  | {
      readonly kind: 'context';
      readonly model: string | null;
      readonly cwd: string | null;
      readonly isPlanMode: boolean;
    }
  | { readonly kind: 'prompt'; readonly timestamp: string | null; readonly text: string }
  | { readonly kind: 'edits'; readonly timestamp: string | null; readonly files: readonly string[] }
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
      if (!context.success) return bad;
      const { model, cwd, collaboration_mode: mode } = context.output;
      return { kind: 'context', model, cwd, isPlanMode: mode?.mode === 'plan' };
    }
    case 'token_usage_record': {
      const record = v.safeParse(recordSchema, payload);
      return record.success ? { kind: 'record', timestamp, record: record.output } : bad;
    }
    case 'event_msg': {
      const event = v.safeParse(eventSchema, payload);
      if (!event.success) return other;
      if (event.output.type !== 'token_count') return turnLine(event.output.type, timestamp, payload);
      const count = v.safeParse(countSchema, payload);
      return count.success ? { kind: 'count', timestamp, count: count.output } : bad;
    }
    default:
      return other;
  }
}

/** What a person asked for, and what was changed. */
function turnLine(type: string | null, timestamp: string | null, payload: unknown): RolloutLine {
  switch (type ?? '') {
    case 'item_completed': {
      const parsed = v.safeParse(itemSchema, payload);
      if (!parsed.success) return other;
      const { item } = parsed.output;
      if (item.type === 'FileChange') return { kind: 'edits', timestamp, files: changedFiles(item.changes) };
      const texts = item.content.flatMap((part) => (part.text === null ? [] : [part.text]));
      return { kind: 'prompt', timestamp, text: texts.join('\n') };
    }
    case 'user_message': {
      const parsed = v.safeParse(userMessageSchema, payload);
      return parsed.success ? { kind: 'prompt', timestamp, text: parsed.output.message } : other;
    }
    case 'patch_apply_begin': {
      const parsed = v.safeParse(patchSchema, payload);
      return parsed.success ? { kind: 'edits', timestamp, files: changedFiles(parsed.output.changes) } : other;
    }
    default:
      return other;
  }
}

function changedFiles(changes: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(changes).flatMap(([file, change]) => (v.is(changeSchema, change) ? [file] : []));
}
