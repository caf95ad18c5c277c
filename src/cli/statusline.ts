import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { spoolName, writeSpool } from '../store/readingSpool.ts';
import { UsageError, type Command, type CommandContext } from './command.ts';

/** A statusline's input is about a kilobyte; of a longer one nothing is kept. */
const largestKept = 256 << 10;

/**
 * `soft-landing statusline`: keeps a copy of Claude Code's statusline input and runs the user's own command on it. Whatever becomes of the
 * copy, the command gets every byte, and its output, errors and exit code are ours. `install claude-statusline` does the same without
 * starting Node.
 */
export const statuslineCommand: Command = {
  name: 'statusline',
  usage: 'statusline [-- COMMAND [ARGUMENT]...]',
  summary: "keep a copy of Claude Code's statusline input (stdin), then run your own command on it",
  options: {},
  async run(context, _values, positionals) {
    const [command, ...args] = positionals;
    const kept: Uint8Array[] = [];
    const exitCode = command === undefined ? await drained(context, kept) : await ran(command, args, context, kept);
    const text = Buffer.concat(kept).toString('utf8');
    // Never the statusline's trouble: a full disk, a state folder that cannot be written.
    if (text !== '') await writeSpool(context.stateFolder, spoolName(text, process.ppid), text).catch(() => undefined);
    return { json: undefined, text: '', exitCode };
  },
};

async function drained({ stdin }: CommandContext, kept: Uint8Array[]): Promise<number> {
  const keep = keeper(kept);
  for await (const chunk of stdin) keep(chunk);
  return 0;
}

function ran(command: string, args: readonly string[], { stdin }: CommandContext, kept: Uint8Array[]): Promise<number> {
  const keep = keeper(kept);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'inherit', 'inherit'], windowsHide: true });
    child.on('error', (error) => reject(new UsageError(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    // A command that reads nothing, or not all, is none of our business.
    child.stdin.on('error', () => undefined);
    void (async () => {
      for await (const chunk of stdin) {
        keep(chunk);
        if (!child.stdin.write(chunk) && !child.stdin.destroyed && child.exitCode === null)
          await new Promise<void>((drained) => {
            child.stdin
              .once('drain', drained)
              .once('close', drained)
              .once('error', () => drained());
          });
      }
      child.stdin.end();
    })().catch(reject);
  });
}

/** Keeps what it is given, and drops all of it once it is too much to be what we are after. */
function keeper(kept: Uint8Array[]): (chunk: Uint8Array) => void {
  let bytes = 0;
  return (chunk) => {
    bytes += chunk.length;
    if (bytes <= largestKept) kept.push(chunk);
    else kept.length = 0;
  };
}
