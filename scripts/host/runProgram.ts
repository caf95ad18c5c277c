import { spawn } from 'node:child_process';
import { guardGroup, ownGroup, releaseGroup } from './guard.ts';

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/** Runs a program to its end and returns what it printed. Throws with the last lines of its output when it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      timeout: options.timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
      // An npm that is ended alone leaves its compiler running.
      ...ownGroup,
    });
    guardGroup(child);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      releaseGroup(child);
      if (code === 0) resolve(output);
      else reject(new Error(`${[program, ...args].join(' ')} failed (${code ?? signal}):\n${lastLines(output, 15)}`));
    });
  });
}

/** Runs npm: the one this script was started by where there is one, because a plain `npm` is a shell script on Windows. */
export async function runNpm(
  args: readonly string[],
  options: ProgramOptions & { readonly node?: string },
): Promise<string> {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return runProgram(options.node ?? process.execPath, [script, ...args], options);
  return runProgram('npm', args, options);
}

function lastLines(text: string, count: number): string {
  return text.trim().split('\n').slice(-count).join('\n');
}
