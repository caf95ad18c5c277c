import type { AgentHooks, HookAnswer, HookEvent, ToolCall } from '../agent.ts';
import { describeTool } from '../describeTool.ts';
import { parseHookInput, textField, type HookInput } from '../hookInput.ts';
import { filesOfPatch } from '../patchFiles.ts';
import { standardEvent } from '../standardEvent.ts';

/** Codex's hooks (events, fields and answers as measured with 0.169.0). */
export const codexHooks: AgentHooks = {
  agent: 'codex',
  hearing: new Set(['session', 'prompt', 'tool', 'tool-done', 'turn']),
  transcriptsTellLimits: true,
  parse,
  answer,
};

const kinds = {
  SessionStart: 'session',
  UserPromptSubmit: 'prompt',
  PreToolUse: 'tool',
  PostToolUse: 'tool-done',
  Stop: 'turn',
  PreCompact: 'compact',
  SessionEnd: 'ended',
} as const;

function parse(stdin: string): HookEvent | null {
  const input = parseHookInput(stdin);
  return input && standardEvent(input, { agent: 'codex', subagentId: input.agent_id ?? null }, kinds, toolOf);
}

/** apply_patch has its whole patch in `command`, where the shell tool has its command line. */
function toolOf({ cwd, tool_name: tool = 'tool', tool_input: given }: HookInput): ToolCall {
  const command = textField(given, 'command');
  const isPatch = tool === 'apply_patch';
  return describeTool({
    tool,
    cwd,
    files: isPatch ? filesOfPatch(command ?? '') : [],
    command: isPatch ? null : command,
    description: null,
    isSubagent: tool === 'spawn_agent',
  });
}

function answer(event: HookEvent, { tellAgent, tellUser, deny }: HookAnswer): string {
  const said = { ...bodyOf(event, tellAgent, deny), ...(tellUser ? { systemMessage: tellUser } : {}) };
  return Object.keys(said).length === 0 ? '' : JSON.stringify(said);
}

/** Codex takes context at four events; where it does not know it, the whole answer would be invalid. */
function bodyOf(event: HookEvent, tellAgent: string | undefined, deny: string | undefined): Record<string, unknown> {
  const context = tellAgent ? { additionalContext: tellAgent } : {};
  const specific = (hookEventName: string, more: Record<string, unknown>): Record<string, unknown> =>
    Object.keys(more).length === 0 ? {} : { hookSpecificOutput: { hookEventName, ...more } };
  switch (event.kind) {
    case 'session':
      return specific('SessionStart', context);
    case 'prompt':
      return deny ? { decision: 'block', reason: deny } : specific('UserPromptSubmit', context);
    case 'tool':
      return specific('PreToolUse', {
        ...(deny ? { permissionDecision: 'deny', permissionDecisionReason: deny } : {}),
        ...context,
      });
    case 'tool-done':
      // Never `decision: "block"`: it would put our text in the place of the tool's output.
      return specific('PostToolUse', context);
    case 'turn':
      // One more round; asked for twice in a row it would be a loop.
      return tellAgent && !event.isContinued ? { decision: 'block', reason: tellAgent } : {};
    case 'failed':
    case 'compact':
    case 'ended':
    case 'other':
      return {};
  }
}
