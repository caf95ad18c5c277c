import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { plainEnvironment } from '../host/environment.ts';
import { guardGroup, ownGroup } from '../host/guard.ts';
import { findOnPath } from '../host/programs.ts';
import { writeSettings } from '../host/quietSettings.ts';
import { runProgram } from '../host/runProgram.ts';

/** Whether a window can be shown on this machine. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** The desktop VS Code, when it is there and can show a window here. */
export function findDesktopCode(): string | null {
  const path = hasDisplay() ? findOnPath('code') : null;
  // In a remote terminal and in WSL `code` talks to an editor on another system, which has no extension of ours to load.
  const elsewhere = process.env['VSCODE_IPC_HOOK_CLI'] !== undefined || path?.startsWith('/mnt/') === true;
  return elsewhere ? null : path;
}

export interface DesktopOptions {
  readonly root: string;
  readonly folder: string;
  readonly scratch: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly env: NodeJS.ProcessEnv;
}

export interface DesktopWindow {
  /** resolves when the person has closed the window */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

/** Opens a folder in desktop VS Code with the extension at `root`, in a profile of its own under `scratch`. */
export function openDesktop(code: string, options: DesktopOptions): DesktopWindow {
  const profile = join(options.scratch, 'user');
  writeSettings(profile, options.settings);
  const args = [
    ...['--wait', '--new-window', '--user-data-dir', profile, '--extensions-dir', join(options.scratch, 'extensions')],
    ...[`--extensionDevelopmentPath=${options.root}`, options.folder],
  ];
  const env = { ...plainEnvironment(), ...xAuthority(), ...options.env };
  // On Windows `code` is a batch file, which only a shell can start, and Node joins a shell's words as they are.
  const shell = process.platform === 'win32';
  const word = (text: string): string => (shell ? `"${text}"` : text);
  const child = spawn(word(code), args.map(word), { env, stdio: 'ignore', shell, ...ownGroup });
  guardGroup(child);
  return {
    closed: new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${code} could not be started: ${error.message}`)));
      child.once('exit', () => resolve());
    }),
    // The `code` program starts the editor in a session of its own, where our group signal does not reach; its profile's path names it.
    stop: () => endProcessesNaming(profile),
  };
}

/** With another HOME the file that lets programs talk to the X server would not be found. */
function xAuthority(): NodeJS.ProcessEnv {
  const file = process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority');
  return existsSync(file) ? { XAUTHORITY: file } : {};
}

/** Ends every process in whose command line this text stands. */
async function endProcessesNaming(text: string): Promise<void> {
  for (const { pid, command } of await processes()) {
    if (pid === process.pid || !command.includes(text)) continue;
    try {
      process.kill(pid, 'SIGTERM');
    } catch {
      // it ended with its parent
    }
  }
}

async function processes(): Promise<{ readonly pid: number; readonly command: string }[]> {
  if (process.platform === 'win32') return [];
  if (process.platform !== 'linux') {
    const lines = (await runProgram('ps', ['-Ao', 'pid=,args='])).split('\n');
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
