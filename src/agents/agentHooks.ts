import type { AgentHooks } from './agent.ts';
import { claudeHooks } from './claude/hooks.ts';
import { codexHooks } from './codex/hooks.ts';
import { geminiHooks } from './gemini/hooks.ts';
import { opencodeHooks } from './opencode/hooks.ts';

/** Every agent whose hooks we know. */
const all: readonly AgentHooks[] = [claudeHooks, codexHooks, geminiHooks, opencodeHooks];

/** How this agent's hooks are read and answered; null for an agent that we know none of. */
export function agentHooks(agent: string): AgentHooks | null {
  return all.find((hooks) => hooks.agent === agent) ?? null;
}
