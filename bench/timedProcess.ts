import { spawn } from 'node:child_process';

export interface ProcessRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

export interface ProcessOutcome {
  /** from just before the spawn until the process has ended and its output is read: what a caller waits */
  readonly ms: number;
  readonly stdout: string;
}

/** Runs a program to its end and times all of it. Throws unless it exits with 0. */
export async function runTimed({ program, args, cwd, env, stdin = '' }: ProcessRun): Promise<ProcessOutcome> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { cwd, env });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program may end without reading its input (EPIPE); its exit code tells what that meant.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const ms = performance.now() - started;
      const said = Buffer.concat(stderr).toString('utf8').slice(0, 1000);
      if (code === 0) resolve({ ms, stdout: Buffer.concat(stdout).toString('utf8') });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${said}`));
    });
  });
}
