import { spawn, type ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tsxLoader } from './tsxLoader.ts';

const groups = new Set<ChildProcess>();
const folders = new Set<string>();
let guardian: ChildProcess | null = null;

/** For spawn: a child with a process group of its own, which can be ended with all it started. On Windows that would open a console. */
export const ownGroup = { detached: process.platform !== 'win32' } as const;

/** Has the child's whole group (`ownGroup`) ended when this process ends, even by SIGKILL. */
export function guardGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  groups.add(child);
  tell(`group ${child.pid}`);
}

/** The group has come to its own end: its number may soon be somebody else's. */
export function releaseGroup(child: ChildProcess): void {
  if (groups.delete(child)) tell(`ended ${child.pid ?? 0}`);
}

/** Has this folder removed when this process ends, even by SIGKILL. */
export function guardFolder(folder: string): void {
  folders.add(folder);
  tell(`folder ${folder}`);
}

/** Removes a folder, patiently: processes that are just ending may still write into it. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 8, retryDelay: 150 });
  if (folders.delete(folder)) tell(`removed ${folder}`);
}

/** Ends a child's group: asks first, then forces. Returns when the child is gone. */
export async function stopGroup(child: ChildProcess, patienceMs = 3000): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + patienceMs;
  while (signalGroup(pid, 0) && Date.now() < deadline) await wait(50);
  signalGroup(pid, 'SIGKILL');
  // Node reports the exit a moment after the signal.
  for (let i = 0; i < 100 && child.exitCode === null && child.signalCode === null; i++) await wait(20);
  releaseGroup(child);
}

/** Ends every guarded group and removes every guarded folder. */
export async function stopEverything(): Promise<void> {
  await Promise.all([...groups].map((child) => stopGroup(child)));
  await Promise.all([...folders].map((folder) => removeFolder(folder)));
}

/** False when there is no such group any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(ownGroup.detached ? -pid : pid, signal);
    return true;
  } catch {
    return false;
  }
}

function tell(line: string): void {
  guardian ??= startGuardian();
  guardian.stdin?.write(`${line}\n`);
}

function startGuardian(): ChildProcess {
  const script = fileURLToPath(new URL('guardian.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', tsxLoader, script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A guardian that cannot start or is killed must not take down the process it is there for, nor keep it from ending.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe is a socket, which the types of spawn() do not say.
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
