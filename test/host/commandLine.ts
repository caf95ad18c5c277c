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

/** Asks until the answer is something; throws after ten seconds. */
export async function eventually<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited 10 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
