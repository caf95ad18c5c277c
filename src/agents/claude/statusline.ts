import * as v from 'valibot';
import type { ToldReading } from '../agent.ts';
import { epochSeconds, instant, parsedJson, text } from '../fields.ts';
import type { TeedFacts } from './teedFacts.ts';

const windowSchema = v.object({
  used_percentage: v.pipe(v.number(), v.finite(), v.minValue(0)),
  // Epoch seconds; some versions are said to write ISO texts.
  resets_at: v.nullish(v.union([epochSeconds, v.string()])),
});

const amount = v.optional(v.fallback(v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))), null), null);

const contextSchema = v.object({
  total_input_tokens: amount,
  total_output_tokens: amount,
  context_window_size: amount,
});

const statuslineSchema = v.object({
  session_id: text,
  transcript_path: text,
  model: v.fallback(v.nullish(v.object({ id: text })), null),
  context_window: v.fallback(v.nullish(contextSchema), null),
  cost: v.fallback(v.nullish(v.object({ total_cost_usd: amount })), null),
  rate_limits: v.fallback(v.nullish(v.record(v.string(), v.unknown())), null),
});

/** What Claude Code's statusline input tells; null if it is none. Never throws. `rate_limits` is absent before the first response. */
export function parseStatusline(json: string, capturedAt: number): TeedFacts | null {
  const parsed = v.safeParse(statuslineSchema, parsedJson(json));
  if (!parsed.success) return null;
  const {
    session_id: sessionId,
    transcript_path: transcriptPath,
    model,
    context_window: context,
    cost,
    rate_limits: limits,
  } = parsed.output;
  const used = (context?.total_input_tokens ?? 0) + (context?.total_output_tokens ?? 0);
  return {
    account: null,
    transcriptPath,
    session:
      sessionId === null
        ? null
        : {
            agent: 'claude',
            sessionId,
            model: model?.id ?? null,
            // Zero before the first response: not known rather than empty.
            contextTokens: used > 0 ? used : null,
            contextLimit: context?.context_window_size ?? null,
            costUsd: cost?.total_cost_usd ?? null,
            capturedAt,
          },
    readings: Object.entries(limits ?? {}).flatMap(([window, told]) => readingOf(window, told, capturedAt)),
  };
}

/** A window that is null or broken is no window, and costs no other its reading. */
function readingOf(window: string, told: unknown, capturedAt: number): readonly ToldReading[] {
  const parsed = v.safeParse(windowSchema, told);
  if (!parsed.success) return [];
  const { used_percentage: percent, resets_at: reset } = parsed.output;
  const resetsAt = typeof reset === 'number' ? reset * 1000 : instant(reset ?? null);
  // The unit comes from the field's name, never from the number: 1 here is one percent.
  const used = percent / 100;
  return [{ agent: 'claude', window, used, resetsAt, capturedAt, source: 'statusline', confidence: 'official' }];
}
