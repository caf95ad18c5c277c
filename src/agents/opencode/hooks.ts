import * as v from 'valibot';
import type { AgentHooks, HookAnswer, HookCommon, HookEvent, ToolCall } from '../agent.ts';
import { describeTool } from '../describeTool.ts';
import { parseJsonAs, textField } from '../hookInput.ts';
import { filesOfPatch } from '../patchFiles.ts';

/** What is said before a tool the plugin keeps until the tool is done. Nothing reaches the model at a turn's end: it is over by then. */
const hearing: AgentHooks['hearing'] = new Set(['session', 'prompt', 'tool', 'tool-done']);

/** opencode has no hooks that are commands: our plugin (pluginText.ts) tells the hook what happens, and hands on what it answers. */
export const opencodeHooks: AgentHooks = { agent: 'opencode', hearing, parse, answer };

/** What the plugin sends. */
const inputSchema = v.looseObject({
  event: v.string(),
  session: v.string(),
  /** of a subagent's session: the session that started it */
  parent: v.optional(v.nullable(v.string())),
  cwd: v.string(),
  prompt: v.optional(v.unknown()),
  tool: v.optional(v.string()),
  args: v.optional(v.unknown()),
  error: v.optional(v.unknown()),
  /** epoch milliseconds at which opencode tries again by itself */
  next: v.optional(v.unknown()),
});
type Input = v.InferOutput<typeof inputSchema>;

function parse(stdin: string): HookEvent | null {
  const input = parseJsonAs(inputSchema, stdin);
  if (!input) return null;
  const common: HookCommon = {
    agent: 'opencode',
    sessionId: input.parent ?? input.session,
    cwd: input.cwd,
    // A database, which holds every session.
    transcriptPath: null,
    subagentId: input.parent ? input.session : null,
  };
  switch (input.event) {
    case 'session':
      return { ...common, kind: 'session', source: null };
    case 'prompt':
      return {
        ...common,
        kind: 'prompt',
        prompt: typeof input.prompt === 'string' ? input.prompt : '',
        isAutoContinuation: false,
      };
    case 'tool':
      return { ...common, kind: 'tool', ...toolOf(input) };
    case 'tool-done':
      return { ...common, kind: 'tool-done', ...toolOf(input) };
    case 'turn':
      return { ...common, kind: 'turn', isContinued: false };
    case 'failed':
      return {
        ...common,
        kind: 'failed',
        error: typeof input.error === 'string' ? input.error : '',
        resetsAt: typeof input.next === 'number' ? input.next : null,
      };
    case 'compact':
      return { ...common, kind: 'compact' };
    case 'ended':
      return { ...common, kind: 'ended' };
    default:
      return { ...common, kind: 'other', name: input.event };
  }
}

/** Tools that write the file they name; reading ones name files, too. */
const editing = new Set(['edit', 'write', 'multiedit']);

function toolOf({ cwd, tool = 'tool', args }: Input): ToolCall {
  const file = editing.has(tool) ? textField(args, 'filePath') : null;
  return describeTool({
    tool,
    cwd,
    files: file === null ? filesOfPatch(textField(args, 'patchText') ?? '') : [file],
    command: tool === 'bash' ? textField(args, 'command') : null,
    description: textField(args, 'description'),
    isSubagent: tool === 'task',
  });
}

/** `{"tell"?, "deny"?, "user"?}`: what the plugin understands. */
function answer(event: HookEvent, { tellAgent, tellUser, deny }: HookAnswer): string {
  // A plugin that refuses a prompt makes opencode end with an "unexpected error" that does not say why: nobody would be told.
  const canDeny = event.kind === 'tool';
  const said = {
    ...(tellAgent && hearing.has(event.kind) ? { tell: tellAgent } : {}),
    ...(deny && canDeny ? { deny } : {}),
    ...(tellUser ? { user: tellUser } : {}),
  };
  return Object.keys(said).length === 0 ? '' : JSON.stringify(said);
}
