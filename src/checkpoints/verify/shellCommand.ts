import { spawn, spawnSync } from 'node:child_process';
import { errorCode } from '../../store/errno.ts';
import { OutputTail } from './outputTail.ts';

export interface ShellCommand {
  readonly command: string;
  readonly cwd: string;
  /** how long it may take before it is ended, with all that it started */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** what it prints, as it comes; stdout and stderr in one stream, as on a terminal */
  readonly onOutput?: ((chunk: Buffer) => void) | undefined;
}

export interface CommandEnd {
  /** deadline, aborted: it was ended by us · not-started: there is no shell, or no such folder */
  readonly end: 'exited' | 'deadline' | 'aborted' | 'not-started';
  /** null: ended by a signal */
  readonly exitCode: number | null;
  readonly ms: number;
  /** the last of what it printed */
  readonly output: string;
}

/** After the command has ended, what it left running may still hold its output open. */
const lingerMs = 1000;
/** From asking to end (so that a test runner can end its servers) to ending by force. */
const graceMs = 2000;

const isWindows = process.platform === 'win32';

/**
 * Variables that are about this process and not about the user's work: an editor's extension host runs as Node, and git hooks send git
 * to one repository. A terminal has neither.
 */
const own =
  /^(?:electron_run_as_node|vscode_.*|git_(?:dir|work_tree|index_file|common_dir|prefix|namespace|object_directory))$/i;

export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}

/**
 * Runs a command line in the platform's shell (`sh`, `cmd`), as package managers and make run theirs: the same for editor, hook and
 * command line, whatever shell a person types in. It has a process group of its own, which is ended as a whole. Never throws.
 */
export function runShellCommand(request: ShellCommand): Promise<CommandEnd> {
  const { command, cwd, deadlineMs, signal, onOutput } = request;
  const started = performance.now();
  const tail = new OutputTail();
  let forced: 'deadline' | 'aborted' | null = null;
  return new Promise((resolve) => {
    const done = (end: CommandEnd['end'], exitCode: number | null, more = ''): void => {
      clearTimeout(deadline);
      clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      resolve({ end, exitCode, ms: Math.round(performance.now() - started), output: tail.text() + more });
    };
    const child = spawn(command, {
      cwd,
      env: commandEnvironment(process.env),
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      detached: !isWindows,
    });
    let grace: NodeJS.Timeout | undefined;
    const stop = (reason: 'deadline' | 'aborted'): void => {
      if (forced !== null) return;
      forced = reason;
      endGroup(child.pid, 'SIGTERM');
      grace = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs);
    };
    const abort = (): void => stop('aborted');
    const deadline = setTimeout(() => stop('deadline'), deadlineMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const take = (chunk: Buffer): void => {
      tail.add(chunk);
      onOutput?.(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => done('not-started', null, error.message));
    child.once('exit', () => {
      // What it started and did not end would go on changing files, or hold the port of the next run.
      if (forced === null) endGroup(child.pid, 'SIGTERM');
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (forced === null) endGroup(child.pid, 'SIGKILL');
      }, lingerMs).unref();
    });
    child.once('close', (code) => {
      if (forced !== null) endGroup(child.pid, 'SIGKILL');
      done(forced ?? 'exited', code);
    });
  });
}

function endGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  if (isWindows) {
    // No process groups there; /T takes the tree, and there is nothing gentler that reaches console programs.
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: nothing is left of it. EPERM (macOS): only zombies are.
    const code = errorCode(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
