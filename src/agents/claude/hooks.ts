import type { AgentHooks } from '../agent.ts';
import { claudeHookAnswer } from './hookAnswer.ts';
import { parseClaudeHookEvent } from './hookEvent.ts';

/** Claude Code's hooks: what it tells them, and how they answer. */
export const claudeHooks: AgentHooks = {
  agent: 'claude',
  hearing: new Set(['session', 'prompt', 'tool', 'tool-done', 'turn']),
  parse: parseClaudeHookEvent,
  answer: claudeHookAnswer,
};
