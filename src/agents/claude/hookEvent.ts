import path from 'node:path';
import * as v from 'valibot';
import type { HookCommon, HookEvent, ToolCall } from '../agent.ts';
import { toolSummary } from '../describeTool.ts';
import { hookInputFields, parseJsonAs, sessionSource } from '../hookInput.ts';
import { withoutPasteMarks } from './pastedContent.ts';

const toolInput = v.optional(v.fallback(v.record(v.string(), v.unknown()), {}), {});
const batchedToolSchema = v.looseObject({
  tool_name: v.string(),
  tool_input: toolInput,
  tool_use_id: v.fallback(v.optional(v.string()), undefined),
});

/** stdin of a Claude Code hook (events and fields as captured from version 2.1.330). Extra fields are normal. */
const hookInputSchema = v.looseObject({
  ...hookInputFields,
  permission_mode: v.optional(v.unknown()),
  error: v.optional(v.unknown()),
  tool_use_id: v.fallback(v.optional(v.string()), undefined),
  last_assistant_message: v.fallback(v.optional(v.string()), undefined),
  tool_input: toolInput,
  tool_calls: v.optional(v.fallback(v.array(v.unknown()), []), []),
});
type HookInput = v.InferOutput<typeof hookInputSchema>;

/** The event in our own terms, or null for input that is not a Claude Code hook's. */
export function parseClaudeHookEvent(text: string): HookEvent | null {
  const input = parseJsonAs(hookInputSchema, text);
  if (!input) return null;
  const common: HookCommon = {
    agent: 'claude',
    sessionId: input.session_id,
    cwd: input.cwd,
    transcriptPath: input.transcript_path ?? null,
    subagentId: input.agent_id ?? null,
    hookName: input.hook_event_name,
  };
  switch (input.hook_event_name) {
    case 'SessionStart':
      // A fork goes on with its parent's conversation.
      return { ...common, kind: 'session', source: input.source === 'fork' ? 'resume' : sessionSource(input.source) };
    case 'UserPromptSubmit': {
      const prompt = typeof input.prompt === 'string' ? withoutPasteMarks(input.prompt) : '';
      const isPlanMode = input.permission_mode === 'plan';
      return { ...common, kind: 'prompt', prompt, isAutoContinuation: autoContinuation.test(prompt), isPlanMode };
    }
    case 'PreToolUse':
      return { ...common, kind: 'tool', ...describeTool(input.cwd, input.tool_name ?? 'tool', input.tool_input) };
    case 'PostToolUse':
      return {
        ...common,
        kind: 'tool-done',
        ...describeTool(input.cwd, input.tool_name ?? 'tool', input.tool_input),
        ...writtenLast(input.tool_use_id),
      };
    case 'PostToolBatch':
      return { ...common, kind: 'tool-done', ...describeBatch(input) };
    case 'Stop':
      return {
        ...common,
        kind: 'turn',
        isContinued: input.stop_hook_active === true,
        ...writtenLast(beginningOf(input.last_assistant_message ?? '')),
      };
    case 'StopFailure':
      return { ...common, kind: 'failed', error: typeof input.error === 'string' ? input.error : 'unknown' };
    case 'PreCompact':
      return { ...common, kind: 'compact' };
    case 'SessionEnd':
      return { ...common, kind: 'ended' };
    default:
      return { ...common, kind: 'other', name: input.hook_event_name };
  }
}

/** What Claude Code itself submits as a prompt when it goes on after a limit's reset; the hook's input has no other sign of it. */
const autoContinuation = /^Your [\w.]+ usage limit has reset\. Continue the task/;

/** Which files a tool names, and a few words for lists. A shell command itself is not repeated: it may hold a secret. */
function describeTool(cwd: string, tool: string, input: Readonly<Record<string, unknown>>): ToolCall {
  const named = [input['file_path'], input['notebook_path']].filter((file) => typeof file === 'string');
  const files = named.map((file) => path.resolve(cwd, file));
  const summary = toolSummary(tool, cwd, files, input['description']);
  const command = typeof input['command'] === 'string' ? input['command'] : null;
  return { tool, files, summary, work: workOf(tool, files, command), command };
}

/** Tools that look at a file and leave it as it is; every other tool that names one may change it. */
const readers = new Set(['Read', 'NotebookRead', 'Grep', 'Glob', 'LS']);
/** Task: the name of Agent in older versions. */
const subagents = new Set(['Agent', 'Task']);

function workOf(tool: string, files: readonly string[], command: string | null): ToolCall['work'] {
  if (subagents.has(tool)) return 'subagent';
  if (command !== null) return 'shell';
  return files.length > 0 && !readers.has(tool) ? 'edit' : 'other';
}

const weightOf: Readonly<Record<ToolCall['work'], number>> = { subagent: 3, edit: 2, shell: 1, other: 0 };

/** The tools of one message, told as one: the weightiest speaks for all, with everybody's files. */
function describeBatch({ cwd, tool_calls: calls }: HookInput): ToolCall & Pick<HookCommon, 'writtenLast'> {
  const known = calls.flatMap((call) => {
    const parsed = v.safeParse(batchedToolSchema, call);
    return parsed.success ? [parsed.output] : [];
  });
  const tools = known.map((call) => describeTool(cwd, call.tool_name, call.tool_input));
  const [first, ...rest] = tools;
  if (first === undefined) return { tool: 'tool', files: [], summary: 'tool', work: 'other', command: null };
  const main = rest.reduce((best, each) => (weightOf[each.work] > weightOf[best.work] ? each : best), first);
  const files = [...new Set(tools.flatMap((tool) => tool.files))];
  return { ...main, files, ...writtenLast(known.at(-1)?.tool_use_id) };
}

function writtenLast(words: string | undefined): Pick<HookCommon, 'writtenLast'> {
  return words ? { writtenLast: words } : {};
}

const longestBeginning = 100;

/** A message's first words, as JSON has them. */
function beginningOf(message: string): string {
  const [line = ''] = message.trim().split('\n');
  return JSON.stringify(line.slice(0, longestBeginning)).slice(1, -1);
}
