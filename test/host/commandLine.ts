import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extensions } from 'vscode';

const run = promisify(execFile);

/** Runs the packaged CLI as another process would: what it does must reach the editor without being told. */
export async function commandLine<Report>(...args: string[]): Promise<Report> {
  const folder = extensions.getExtension('soft-landing.soft-landing')?.extensionPath ?? '';
  const { stdout } = await run(process.execPath, [join(folder, 'dist', 'cli.cjs'), ...args, '--json']);
  return JSON.parse(stdout) as Report;
}

/** Asks until the answer is something; throws when the time is up. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined>,
  seconds = 30,
): Promise<Value> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
