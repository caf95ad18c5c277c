import { spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

export interface ClaudeOutcome {
  /** null when it was ended by a signal, ours at the timeout included */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** every transcript of this configuration folder, subagents' included */
  readonly transcripts: readonly string[];
  readonly milliseconds: number;
}

/** The folder Claude Code takes for its own under this home. */
export function claudeConfigFolder(home: string): string {
  return join(home, '.claude');
}

/**
 * The whole environment of a run, made from nothing, so that no login, setting or proxy of the person running the tests reaches it. What is
 * not for the loopback API goes to it all the same, as to a proxy, and is refused and reported there.
 */
export function claudeEnvironment(home: string, api: MessagesApi): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR'];
  const inherited = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    // The hook needs a Node, and the one that runs the tests is known to be there.
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(process.platform === 'win32' ? ';' : ':'),
    HOME: home,
    USERPROFILE: home,
    LANG: 'C.UTF-8',
    CLAUDE_CONFIG_DIR: claudeConfigFolder(home),
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: ['dummy', 'key', 'of', 'a', 'test'].join('-'),
    HTTP_PROXY: api.url,
    HTTPS_PROXY: api.url,
    NO_PROXY: '127.0.0.1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_TELEMETRY: '1',
  };
}

/** Runs the real Claude Code on one prompt, without its terminal interface, and waits for its end. */
export async function runClaude(run: ClaudeRun): Promise<ClaudeOutcome> {
  const configFolder = claudeConfigFolder(run.home);
  await mkdir(configFolder, { recursive: true });
  const started = performance.now();
  const args = ['-p', run.prompt, '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash', ...(run.args ?? [])];
  const child = spawn(run.program, args, {
    cwd: run.cwd,
    env: { ...claudeEnvironment(run.home, run.api), ...run.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that the timeout ends its hooks and shells too.
    detached: process.platform !== 'win32',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const timer = setTimeout(() => endGroup(child.pid), run.timeoutMs ?? 60_000);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const milliseconds = performance.now() - started;
    return {
      exitCode,
      stdout,
      stderr,
      milliseconds,
      transcripts: await transcriptsUnder(join(configFolder, 'projects')),
    };
  } finally {
    clearTimeout(timer);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Ended by itself in this very moment.
  }
}

async function transcriptsUnder(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name));
}
