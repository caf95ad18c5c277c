import * as v from 'valibot';
import type { TokenCounts } from '../../protocol/usage.ts';
import { type Fact, limitRowSource, nothingTold, type Told, type ToldReading } from '../agent.ts';
import {
  countOf,
  epochSeconds,
  instant,
  isRecord,
  type JsonRecord,
  noFields,
  parsedJson,
  text,
  textOf,
  told,
} from '../fields.ts';
import { editedFiles, promptTold } from './transcriptTurn.ts';
import { parseLimitText, type LimitText } from './limitText.ts';

// Rules: ARCHITECTURE.md, Metering (measured on Claude Code 2.1.330). The fields of the model's rows are checked by hand: a first start reads
// a quarter of a million of them, and schemas would take half as long as parsing them does.

interface Usage {
  readonly tokens: TokenCounts;
  readonly isFast: boolean;
}

interface Row {
  readonly type: string | null;
  readonly uuid: string | null;
  readonly timestamp: string | null;
  readonly sessionId: string | null;
  readonly requestSessionId: string | null;
  readonly requestId: string | null;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
  readonly isApiErrorMessage: boolean;
  readonly messageId: string | null;
  readonly model: string | null;
  readonly usage: unknown;
}

const limitSchema = v.object({
  status: v.literal('rejected'),
  rateLimitType: v.string(),
  resetsAt: v.nullish(epochSeconds),
});
const limitRowSchema = v.object({
  timestamp: text,
  quotaLimits: v.fallback(v.nullish(limitSchema), null),
  apiErrorParams: v.fallback(v.nullish(v.object({ rate_limit_info: v.nullish(limitSchema) })), null),
  message: v.fallback(v.nullish(v.object({ content: v.array(v.unknown()) })), null),
});
const textBlockSchema = v.object({ type: v.literal('text'), text: v.string() });

/** What one line of a Claude Code transcript means to the meter. Never throws. */
export function parseTranscriptLine(line: string, sessionKey: string): Told {
  const json = parsedJson(line);
  if (json === undefined) return 'bad';
  if (!isRecord(json)) return nothingTold;
  const outer = rowOf(json);
  const row = outer.type === 'progress' ? progressRow(json, outer) : outer;
  if (row === null) return nothingTold;
  if (row.type === 'user') return outer.type === 'user' ? promptTold(json, sessionKey) : nothingTold;
  // Rows the client wrote itself (errors, limits) are no responses of the API.
  if (isWrittenByClient(row)) return limitLine(json);
  const response = responseTold(row, sessionKey);
  return response === 'bad' || outer.type === 'progress' ? response : withEdits(json, response);
}

/** The same of the part of a line that `pickLines` hands out; null where the rest is needed. Never throws. */
export function parsePart(part: string, sessionKey: string): Told | null {
  const json = parsedJson(part);
  if (!isRecord(json)) return null;
  const row = rowOf(json);
  // Only the model's own rows mean the same without their content: what the client writes says in it which limit was hit.
  if (row.type !== 'assistant' || isWrittenByClient(row)) return null;
  const response = responseTold(row, sessionKey);
  return response === 'bad' ? null : withEdits(json, response);
}

function isWrittenByClient({ isApiErrorMessage, model }: Row): boolean {
  return isApiErrorMessage || model === '<synthetic>';
}

function responseTold(row: Row, sessionKey: string): Told {
  if (!isRecord(row.usage) || Array.isArray(row.usage)) return nothingTold;
  return responseLine(row, usageOf(row.usage), sessionKey);
}

/** What a response edits is told beside it. */
function withEdits(json: JsonRecord, response: readonly Fact[]): readonly Fact[] {
  const [first] = response;
  if (first?.kind !== 'response') return response;
  const files = editedFiles(json['message']);
  if (files.length === 0) return response;
  const { agent, sessionId, at } = first.row;
  return [...response, { kind: 'edits', edits: { agent, sessionId, at, files } }];
}

function rowOf(json: JsonRecord): Row {
  const message = isRecord(json['message']) ? json['message'] : noFields;
  return {
    type: textOf(json['type']),
    uuid: textOf(json['uuid']),
    timestamp: textOf(json['timestamp']),
    sessionId: textOf(json['sessionId']),
    requestSessionId: textOf(json['requestSessionId']),
    requestId: textOf(json['requestId']),
    cwd: textOf(json['cwd']),
    isSidechain: json['isSidechain'] === true,
    isApiErrorMessage: json['isApiErrorMessage'] === true,
    messageId: textOf(message['id']),
    model: textOf(message['model']),
    usage: message['usage'],
  };
}

/** A `progress` row mirrors a subagent's message in its parent's file; session and folder stand outside, the rest inside. */
function progressRow(json: JsonRecord, outer: Row): Row | null {
  const data = json['data'];
  if (!isRecord(data) || !isRecord(data['message'])) return null;
  const inner = rowOf(data['message']);
  return {
    ...inner,
    sessionId: inner.sessionId ?? outer.sessionId,
    requestSessionId: inner.requestSessionId ?? outer.requestSessionId,
    cwd: inner.cwd ?? outer.cwd,
    timestamp: inner.timestamp ?? outer.timestamp,
    isSidechain: true,
  };
}

function responseLine(row: Row, usage: Usage | null, sessionKey: string): Told {
  const at = instant(row.timestamp);
  if (usage === null || at === null) return 'bad';
  const { tokens, isFast } = usage;
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
      model: row.model,
      cwd: row.cwd,
      isSidechain: row.isSidechain,
      isCopy: false,
      isFast,
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
  const { messageId } = row;
  if (messageId === null) return `u:${row.uuid ?? row.requestId ?? at}`;
  return messageId.startsWith('msg_') ? messageId : `${sessionId}|${messageId}`;
}

/** The input side of a response, equal in all its rows; no request id looks like it. */
function inputSide({ input, cacheRead, cacheWrite5m, cacheWrite1h }: TokenCounts): string {
  return `${input}|${cacheRead}|${cacheWrite5m + cacheWrite1h}`;
}

/**
 * `cache_creation_input_tokens` is the sum of both lifetimes; without the split all of it is of the five-minute kind. null if a count is
 * none.
 */
function usageOf(usage: JsonRecord): Usage | null {
  const split = usage['cache_creation'] ?? noFields;
  if (!isRecord(split)) return null;
  const input = countOf(usage['input_tokens']);
  const output = countOf(usage['output_tokens']);
  const both = countOf(usage['cache_creation_input_tokens']);
  const cacheRead = countOf(usage['cache_read_input_tokens']);
  const of5m = countOf(split['ephemeral_5m_input_tokens']);
  const of1h = countOf(split['ephemeral_1h_input_tokens']);
  if (input === null || output === null || both === null || cacheRead === null || of5m === null || of1h === null)
    return null;
  const written = Math.max(both, of5m + of1h);
  const tokens = { input, output, cacheWrite5m: written - of1h, cacheWrite1h: of1h, cacheRead };
  return { tokens, isFast: usage['speed'] === 'fast' };
}

/**
 * A refused request names the window that is used up and when it resets (epoch seconds). Rows of versions that only say it in words are
 * read from these; what is structured counts before them. Other error rows say nothing about limits.
 */
function limitLine(json: unknown): Told {
  const row = v.safeParse(limitRowSchema, json);
  if (!row.success) return nothingTold;
  const { quotaLimits, apiErrorParams, message, timestamp } = row.output;
  const capturedAt = instant(timestamp);
  if (capturedAt === null) return nothingTold;
  const limit = quotaLimits ?? apiErrorParams?.rate_limit_info ?? null;
  const inWords = limit === null ? limitInWords(message?.content ?? [], capturedAt) : null;
  const window = limit?.rateLimitType ?? inWords?.window;
  if (window === undefined) return nothingTold;
  const reading: ToldReading = {
    agent: 'claude',
    window,
    used: 1,
    resetsAt: typeof limit?.resetsAt === 'number' ? limit.resetsAt * 1000 : (inWords?.resetsAt ?? null),
    capturedAt,
    source: limitRowSource,
    confidence: 'official',
  };
  return [{ kind: 'reading', reading }];
}

function limitInWords(content: readonly unknown[], at: number): LimitText | null {
  for (const block of content) {
    const parsed = v.safeParse(textBlockSchema, block);
    const limit = parsed.success ? parseLimitText(parsed.output.text, at) : null;
    if (limit !== null) return limit;
  }
  return null;
}
