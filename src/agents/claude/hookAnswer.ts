import type { HookAnswer, HookEvent } from '../agent.ts';

/**
 * An answer in Claude Code's own form (fields and effects as measured with version 2.1.330). `continue: false` is never used: it lets
 * the edit through and ends the turn, wherever it is.
 */
export function claudeHookAnswer(event: HookEvent, { tellAgent, tellUser, deny }: HookAnswer): string {
  const output = { ...outputFor(event, tellAgent, deny), ...(tellUser ? { systemMessage: tellUser } : {}) };
  return Object.keys(output).length === 0 ? '' : JSON.stringify(output);
}

function outputFor(event: HookEvent, tellAgent: string | undefined, deny: string | undefined): object {
  switch (event.kind) {
    case 'session':
    case 'tool-done':
      return tellAgent ? specific(event, { additionalContext: tellAgent }) : {};
    case 'prompt':
      // A refused prompt is never sent, so nothing goes with it.
      if (deny) return { decision: 'block', reason: deny };
      return tellAgent ? specific(event, { additionalContext: tellAgent }) : {};
    case 'tool':
      if (!deny && !tellAgent) return {};
      return specific(event, {
        ...(deny ? { permissionDecision: 'deny', permissionDecisionReason: deny } : {}),
        ...(tellAgent ? { additionalContext: tellAgent } : {}),
      });
    case 'turn':
      // Makes the turn go on once more. The older of two ways, which all versions with hooks know.
      return tellAgent ? { decision: 'block', reason: tellAgent } : {};
    case 'failed':
    case 'compact':
    case 'ended':
    case 'other':
      return {};
  }
}

/** Claude Code takes it only with the name of the event that it answers. */
function specific({ hookName, kind }: HookEvent, fields: object): object {
  return { hookSpecificOutput: { hookEventName: hookName ?? kind, ...fields } };
}
