import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { shellQuote } from '../../../src/install/launcher.ts';
import { installClaude } from '../installAgents.ts';
import type { MessagesApi } from './messagesApi.ts';
import { claudeConfigFolder, claudeEnvironment } from './runClaude.ts';

export interface ClaudeTerminal {
  /** everything drawn so far, without colours and movements */
  screen(): string;
  type(keys: string): void;
  /** Waits until it holds; throws with what was drawn. */
  until(holds: () => boolean | Promise<boolean>, what: string): Promise<void>;
  /** Ends it and all it started. */
  close(): Promise<void>;
}

export interface TerminalRun {
  readonly api: MessagesApi;
  readonly home: string;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The real Claude Code with its terminal interface, in a terminal of `script` (util-linux, or macOS's own): only there does it draw a
 * statusline. Logged in as a subscriber, since others are told no limits.
 */
export async function openClaudeTerminal({ api, home, cwd, env = {} }: TerminalRun): Promise<ClaudeTerminal> {
  const program = await installClaude();
  agreeToEverything(home, cwd);
  const command = `stty rows 50 cols 160; exec ${shellQuote(program)} --permission-mode acceptEdits`;
  const words =
    process.platform === 'darwin' ? ['-q', '/dev/null', 'sh', '-c', command] : ['-qfc', command, '/dev/null'];
  const child = spawn('script', words, {
    cwd,
    env: { ...subscriberEnvironment(home, api), TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  let drawn = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (drawn += text));
  const screen = () => stripVTControlCharacters(drawn);
  return {
    screen,
    type(keys) {
      child.stdin.write(keys);
    },
    async until(holds, what) {
      const end = Date.now() + 60_000;
      while (!(await holds())) {
        if (Date.now() > end) throw new Error(`${what} did not come. The screen:\n${screen().slice(-4000)}`);
        await wait(100);
      }
    },
    close: () => endAll(child),
  };
}

/** The environment of an agent that is logged in by subscription: others are told no limits. */
export function subscriberEnvironment(home: string, api: MessagesApi): Record<string, string | undefined> {
  return {
    ...claudeEnvironment(home, api),
    // Else it would be used.
    ANTHROPIC_API_KEY: undefined,
    CLAUDE_CODE_OAUTH_TOKEN: ['dummy', 'login', 'of', 'a', 'test'].join('-'),
    IS_SANDBOX: '1',
  };
}

/** What a person has long answered: welcome, theme, trust in the folder. */
export function agreeToEverything(home: string, cwd: string): void {
  const folder = claudeConfigFolder(home);
  mkdirSync(folder, { recursive: true });
  const project = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true };
  const answers = { hasCompletedOnboarding: true, theme: 'dark', numStartups: 5, projects: { [cwd]: project } };
  writeFileSync(join(folder, '.claude.json'), JSON.stringify(answers));
}

/** `script` gives its terminal's program a session of its own: killing its group does not reach that, closing the terminal does. */
async function endAll(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  const inside = childrenOf(child.pid);
  for (const pid of [...inside, child.pid]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended by itself.
    }
  }
  await ended;
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
