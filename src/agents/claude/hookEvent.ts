import path from 'node:path';
import * as v from 'valibot';
import type { HookCommon, HookEvent, ToolCall } from '../agent.ts';

/** stdin of a Claude Code hook (events and fields as captured from version 2.1.330). Extra fields are normal. */
const hookInputSchema = v.looseObject({
  hook_event_name: v.string(),
  session_id: v.string(),
  cwd: v.string(),
  transcript_path: v.optional(v.nullable(v.string())),
  agent_id: v.optional(v.nullable(v.string())),
  prompt: v.optional(v.unknown()),
  tool_name: v.optional(v.string()),
  tool_input: v.optional(v.record(v.string(), v.unknown())),
});

/** The event in our own terms, or null for input that is not a Claude Code hook's. */
export function parseClaudeHookEvent(text: string): HookEvent | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = v.safeParse(hookInputSchema, json);
  if (!parsed.success) return null;
  const input = parsed.output;
  const common: HookCommon = {
    agent: 'claude',
    sessionId: input.session_id,
    cwd: input.cwd,
    transcriptPath: input.transcript_path ?? null,
    subagentId: input.agent_id ?? null,
  };
  switch (input.hook_event_name) {
    case 'SessionStart':
      return { ...common, kind: 'session', source: null };
    case 'UserPromptSubmit':
      return {
        ...common,
        kind: 'prompt',
        prompt: typeof input.prompt === 'string' ? input.prompt : '',
        isAutoContinuation: false,
      };
    case 'PreToolUse':
      return { ...common, kind: 'tool', ...describeTool(input.cwd, input.tool_name ?? 'tool', input.tool_input ?? {}) };
    case 'Stop':
      return { ...common, kind: 'turn', isContinued: false };
    default:
      return { ...common, kind: 'other', name: input.hook_event_name };
  }
}

/** Which files a tool names, and a few words for lists. A shell command itself is not repeated: it may hold a secret. */
function describeTool(cwd: string, tool: string, input: Readonly<Record<string, unknown>>): ToolCall {
  const named = [input['file_path'], input['notebook_path']].filter((file) => typeof file === 'string');
  const files = named.map((file) => path.resolve(cwd, file));
  const [first] = files;
  const description = input['description'];
  const summary = first
    ? `${tool} ${path.relative(cwd, first).startsWith('..') ? first : path.relative(cwd, first)}`
    : typeof description === 'string' && description !== ''
      ? `${tool}: ${description}`
      : tool;
  const command = typeof input['command'] === 'string' ? input['command'] : null;
  const work: ToolCall['work'] = command === null ? (files.length > 0 ? 'edit' : 'other') : 'shell';
  return { tool, files, summary, work, command };
}
