import type { TokenCounts } from '../../protocol/usage.ts';
import { type Fact, nothingTold, type Told } from '../agent.ts';
import { countOf, instant, isRecord, type JsonRecord, noFields, textOf } from '../fields.ts';
import { editedFiles } from './transcriptTurn.ts';

// The fields of the model's rows are checked by hand: a first start reads a quarter of a million of them, and schemas would take half as
// long as parsing them does. Rules: ARCHITECTURE.md, Metering (measured on Claude Code 2.1.330).

export interface Usage {
  readonly tokens: TokenCounts;
  readonly isFast: boolean;
}

/** Where and when a row says that it is of a response, and of which. */
export interface RowPlace {
  readonly uuid: string | null;
  /** epoch milliseconds; null where it is not told */
  readonly at: number | null;
  readonly sessionId: string | null;
  readonly requestSessionId: string | null;
  readonly requestId: string | null;
  readonly cwd: string | null;
  /** null: not told, which is no */
  readonly isSidechain: boolean | null;
  readonly messageId: string | null;
  readonly model: string | null;
}

/** A row of a transcript, as far as its meaning for the meter depends on it. */
export interface Row extends RowPlace {
  readonly type: string | null;
  readonly isApiErrorMessage: boolean | null;
  readonly usage: unknown;
}

export function rowOf(json: JsonRecord): Row {
  const message = isRecord(json['message']) ? json['message'] : noFields;
  return {
    type: textOf(json['type']),
    uuid: textOf(json['uuid']),
    at: instant(textOf(json['timestamp'])),
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
export function progressRow(json: JsonRecord, outer: Row): Row | null {
  const data = json['data'];
  if (!isRecord(data) || !isRecord(data['message'])) return null;
  const inner = rowOf(data['message']);
  return {
    ...inner,
    sessionId: inner.sessionId ?? outer.sessionId,
    requestSessionId: inner.requestSessionId ?? outer.requestSessionId,
    cwd: inner.cwd ?? outer.cwd,
    at: textOf(data['message']['timestamp']) === null ? outer.at : inner.at,
    isSidechain: true,
  };
}

/** Did the client write this row itself (errors, limits)? Then it is no response of the API. */
export function isWrittenByClient({ isApiErrorMessage, model }: Pick<Row, 'isApiErrorMessage' | 'model'>): boolean {
  return isApiErrorMessage === true || model === '<synthetic>';
}

export function responseTold(row: Row, sessionKey: string): Told {
  if (!isRecord(row.usage) || Array.isArray(row.usage)) return nothingTold;
  const usage = usageOf(row.usage);
  return usage === null || row.at === null
    ? 'bad'
    : [responseFact(row, row.at, usage.tokens, usage.isFast, sessionKey)];
}

/** What a response edits is told beside it. */
export function withEdits(message: unknown, response: readonly Fact[]): readonly Fact[] {
  const [first] = response;
  if (first?.kind !== 'response') return response;
  const files = editedFiles(message);
  return files.length === 0 ? response : withEditedFiles(first, files);
}

export function withEditedFiles(response: ResponseFact, files: readonly string[]): readonly Fact[] {
  const { agent, sessionId, at } = response.row;
  return [response, { kind: 'edits', edits: { agent, sessionId, at, files } }];
}

type ResponseFact = Extract<Fact, { readonly kind: 'response' }>;

export function responseFact(
  row: RowPlace,
  at: number,
  tokens: TokenCounts,
  isFast: boolean,
  sessionKey: string,
): ResponseFact {
  // A fork copies its parent's rows under its own sessionId and keeps the parent's in requestSessionId (seen in 2.1.330).
  const sessionId = row.requestSessionId ?? row.sessionId ?? sessionKey.slice(sessionKey.lastIndexOf('/') + 1);
  return {
    kind: 'response',
    row: {
      agent: 'claude',
      sessionId,
      id: responseId(row, sessionId, at),
      // Between the rows of one response only the output grows, and a side question repeats it under a new request id.
      marks: row.requestId === null ? [inputSide(tokens)] : [row.requestId, inputSide(tokens)],
      at,
      model: row.model,
      cwd: row.cwd,
      isSidechain: row.isSidechain === true,
      isCopy: false,
      isFast,
      tokens,
      costUsd: null,
    },
  };
}

/**
 * Ids of Anthropic are unique across files. Gateways make up their own, at worst one constant id, so theirs hold only within
 * their session (ARCHITECTURE.md, Metering).
 */
function responseId(row: RowPlace, sessionId: string, at: number): string {
  const { messageId } = row;
  if (messageId === null) return `u:${row.uuid ?? row.requestId ?? at}`;
  return messageId.startsWith('msg_') ? messageId : `${sessionId}|${messageId}`;
}

/** The input side of a response, equal in all its rows; no request id looks like it. */
function inputSide({ input, cacheRead, cacheWrite5m, cacheWrite1h }: TokenCounts): string {
  return `${input}|${cacheRead}|${cacheWrite5m + cacheWrite1h}`;
}

/** null if a count is none. */
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
  const cacheWrite5m = fiveMinuteWrites(both, of5m, of1h);
  const tokens = { input, output, cacheWrite5m, cacheWrite1h: of1h, cacheRead };
  return { tokens, isFast: usage['speed'] === 'fast' };
}

/** `cache_creation_input_tokens` is the sum of both lifetimes; without the split all of it is of the five-minute kind. */
export function fiveMinuteWrites(both: number, of5m: number, of1h: number): number {
  return Math.max(both, of5m + of1h) - of1h;
}
