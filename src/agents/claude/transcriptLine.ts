import * as v from 'valibot';
import type { Reading, TokenCounts } from '../../protocol/usage.ts';
import type { TranscriptLine } from '../agent.ts';

// Rules: ARCHITECTURE.md, Metering (measured on Claude Code 2.1.330). `v.object` lets unknown keys pass without copying
// them, which matters: a row carries whole files in its content.

/** Identity fields of a wrong type are as good as missing: they must not cost the row its tokens. */
const text = v.fallback(v.nullish(v.string()), null);
const flag = v.fallback(v.nullish(v.boolean()), null);
/** A count may be missing, null or a float; anything else makes the row bad, because a wrong number would be worse than none. */
const count = v.nullish(v.pipe(v.number(), v.finite(), v.minValue(0)));

const usageSchema = v.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: v.nullish(v.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })),
});
type Usage = v.InferOutput<typeof usageSchema>;

const messageSchema = v.fallback(v.nullish(v.object({ id: text, model: text, usage: v.optional(v.unknown()) })), null);

const rowSchema = v.object({
  type: text,
  uuid: text,
  timestamp: text,
  sessionId: text,
  requestSessionId: text,
  requestId: text,
  cwd: text,
  isSidechain: flag,
  isApiErrorMessage: flag,
  message: messageSchema,
});
type Row = v.InferOutput<typeof rowSchema>;

const progressSchema = v.object({ type: v.literal('progress'), data: v.object({ message: v.unknown() }) });

const limitSchema = v.object({
  status: v.literal('rejected'),
  rateLimitType: v.string(),
  // Up to the last second a Date can hold.
  resetsAt: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e12))),
});
const limitRowSchema = v.object({
  timestamp: text,
  quotaLimits: v.fallback(v.nullish(limitSchema), null),
  apiErrorParams: v.fallback(v.nullish(v.object({ rate_limit_info: v.nullish(limitSchema) })), null),
});

/** What one line of a Claude Code transcript means to the meter. Never throws. */
export function parseTranscriptLine(line: string, sessionKey: string): TranscriptLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: 'bad' };
  }
  const outer = v.safeParse(rowSchema, json);
  if (!outer.success) return null;
  const row = outer.output.type === 'progress' ? progressRow(json, outer.output) : outer.output;
  if (row === null || row.type === 'user') return null;
  // Rows the client wrote itself (errors, limits) are no responses of the API.
  if (row.isApiErrorMessage === true || row.message?.model === '<synthetic>') return limitLine(json);
  if (!isObject(row.message?.usage)) return null;
  return responseLine(row, sessionKey);
}

/** A `progress` row mirrors a subagent's message in its parent's file; session and folder stand outside, the rest inside. */
function progressRow(json: unknown, outer: Row): Row | null {
  const progress = v.safeParse(progressSchema, json);
  if (!progress.success) return null;
  const inner = v.safeParse(rowSchema, progress.output.data.message);
  if (!inner.success) return null;
  return {
    ...inner.output,
    sessionId: inner.output.sessionId ?? outer.sessionId,
    requestSessionId: inner.output.requestSessionId ?? outer.requestSessionId,
    cwd: inner.output.cwd ?? outer.cwd,
    timestamp: inner.output.timestamp ?? outer.timestamp,
    isSidechain: true,
  };
}

function responseLine(row: Row, sessionKey: string): TranscriptLine {
  const usage = v.safeParse(usageSchema, row.message?.usage);
  const at = instant(row.timestamp);
  if (!usage.success || at === null) return { kind: 'bad' };
  const requestId = filled(row.requestId);
  return {
    kind: 'response',
    row: {
      agent: 'claude',
      // A fork copies its parent's rows under its own sessionId and keeps the parent's in requestSessionId (seen in 2.1.330).
      sessionId:
        filled(row.requestSessionId) ?? filled(row.sessionId) ?? sessionKey.slice(sessionKey.lastIndexOf('/') + 1),
      messageId: filled(row.message?.id),
      requestId,
      rowId: filled(row.uuid) ?? requestId ?? String(at),
      at,
      model: filled(row.message?.model),
      cwd: filled(row.cwd),
      isSidechain: row.isSidechain === true,
      tokens: tokensOf(usage.output),
    },
  };
}

/** `cache_creation_input_tokens` is the sum of both lifetimes; without the split all of it is of the five-minute kind (§1.3). */
function tokensOf(usage: Usage): TokenCounts {
  const of5m = whole(usage.cache_creation?.ephemeral_5m_input_tokens);
  const of1h = whole(usage.cache_creation?.ephemeral_1h_input_tokens);
  const written = Math.max(whole(usage.cache_creation_input_tokens), of5m + of1h);
  return {
    input: whole(usage.input_tokens),
    output: whole(usage.output_tokens),
    cacheWrite5m: written - of1h,
    cacheWrite1h: of1h,
    cacheRead: whole(usage.cache_read_input_tokens),
  };
}

/** A refused request names the window that is used up and when it resets (epoch seconds); other error rows say nothing about limits. */
function limitLine(json: unknown): TranscriptLine {
  const row = v.safeParse(limitRowSchema, json);
  if (!row.success) return null;
  const limit = row.output.quotaLimits ?? row.output.apiErrorParams?.rate_limit_info ?? null;
  const capturedAt = instant(row.output.timestamp);
  if (limit === null || capturedAt === null) return null;
  const reading: Reading = {
    agent: 'claude',
    window: limit.rateLimitType,
    used: 1,
    resetsAt: typeof limit.resetsAt === 'number' ? limit.resetsAt * 1000 : null,
    capturedAt,
    source: 'limit row in the transcript',
    confidence: 'official',
  };
  return { kind: 'reading', reading };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function filled(value: string | null | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function whole(value: number | null | undefined): number {
  return Math.round(value ?? 0);
}

function instant(timestamp: string | null | undefined): number | null {
  const at = Date.parse(timestamp ?? '');
  return Number.isNaN(at) ? null : at;
}
