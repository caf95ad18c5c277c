import { isRecord, noFields, parsedJson, textOf, type JsonRecord } from '../fields.ts';
import { filesOfPatch } from '../patchFiles.ts';
import { todoList } from '../todos.ts';
import type { CallDetails, TodoChange } from '../workItem.ts';

const patchBegin = '*** Begin Patch';

/** What a tool call of Codex is about; its arguments are a JSON text, those of `apply_patch` the patch itself. */
export function codexCall(tool: string, given: unknown): CallDetails {
  const text = typeof given === 'string' ? given : '';
  const json = parsedJson(text);
  const input: JsonRecord = isRecord(json) ? json : noFields;
  const patch = patchIn(text, input);
  const files = patch === null ? [] : filesOfPatch(patch);
  return {
    tool,
    summary: files.length > 0 ? `${tool} ${files.join(', ')}` : tool,
    files,
    pieces: patch === null ? [] : [{ path: null, form: 'patch', text: patch, before: null }],
    todo: tool === 'update_plan' ? todoOf(input) : null,
  };
}

function todoOf(input: JsonRecord): TodoChange | null {
  return todoList(input['plan'], 'step');
}

function patchIn(text: string, input: JsonRecord): string | null {
  const inner = textOf(input['input']) ?? textOf(input['patch']);
  const candidate = [text, inner ?? ''].find((each) => each.trimStart().startsWith(patchBegin));
  return candidate?.trimStart() ?? null;
}
