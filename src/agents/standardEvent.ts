import type { HookCommon, HookEvent, ToolCall } from './agent.ts';
import { sessionSource, type HookInput } from './hookInput.ts';

type StandardKind = 'session' | 'prompt' | 'tool' | 'tool-done' | 'turn' | 'compact' | 'ended';

/**
 * The event of an agent whose hooks are told in Claude Code's way, under names of its own.
 * @param kinds what each of its events is; of one that is not named here only the name is told
 */
export function standardEvent(
  input: HookInput,
  common: Pick<HookCommon, 'agent' | 'subagentId'>,
  kinds: Readonly<Partial<Record<string, StandardKind>>>,
  toolOf: (input: HookInput) => ToolCall,
): HookEvent {
  const name = input.hook_event_name;
  const told: HookCommon = {
    ...common,
    sessionId: input.session_id,
    cwd: input.cwd,
    transcriptPath: input.transcript_path ?? null,
  };
  const kind = kinds[name];
  switch (kind) {
    case 'session':
      return { ...told, kind, source: sessionSource(input.source) };
    case 'prompt': {
      const prompt = typeof input.prompt === 'string' ? input.prompt : '';
      return { ...told, kind, prompt, isAutoContinuation: false };
    }
    case 'tool':
    case 'tool-done':
      return { ...told, kind, ...toolOf(input) };
    case 'turn':
      return { ...told, kind, isContinued: input.stop_hook_active === true };
    case 'compact':
    case 'ended':
      return { ...told, kind };
    case undefined:
    default:
      return { ...told, kind: 'other', name };
  }
}
