import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { detectVerifyCommands } from '../checkpoints/verify/detectCommands.ts';
import { lastLines } from '../checkpoints/verify/outputTail.ts';
import { readProjectFiles } from '../checkpoints/verify/projectFiles.ts';
import type { Verification } from '../checkpoints/verify/verify.ts';
import type { VerifyCommand } from '../checkpoints/verify/verifyCommands.ts';
import { openCheckpoints } from './checkpointArguments.ts';
import { colors } from './colors.ts';
import { CommandError, UsageError, type Command } from './command.ts';
import { unwrap } from './failures.ts';

export const checkpointVerify: Command = {
  name: 'checkpoint verify',
  usage: 'checkpoint verify ID|--now [--command COMMAND]',
  summary: 'run the verify command on the present files and mark their checkpoint green or red (exit 1: red)',
  options: { now: { type: 'boolean' }, command: { type: 'string' } },
  async run(context, values, positionals) {
    const [id, ...rest] = positionals;
    const isNow = values['now'] === true;
    if (rest.length > 0 || (id === undefined) !== isNow)
      throw new UsageError('either a checkpoint id or --now is needed');
    const checkpoints = await openCheckpoints(context, isNow ? { allowLarge: false } : {});
    const given = values['command'];
    if (typeof given === 'string') {
      if (given.trim() === '') throw new UsageError('the command is empty');
      unwrap(await (await checkpoints.verifying()).setCommand(given));
    }
    const command = await commandToRun(checkpoints, context.repoDir);
    const done = await runVerify(checkpoints, command, { isJson: values['json'] === true, id });
    return { json: verifyJson(done), text: verifyText(done), exitCode: done.verified === 'green' ? 0 : 1 };
  },
};

/** What is set; where nothing is, a refusal that names what could be. */
async function commandToRun(checkpoints: Checkpoints, dir: string): Promise<VerifyCommand> {
  const set = unwrap(await (await checkpoints.verifying()).command());
  if (set) return set;
  const found = detectVerifyCommands(await readProjectFiles(dir));
  const offers = found.map(({ command, source }) => `\n  ${command}  (${source})`).join('');
  const help = offers === '' ? '' : ` Found here:${offers}`;
  const how = 'Set one with: soft-landing checkpoint verify --now --command COMMAND.';
  throw new CommandError('no-verify-command', `No verify command is set for this folder. ${how}${help}`);
}

interface VerifyRun {
  readonly isJson: boolean;
  readonly id?: string | undefined;
}

/** Runs it with its output on the terminal; Ctrl-C ends the command and marks nothing. */
export async function runVerify(
  checkpoints: Checkpoints,
  { command, folder }: VerifyCommand,
  { isJson, id }: VerifyRun,
): Promise<Verification> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  // It has a process group of its own, which the terminal's Ctrl-C does not reach.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, abort);
  if (!isJson) process.stderr.write(colors.dim(`$ ${command}${folder === '' ? '' : `  (in ${folder})`}\n`));
  try {
    return unwrap(
      await (
        await checkpoints.verifying()
      ).run({
        command,
        folder,
        ...(id === undefined ? {} : { id }),
        signal: controller.signal,
        // On stderr, where progress belongs; with --json stdout is one document, and stderr stays for what went wrong.
        ...(isJson ? {} : { onOutput: (chunk: Buffer) => process.stderr.write(chunk) }),
      }),
    );
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abort);
  }
}

/** The document of the CLI contract. */
export function verifyJson(done: Verification) {
  const { checkpoint, verified, exitCode, ms, output, changed, command, passed, end } = done;
  return {
    id: checkpoint.id,
    verified,
    exitCode,
    ms,
    output,
    changed: verified === null,
    changedPaths: changed,
    command,
    passed,
    timedOut: end === 'deadline',
  };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Why it is red, in a few words. */
export function endText({ end, exitCode, ms }: Pick<Verification, 'end' | 'exitCode' | 'ms'>): string {
  if (end === 'deadline') return `it did not end within ${seconds(ms)}`;
  return exitCode === null ? 'it was ended by a signal' : `exit code ${exitCode}`;
}

export function verifyText(done: Verification): string {
  const { checkpoint, verified, ms, changed, command, passed } = done;
  const name = `${colors.bold(checkpoint.id)} (${checkpoint.label})`;
  if (verified === 'green') return `${colors.green('green')}  ${name}: ${command} passed in ${seconds(ms)}.`;
  if (verified === 'red') return `${colors.red('red')}  ${name}: ${command} failed (${endText(done)}).`;
  const what = changed.length === 0 ? '' : `: ${changed.join(', ')}`;
  return [
    `${colors.yellow('not marked')}  ${command} ${passed ? 'passed' : 'failed'}, but files were changed while it ran${what}.`,
    'What a test run itself writes belongs into .gitignore; else run it again when nobody changes anything.',
  ].join('\n');
}

/** For a plan and its reports: what failed, short enough to be read. */
export function failureText(done: Verification): string {
  return `${done.command}: ${endText(done)}\n${lastLines(done.output, 20)}`;
}
