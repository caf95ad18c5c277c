import { instant, isRecord, noFields, textOf, type JsonRecord } from '../fields.ts';
import { todoList } from '../todos.ts';
import {
  inShort,
  type CallDetails,
  type CodePiece,
  type SessionPlace,
  type WorkFormat,
  type WorkItem,
} from '../workItem.ts';
import { workspaceOf } from './chatMessage.ts';
import { failureReason } from './errorReport.ts';

/**
 * The work in a chat of Gemini CLI (0.61). A refused request leaves nothing in it (but see errorReport.ts): the chat just ends after a prompt
 * or a tool's result. A message is written again with each of its tool calls; whoever reads it drops what was told already (`withoutRepeats`).
 */
export const geminiWork: WorkFormat = {
  placeAtBeginning: true,
  items(json) {
    if (!isRecord(json)) return [];
    const set = json['$set'];
    if (isRecord(set)) return Array.isArray(set['messages']) ? set['messages'].flatMap(messageItems) : [];
    return messageItems(json);
  },
  place(json): SessionPlace {
    if (!isRecord(json)) return { sessionId: null, cwd: null };
    const set = isRecord(json['$set']) ? json['$set'] : noFields;
    const messages = Array.isArray(set['messages']) ? set['messages'] : [json];
    return { sessionId: textOf(json['sessionId']), cwd: workspaceOf(messages) };
  },
};

function messageItems(json: unknown): readonly WorkItem[] {
  if (!isRecord(json)) return [];
  const at = instant(textOf(json['timestamp']));
  if (at === null) return [];
  const text = textOfContent(json['content']);
  switch (json['type']) {
    case 'user': {
      const isOwn = text.trimStart().startsWith('<session_context>');
      return text.trim() === '' || isOwn
        ? []
        : [{ kind: 'prompt', at, text, by: text.startsWith('/') ? 'command' : 'person' }];
    }
    case 'error':
      return [{ kind: 'failure', at, reason: failureReason(text), message: text, resetsAt: null }];
    case 'gemini':
      return modelItems(json, text, at);
    default:
      return [];
  }
}

function textOfContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) => (isRecord(part) && typeof part['text'] === 'string' ? [part['text']] : []))
    .join('\n');
}

function modelItems(json: JsonRecord, text: string, at: number): readonly WorkItem[] {
  const items: WorkItem[] = text.trim() === '' ? [] : [{ kind: 'words', at, text }];
  const calls = Array.isArray(json['toolCalls']) ? json['toolCalls'] : [];
  for (const call of calls) {
    if (!isRecord(call)) continue;
    const id = textOf(call['id']) ?? '';
    items.push({
      kind: 'call',
      at,
      id,
      ...geminiCall(textOf(call['name']) ?? 'tool', isRecord(call['args']) ? call['args'] : noFields),
    });
    const outcome = outcomes[textOf(call['status']) ?? ''];
    if (outcome)
      items.push({ kind: 'result', at: instant(textOf(call['timestamp'])) ?? at, id, outcome, todoId: null });
  }
  return items;
}

const outcomes: Readonly<Partial<Record<string, 'done' | 'failed' | 'refused'>>> = {
  success: 'done',
  error: 'failed',
  cancelled: 'refused',
};

function geminiCall(tool: string, args: JsonRecord): CallDetails {
  const path = textOf(args['file_path']) ?? textOf(args['absolute_path']);
  const about = textOf(args['description']) ?? textOf(args['instruction']);
  return {
    tool,
    summary: path !== null ? `${tool} ${path}` : about === null ? tool : `${tool}: ${inShort(about)}`,
    files: path === null ? [] : [path],
    pieces: piecesOf(tool, path, args),
    todo: tool === 'write_todos' ? todoList(args['todos'], 'description') : null,
  };
}

function piecesOf(tool: string, path: string | null, args: JsonRecord): readonly CodePiece[] {
  const { content, new_string: text, old_string: before } = args;
  if (tool === 'write_file' && typeof content === 'string')
    return [{ path, form: 'whole', text: content, before: null }];
  if (tool !== 'replace' || typeof text !== 'string') return [];
  return [{ path, form: 'replacement', text, before: typeof before === 'string' ? before : null }];
}
