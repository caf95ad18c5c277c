import type { InterruptionReason } from '../../protocol/interruption.ts';
import { isRecord, noFields, parsedJson, textOf, type JsonRecord } from '../fields.ts';
import { todoList } from '../todos.ts';
import { inShort, type CallDetails, type CodePiece, type WorkItem } from '../workItem.ts';

/** A row of the tables `message` and `part` (opencode 1.18); `data` is JSON. */
export interface OpencodeRow {
  readonly id: string;
  readonly at: number;
  readonly data: string;
}

/** The messages of a session that are read, newest first, and the parts of one. `?` takes the session's and the message's id. */
export const messagesStatement =
  'SELECT id AS id, time_created AS at, data AS data FROM message WHERE session_id = ? ORDER BY time_created DESC, id DESC LIMIT 200';
export const partsStatement =
  'SELECT id AS id, time_created AS at, data AS data FROM part WHERE message_id = ? ORDER BY id';
/** Of the sessions changed since a time: `?`. Subagents' sessions have a parent. */
export const sessionsStatement =
  'SELECT id AS id, directory AS directory, parent_id AS parent, time_updated AS changed FROM session WHERE time_updated > ? ORDER BY time_updated DESC LIMIT 50';

/**
 * What a message with its parts tells of the work. While opencode waits to try a refused request again its database shows an answer without
 * an end, and nothing else: what it waits for only its plugins are told.
 */
export function opencodeItems(message: OpencodeRow, parts: readonly OpencodeRow[]): readonly WorkItem[] {
  const json = parsedJson(message.data);
  if (!isRecord(json)) return [];
  const bodies = parts.map(({ data, at }) => ({ at, body: parsedJson(data) }));
  if (json['role'] === 'user') {
    const texts = bodies.flatMap(({ body }) =>
      isRecord(body) && body['type'] === 'text' && body['synthetic'] !== true ? [textOf(body['text']) ?? ''] : [],
    );
    const text = texts.join('\n').trim();
    return text === '' ? [] : [{ kind: 'prompt', at: message.at, text, by: 'person' }];
  }
  if (json['role'] !== 'assistant') return [];
  const items = bodies.flatMap(({ body, at }) => (isRecord(body) ? partItems(body, at) : []));
  return [...items, ...endItems(json, message.at)];
}

function partItems(body: JsonRecord, at: number): readonly WorkItem[] {
  const text = textOf(body['text']);
  if (body['type'] === 'text') return text === null || text.trim() === '' ? [] : [{ kind: 'words', at, text }];
  if (body['type'] === 'compaction') return [{ kind: 'compacted', at, isAutomatic: body['auto'] === true }];
  if (body['type'] === 'retry') {
    const error = isRecord(body['error']) ? body['error'] : noFields;
    return [{ kind: 'retry', at, ...errorOf(error), nextAt: null }];
  }
  if (body['type'] !== 'tool') return [];
  const state = isRecord(body['state']) ? body['state'] : noFields;
  const id = textOf(body['callID']) ?? '';
  const input = isRecord(state['input']) ? state['input'] : noFields;
  const call: WorkItem = { kind: 'call', at, id, ...opencodeCall(textOf(body['tool']) ?? 'tool', input) };
  if (state['status'] === 'completed') return [call, { kind: 'result', at, id, outcome: 'done', todoId: null }];
  if (state['status'] === 'error') return [call, { kind: 'result', at, id, outcome: 'failed', todoId: null }];
  return [call];
}

function endItems(json: JsonRecord, created: number): readonly WorkItem[] {
  const time = isRecord(json['time']) ? json['time'] : noFields;
  const at = typeof time['completed'] === 'number' ? time['completed'] : created;
  if (isRecord(json['error'])) {
    if (json['error']['name'] === 'MessageAbortedError') return [{ kind: 'end', at, by: 'user' }];
    return [{ kind: 'failure', at, ...errorOf(json['error']), resetsAt: null }];
  }
  const finish = json['finish'];
  return typeof finish === 'string' && finish !== 'tool-calls' && finish !== 'unknown'
    ? [{ kind: 'end', at, by: 'agent' }]
    : [];
}

function errorOf(error: JsonRecord): { readonly reason: InterruptionReason; readonly message: string } {
  const data = isRecord(error['data']) ? error['data'] : noFields;
  const message = textOf(data['message']) ?? textOf(error['name']) ?? 'The request failed.';
  const status = data['statusCode'];
  return { reason: opencodeReason(message, typeof status === 'number' ? status : null), message };
}

/** From the words of the API behind opencode, which differ with each vendor. */
export function opencodeReason(message: string, status: number | null): InterruptionReason {
  if (/\busage limit\b|\bquota\b/i.test(message)) return 'usage-limit';
  if (/\bcredit\b|\bbilling\b|\binsufficient\b/i.test(message) || status === 402) return 'credit';
  if (status === 429 || /\brate limit\b|\btoo many requests\b/i.test(message)) return 'rate-limit';
  return status === 503 || status === 529 || /\boverloaded\b/i.test(message) ? 'overloaded' : 'api-error';
}

function opencodeCall(tool: string, input: JsonRecord): CallDetails {
  const path = textOf(input['filePath']);
  const about = textOf(input['description']);
  return {
    tool,
    summary: path !== null ? `${tool} ${path}` : about === null ? tool : `${tool}: ${inShort(about)}`,
    files: path === null ? [] : [path],
    pieces: piecesOf(tool, path, input),
    todo: tool === 'todowrite' ? todoList(input['todos'], 'content') : null,
  };
}

function piecesOf(tool: string, path: string | null, input: JsonRecord): readonly CodePiece[] {
  const { content, newString: text, oldString: before, patchText: patch } = input;
  if (tool === 'write' && typeof content === 'string') return [{ path, form: 'whole', text: content, before: null }];
  if (typeof patch === 'string') return [{ path: null, form: 'patch', text: patch, before: null }];
  if (tool !== 'edit' || typeof text !== 'string') return [];
  return [{ path, form: 'replacement', text, before: typeof before === 'string' ? before : null }];
}
