import type { AgentHooks, HookAnswer, HookCommon, HookEvent, ToolCall } from '../agent.ts';
import { describeTool } from '../describeTool.ts';
import { parseHookInput, sessionSource, textField, type HookInput } from '../hookInput.ts';
import { filesOfPatch } from '../patchFiles.ts';

/** Codex's hooks (events, fields and answers as measured with 0.169.0). */
export const codexHooks: AgentHooks = {
  agent: 'codex',
  hearing: new Set(['session', 'prompt', 'tool', 'tool-done', 'turn']),
  transcriptsTellLimits: true,
  parse,
  answer,
};

function parse(stdin: string): HookEvent | null {
  const input = parseHookInput(stdin);
  if (!input) return null;
  const common: HookCommon = {
    agent: 'codex',
    sessionId: input.session_id,
    cwd: input.cwd,
    transcriptPath: input.transcript_path ?? null,
    subagentId: input.agent_id ?? null,
  };
  switch (input.hook_event_name) {
    case 'SessionStart':
      return { ...common, kind: 'session', source: sessionSource(input.source) };
    case 'UserPromptSubmit':
      return {
        ...common,
        kind: 'prompt',
        prompt: typeof input.prompt === 'string' ? input.prompt : '',
        isAutoContinuation: false,
      };
    case 'PreToolUse':
      return { ...common, kind: 'tool', ...toolOf(input) };
    case 'PostToolUse':
      return { ...common, kind: 'tool-done', ...toolOf(input) };
    case 'Stop':
      return { ...common, kind: 'turn', isContinued: input.stop_hook_active === true };
    case 'PreCompact':
      return { ...common, kind: 'compact' };
    case 'SessionEnd':
      return { ...common, kind: 'ended' };
    default:
      return { ...common, kind: 'other', name: input.hook_event_name };
  }
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
