import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export interface AgentRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** called with what it has printed so far; true ends the run, for an agent that waits instead of ending */
  readonly isEnough?: () => boolean;
}

export interface AgentOutcome {
  /** null when it was ended by a signal, ours at the timeout included */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/**
 * The environment of an agent's run, made from nothing, so that no login, setting or proxy of the person running the tests reaches it.
 * What is not for the loopback API goes to it all the same, as to a proxy, and is refused and reported there.
 */
export function agentEnvironment(home: string, apiUrl: string): Record<string, string> {
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
    HTTP_PROXY: apiUrl,
    HTTPS_PROXY: apiUrl,
    NO_PROXY: '127.0.0.1',
  };
}

/** Runs an agent's program, and waits for its end. */
export async function runAgent({ program, args, cwd, env, timeoutMs, isEnough }: AgentRun): Promise<AgentOutcome> {
  const started = performance.now();
  // A process group of its own, so that the timeout ends its hooks and shells too.
  const detached = process.platform !== 'win32';
  const child = spawn(program, args, { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached });
  const end = (): void => endGroup(child.pid);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const timer = setTimeout(end, timeoutMs ?? 60_000);
  const watch = isEnough ? setInterval(() => isEnough() && end(), 100) : undefined;
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { exitCode, stdout, stderr, milliseconds: performance.now() - started };
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
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
