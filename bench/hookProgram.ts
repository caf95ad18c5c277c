import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launcherFile, writeLauncher } from '../src/install/launcher.ts';
import { eventLogFile } from '../src/store/eventLog.ts';
import { hookPath } from '../test/support/softLanding.ts';
import type { BenchRepository } from './benchRepository.ts';
import { runTimed } from './timedProcess.ts';

export type HookEventName = 'SessionStart' | 'UserPromptSubmit' | 'PreToolUse' | 'PostToolBatch';
/** What its log says afterwards; null: nothing, as after tools. */
export type Expected = 'checkpoint.created' | 'checkpoint.unchanged' | null;

export interface HookTime {
  readonly ms: number;
  /** the part of it between opening the repository and the saved checkpoint, as the hook's own log tells */
  readonly savingMs: number | null;
}

interface LogLine {
  readonly event: string;
  readonly ms?: number;
}

/** The Node that the hook runs on: how fast that one starts is the greater part of the figure. */
export const benchNode = process.env['SOFT_LANDING_BENCH_NODE'] ?? process.execPath;

/** The state folder is what tells whether limits are known. */
export type HookEnvironment = NodeJS.ProcessEnv & { readonly SOFT_LANDING_HOME: string };

/** Runs the hook's launcher as the agent does, and throws unless its log says that it did what is measured. */
export async function runHook(
  repository: BenchRepository,
  name: HookEventName,
  expected: Expected,
  env: HookEnvironment,
): Promise<HookTime> {
  // Between two hooks of an agent lies a response of its model. Sooner, the look that the launcher begins could not be told from an outdated one.
  await sleep(200);
  const log = eventLogFile(env.SOFT_LANDING_HOME);
  const before = linesOf(log).length;
  const stdin = JSON.stringify(eventOf(repository, name));
  const { dir } = repository;
  await writeLauncher({ hook: hookPath, runtimes: [benchNode], stateFolder: env.SOFT_LANDING_HOME });
  const { ms, stdout } = await runTimed({
    program: launcherFile(env.SOFT_LANDING_HOME),
    args: name === 'PostToolBatch' ? ['claude', 'landing'] : ['claude'],
    cwd: dir,
    env,
    stdin,
  });
  const written = linesOf(log).slice(before);
  const [line] = written;
  if (written.length !== (expected === null ? 0 : 1) || (line?.event ?? null) !== expected || stdout !== '') {
    throw new Error(
      `${name} in ${dir}: expected ${expected} and no output, found ${JSON.stringify(written)} ${stdout}`,
    );
  }
  return { ms, savingMs: line?.ms ?? null };
}

/** The input that Claude Code gives, as far as the hook reads it. */
function eventOf(repository: BenchRepository, name: HookEventName): Record<string, unknown> {
  const transcript = transcriptOf(repository);
  const common = { hook_event_name: name, session_id: 'bench', cwd: repository.dir, transcript_path: transcript };
  switch (name) {
    case 'SessionStart':
      return { ...common, source: 'startup' };
    case 'UserPromptSubmit':
      return { ...common, prompt: 'Rename the function and run the tests' };
    case 'PostToolBatch':
      return { ...common, tool_calls: [{ tool_name: 'Bash', tool_input: { command: 'npm test' } }] };
    case 'PreToolUse':
      return { ...common, tool_name: 'Bash', tool_input: { command: 'npm test', description: 'Run the tests' } };
  }
}

/** Where the session that is measured has its transcript; its account is the folder `claude` in it. */
export function transcriptOf(repository: BenchRepository): string {
  return join(repository.dir, '..', 'claude', 'projects', 'bench', 'bench.jsonl');
}

function linesOf(file: string): readonly LogLine[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // The first run makes it.
    return [];
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as LogLine);
}
