import { isRecord, textOf, type JsonRecord } from '../fields.ts';
import { todoList, todoStatus } from '../todos.ts';
import { inShort, type CallDetails, type CodePiece, type TodoChange } from '../workItem.ts';

/** What a tool call of Claude Code is about. */
export function claudeCall(tool: string, input: JsonRecord): CallDetails {
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path']);
  return {
    tool,
    summary: summaryOf(tool, path, input),
    files: path === null ? [] : [path],
    pieces: piecesOf(tool, path, input),
    todo: todoOf(tool, input),
  };
}

/** A shell command is not repeated whole: it may hold a secret. */
function summaryOf(tool: string, path: string | null, input: JsonRecord): string {
  if (path !== null) return `${tool} ${path}`;
  const about = textOf(input['description']) ?? textOf(input['subject']) ?? textOf(input['pattern']);
  return about === null ? tool : `${tool}: ${inShort(about)}`;
}

function piecesOf(tool: string, path: string | null, input: JsonRecord): readonly CodePiece[] {
  const whole = input['content'];
  if (tool === 'Write' && typeof whole === 'string') return [{ path, form: 'whole', text: whole, before: null }];
  const source = input['new_source'];
  if (tool === 'NotebookEdit' && typeof source === 'string')
    return [{ path, form: 'replacement', text: source, before: null }];
  if (tool === 'Edit') return replacement(path, input);
  const edits = input['edits'];
  // Older versions.
  if (tool === 'MultiEdit' && Array.isArray(edits)) {
    return edits.flatMap((edit: unknown) => (isRecord(edit) ? replacement(path, edit) : []));
  }
  return [];
}

function replacement(path: string | null, edit: JsonRecord): readonly CodePiece[] {
  const text = edit['new_string'];
  if (typeof text !== 'string') return [];
  const before = edit['old_string'];
  return [{ path, form: 'replacement', text, before: typeof before === 'string' ? before : null }];
}

function todoOf(tool: string, input: JsonRecord): TodoChange | null {
  if (tool === 'TodoWrite') return todoList(input['todos'], 'content');
  if (tool === 'TaskCreate')
    return { change: 'add', text: textOf(input['subject']) ?? textOf(input['description']) ?? '' };
  const id = textOf(input['taskId']);
  if (tool !== 'TaskUpdate' || id === null) return null;
  const status = input['status'] === undefined ? null : todoStatus(input['status']);
  return { change: 'set', id, text: textOf(input['subject']), status };
}
