import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stateFolder } from '../store/stateFolder.ts';
import { colors } from './colors.ts';
import { CommandError, UsageError, type Command, type CommandContext, type CommandOptions } from './command.ts';
import { explained } from './failures.ts';
import { helpText, sentence } from './helpText.ts';
import { surroundingsFor } from './surroundings.ts';

const globalOptions: CommandOptions = {
  json: { type: 'boolean' },
  repo: { type: 'string' },
  home: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
};

/** The command that the first words name, and the words after them. */
function findCommand(
  commands: readonly Command[],
  argv: readonly string[],
): { command: Command; rest: string[] } | null {
  const isOption = (word: string): boolean => word.startsWith('-');
  // Global options may stand in front: `soft-landing --json usage`.
  const valued = new Set(['--repo', '--home']);
  const at = argv.findIndex((word, index) => !isOption(word) && !valued.has(argv[index - 1] ?? ''));
  if (at < 0) return null;
  for (const length of [2, 1]) {
    const name = argv.slice(at, at + length).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command) return { command, rest: [...argv.slice(0, at), ...argv.slice(at + length)] };
  }
  return null;
}

function parse(command: Command, rest: string[]) {
  try {
    return parseArgs({ args: rest, options: { ...globalOptions, ...command.options }, allowPositionals: true });
  } catch (error) {
    // parseArgs throws TypeErrors with good sentences ("Unknown option '--x'").
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

function version(programDir: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.join(programDir, '..', 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion && typeof manifest.version === 'string' ? manifest.version : 'unknown';
}

/** The first Ctrl-C is answered with patience, the second one obeyed. Our git does not see either: it has its own process group. */
function finishWhenInterrupted(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.stderr.write('soft-landing: finishing first, so that nothing is left half done (again to force)\n');
      process.once(signal, () => process.exit(130));
    });
  }
}

/** After a second without a word, a person at a terminal is told that it goes on, and what Ctrl-C would do. */
async function saySlow<Value>(command: Command, work: () => Promise<Value>): Promise<Value> {
  const onInterrupt = command.finishesWhenInterrupted ? 'finishes first' : 'stops it';
  const timer = setTimeout(() => {
    process.stderr.write(colors.dim(`soft-landing: still working… (Ctrl-C ${onInterrupt})\n`));
  }, 1000);
  // Programs read stderr as what went wrong; and the hook answers an agent.
  if (!process.stderr.isTTY || command.isHook === true || command.isTee === true) clearTimeout(timer);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}

async function run(commands: readonly Command[], argv: readonly string[]): Promise<number> {
  // What follows `--` is another program's.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const isJson = own.includes('--json');
  if (own.includes('--version')) {
    print(version(__dirname));
    return 0;
  }
  const found = findCommand(commands, argv);
  const wantsHelp = own.includes('--help') || own.includes('-h') || argv.length === 0;
  if (wantsHelp) {
    print(
      found
        ? `soft-landing ${found.command.usage}\n${sentence(found.command.summary)}`
        : helpText(commands, process.stdout.isTTY ? process.stdout.columns : 100),
    );
    return 0;
  }
  let folder = '';
  try {
    if (!found) throw new UsageError('no such command');
    const { values, positionals } = parse(found.command, found.rest);
    const home = typeof values['home'] === 'string' ? values['home'] : undefined;
    const surroundings = surroundingsFor(home, { home: os.homedir(), env: process.env, platform: process.platform });
    folder = stateFolder(surroundings);
    const context: CommandContext = {
      surroundings,
      stateFolder: folder,
      repoDir: path.resolve(typeof values['repo'] === 'string' ? values['repo'] : '.'),
      programDir: __dirname,
      now: Date.now,
      stdin: process.stdin,
    };
    if (found.command.finishesWhenInterrupted) finishWhenInterrupted();
    const result = await saySlow(found.command, () => found.command.run(context, values, positionals));
    if (!isJson) print(result.text);
    else if (result.json !== undefined) print(JSON.stringify(result.json));
    return result.exitCode ?? 0;
  } catch (thrown) {
    const error = explained(thrown, folder);
    // A hook never fails the agent, whatever else is wrong.
    const exitCode = found?.command.isHook === true ? 0 : 1;
    if (error instanceof UsageError) {
      const usage = found ? `\nusage: soft-landing ${found.command.usage}` : '\nsoft-landing --help lists the commands';
      process.stderr.write(`soft-landing: ${error.message}${usage}\n`);
      return exitCode === 0 ? 0 : 2;
    }
    const reason = error instanceof CommandError ? error.reason : 'internal';
    const message = error instanceof Error ? error.message : String(error);
    if (isJson) print(JSON.stringify({ error: { reason, message } }));
    else process.stderr.write(`${colors.red('soft-landing:')} ${message}\n`);
    if (reason === 'internal' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return exitCode;
  }
}

/** Runs the command that the words name, one of these, and sets the exit code. */
export function runProgram(commands: readonly Command[], argv: readonly string[]): void {
  run(commands, argv).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
