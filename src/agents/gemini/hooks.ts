import type { AgentHooks, HookAnswer, HookEvent, ToolCall } from '../agent.ts';
import { describeTool } from '../describeTool.ts';
import { parseHookInput, textField, type HookInput } from '../hookInput.ts';
import { standardEvent } from '../standardEvent.ts';

/** Gemini CLI's hooks (events, fields and answers as measured with 0.61.0). */
export const geminiHooks: AgentHooks = {
  agent: 'gemini',
  // Before a tool the model could read the reason of a denial, and nothing else.
  hearing: new Set(['session', 'prompt', 'tool-done', 'turn']),
  parse,
  answer,
};

const kinds = {
  SessionStart: 'session',
  BeforeAgent: 'prompt',
  BeforeTool: 'tool',
  AfterTool: 'tool-done',
  AfterAgent: 'turn',
  SessionEnd: 'ended',
} as const;

function parse(stdin: string): HookEvent | null {
  const input = parseHookInput(stdin);
  if (!input) return null;
  // The automatic one comes before every request to the model, whether anything is compressed or not.
  const isCompact = input.hook_event_name === 'PreCompress' && input.trigger === 'manual';
  const known = isCompact ? ({ PreCompress: 'compact' } as const) : kinds;
  return standardEvent(input, { agent: 'gemini', subagentId: null }, known, toolOf);
}

/** Tools that write the file they name; reading ones name files, too. */
const editing = new Set(['replace', 'write_file']);

function toolOf({ cwd, tool_name: tool = 'tool', tool_input: given }: HookInput): ToolCall {
  const file = editing.has(tool) ? textField(given, 'file_path') : null;
  return describeTool({
    tool,
    cwd,
    files: file === null ? [] : [file],
    command: tool === 'run_shell_command' ? textField(given, 'command') : null,
    description: textField(given, 'description'),
    isSubagent: tool === 'invoke_agent',
  });
}

function answer(event: HookEvent, { tellAgent, tellUser, deny }: HookAnswer): string {
  const said = { ...bodyOf(event, tellAgent, deny), ...(tellUser ? { systemMessage: tellUser } : {}) };
  return Object.keys(said).length === 0 ? '' : JSON.stringify(said);
}

function bodyOf(event: HookEvent, tellAgent: string | undefined, deny: string | undefined): Record<string, unknown> {
  const context = tellAgent ? { hookSpecificOutput: { additionalContext: tellAgent } } : {};
  switch (event.kind) {
    case 'session':
    case 'tool-done':
      // Appended to the tool's result; `decision` would hide that result.
      return context;
    case 'prompt':
      return deny ? { decision: 'deny', reason: deny } : context;
    case 'tool':
      return deny ? { decision: 'deny', reason: deny } : {};
    case 'turn':
      // The text becomes a new prompt; asked for twice in a row it would be a loop.
      return tellAgent && !event.isContinued ? { decision: 'deny', reason: tellAgent } : {};
    case 'failed':
    case 'compact':
    case 'ended':
    case 'other':
      return {};
  }
}
