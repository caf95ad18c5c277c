import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { agentEnvironment, runAgent, type AgentOutcome } from '../runAgent.ts';
import type { MessagesApi } from './messagesApi.ts';

export interface ClaudeRun {
  /** the program that installClaude() returned */
  readonly program: string;
  readonly api: MessagesApi;
  readonly home: string;
  readonly cwd: string;
  readonly prompt: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly timeoutMs?: number;
}

export interface ClaudeOutcome extends AgentOutcome {
  /** every transcript of this configuration folder, subagents' included */
  readonly transcripts: readonly string[];
}

/** The folder Claude Code takes for its own under this home. */
export function claudeConfigFolder(home: string): string {
  return join(home, '.claude');
}

/** The whole environment of a run: an agent's, and what Claude Code takes for its own. */
export function claudeEnvironment(home: string, api: MessagesApi): Record<string, string> {
  return {
    ...agentEnvironment(home, api.url),
    CLAUDE_CONFIG_DIR: claudeConfigFolder(home),
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: ['dummy', 'key', 'of', 'a', 'test'].join('-'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_TELEMETRY: '1',
  };
}

/** Instead of the key: an account that has windows, and is told of them. */
export const asSubscriber: Readonly<Record<string, string>> = {
  CLAUDE_CODE_OAUTH_TOKEN: ['dummy', 'token', 'of', 'a', 'test'].join('-'),
  ANTHROPIC_API_KEY: '',
};

/** Runs the real Claude Code on one prompt, without its terminal interface, and waits for its end. */
export async function runClaude(run: ClaudeRun): Promise<ClaudeOutcome> {
  const configFolder = claudeConfigFolder(run.home);
  await mkdir(configFolder, { recursive: true });
  const args = ['-p', run.prompt, '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash', ...(run.args ?? [])];
  const env = { ...claudeEnvironment(run.home, run.api), ...run.env };
  const { program, cwd, timeoutMs } = run;
  const outcome = await runAgent({ program, args, cwd, env, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  return { ...outcome, transcripts: await transcriptsUnder(join(configFolder, 'projects')) };
}

async function transcriptsUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name));
}
