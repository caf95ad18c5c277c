import * as v from 'valibot';
import { type LinePart, limitRowSource, nothingTold, type Told, type ToldReading } from '../agent.ts';
import { epochSeconds, instant, isRecord, parsedJson, text } from '../fields.ts';
import { linePartText } from '../linePart.ts';
import { parseLimitText, type LimitText } from './limitText.ts';
import { isWrittenByClient, progressRow, responseTold, rowOf, withEdits } from './responseRow.ts';
import { RowScanner } from './rowScanner.ts';
import { promptTold } from './transcriptTurn.ts';

const scanner = new RowScanner();

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
  if (isWrittenByClient(row)) return limitLine(json);
  const response = responseTold(row, sessionKey);
  return response === 'bad' || outer.type === 'progress' ? response : withEdits(json['message'], response);
}

/** The same of the part of a line that `pickLines` hands out; null where the rest is needed. Never throws. */
export function parsePart(part: LinePart, sessionKey: string): Told | null {
  return scanner.scan(part, sessionKey) ?? parsePartText(linePartText(part), sessionKey);
}

function parsePartText(part: string, sessionKey: string): Told | null {
  const json = parsedJson(part);
  if (!isRecord(json)) return null;
  const row = rowOf(json);
  // Only the model's own rows mean the same without their content: what the client writes says in it which limit was hit.
  if (row.type !== 'assistant' || isWrittenByClient(row)) return null;
  const response = responseTold(row, sessionKey);
  return response === 'bad' ? null : withEdits(json['message'], response);
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
