import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CheckpointSummary } from '../../src/protocol/checkpoint.ts';
import type { TokenCounts } from '../../src/protocol/usage.ts';

export const cliPath = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
export const hookPath = fileURLToPath(new URL('../../dist/hook.cjs', import.meta.url));

/** What `--json` prints, as far as tests read it (ARCHITECTURE.md). */
export interface CheckpointList {
  readonly checkpoints: readonly CheckpointSummary[];
}
export interface RestoreReport {
  readonly restored: string;
  readonly written: unknown;
  readonly deleted: unknown;
  readonly safety: string;
}
export interface UsageReport {
  readonly totals: TokenCounts & { readonly responses: number };
}

export interface CliRun {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CliOutcome {
  /** null when it was ended by a signal */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line program. */
export async function softLanding({ args, cwd, env }: CliRun): Promise<CliOutcome> {
  if (!existsSync(cliPath)) throw new Error('dist/cli.cjs is missing: run `npm run build` first.');
  const child = spawn(process.execPath, [cliPath, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]);
  return { exitCode, stdout, stderr };
}

/** Runs it with `--json`; anything but success is an error that shows what the program said. */
export async function softLandingJson<Report>(run: CliRun): Promise<Report> {
  const outcome = await softLanding({ ...run, args: [...run.args, '--json'] });
  if (outcome.exitCode !== 0) {
    // A crash quotes the line it happened on, and in a minified bundle that is all of it.
    const output = `${outcome.stdout}\n${outcome.stderr}`.replace(/.{400,}/g, (line) => `${line.slice(0, 400)}…`);
    throw new Error(`soft-landing ${run.args.join(' ')} exited with ${String(outcome.exitCode)}\n${output}`);
  }
  return JSON.parse(outcome.stdout) as Report;
}
