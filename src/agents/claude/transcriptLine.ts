import * as v from 'valibot';
import type { Reading, TokenCounts } from '../../protocol/usage.ts';
import { nothingTold, type Told } from '../agent.ts';
import { count, epochSeconds, flag, instant, parsedJson, text, told } from '../fields.ts';

// Rules: ARCHITECTURE.md, Metering (measured on Claude Code 2.1.330). `v.object` lets unknown keys pass without copying
// them, which matters: a row carries whole files in its content.

const usageSchema = v.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  cache_creation: v.nullish(v.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })),
  speed: text,
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
  resetsAt: v.nullish(epochSeconds),
});
const limitRowSchema = v.object({
  timestamp: text,
  quotaLimits: v.fallback(v.nullish(limitSchema), null),
  apiErrorParams: v.fallback(v.nullish(v.object({ rate_limit_info: v.nullish(limitSchema) })), null),
});

/** What one line of a Claude Code transcript means to the meter. Never throws. */
export function parseTranscriptLine(line: string, sessionKey: string): Told {
  const json = parsedJson(line);
  if (json === undefined) return 'bad';
  const outer = v.safeParse(rowSchema, json);
  if (!outer.success) return nothingTold;
  const row = outer.output.type === 'progress' ? progressRow(json, outer.output) : outer.output;
  if (row === null || row.type === 'user') return nothingTold;
  // Rows the client wrote itself (errors, limits) are no responses of the API.
  if (row.isApiErrorMessage || row.message?.model === '<synthetic>') return limitLine(json);
  if (!isObject(row.message?.usage)) return nothingTold;
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

function responseLine(row: Row, sessionKey: string): Told {
  const usage = v.safeParse(usageSchema, row.message?.usage);
  const at = instant(row.timestamp);
  if (!usage.success || at === null) return 'bad';
  const tokens = tokensOf(usage.output);
  // A fork copies its parent's rows under its own sessionId and keeps the parent's in requestSessionId (seen in 2.1.330).
  const sessionId = row.requestSessionId ?? row.sessionId ?? sessionKey.slice(sessionKey.lastIndexOf('/') + 1);
  return [
    told({
      agent: 'claude',
      sessionId,
      id: responseId(row, sessionId, at),
      // Between the rows of one response only the output grows, and a side question repeats it under a new request id.
      marks: row.requestId === null ? [inputSide(tokens)] : [row.requestId, inputSide(tokens)],
      at,
      model: row.message?.model ?? null,
      cwd: row.cwd,
      isSidechain: row.isSidechain,
      isCopy: false,
      isFast: usage.output.speed === 'fast',
      tokens,
      costUsd: null,
    }),
  ];
}

/**
 * Ids of Anthropic are unique across files. Gateways make up their own, at worst one constant id, so theirs hold only within
 * their session (ARCHITECTURE.md, Metering).
 */
function responseId(row: Row, sessionId: string, at: number): string {
  const messageId = row.message?.id ?? null;
  if (messageId === null) return `u:${row.uuid ?? row.requestId ?? at}`;
  return messageId.startsWith('msg_') ? messageId : `${sessionId}|${messageId}`;
}

/** The input side of a response, equal in all its rows; no request id looks like it. */
function inputSide(tokens: TokenCounts): string {
  return `${tokens.input}|${tokens.cacheRead}|${tokens.cacheWrite5m + tokens.cacheWrite1h}`;
}

/** `cache_creation_input_tokens` is the sum of both lifetimes; without the split all of it is of the five-minute kind. */
function tokensOf(usage: Usage): TokenCounts {
  const of5m = usage.cache_creation?.ephemeral_5m_input_tokens ?? 0;
  const of1h = usage.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const written = Math.max(usage.cache_creation_input_tokens, of5m + of1h);
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cacheWrite5m: written - of1h,
    cacheWrite1h: of1h,
    cacheRead: usage.cache_read_input_tokens,
  };
}

/** A refused request names the window that is used up and when it resets (epoch seconds); other error rows say nothing about limits. */
function limitLine(json: unknown): Told {
  const row = v.safeParse(limitRowSchema, json);
  if (!row.success) return nothingTold;
  const limit = row.output.quotaLimits ?? row.output.apiErrorParams?.rate_limit_info ?? null;
  const capturedAt = instant(row.output.timestamp);
  if (limit === null || capturedAt === null) return nothingTold;
  const reading: Reading = {
    agent: 'claude',
    window: limit.rateLimitType,
    used: 1,
    resetsAt: typeof limit.resetsAt === 'number' ? limit.resetsAt * 1000 : null,
    capturedAt,
    source: 'limit row in the transcript',
    confidence: 'official',
  };
  return [{ kind: 'reading', reading }];
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
