import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RateLimitEvents } from '../agents/claude/rateLimitEvents.ts';
import { transcriptRoots } from '../agents/claude/locations.ts';
import { streamSpoolName, writeSpool } from '../store/readingSpool.ts';
import { UsageError, type Command, type CommandContext } from './command.ts';

/**
 * `soft-landing stream-json`: without its terminal, Claude Code draws no statusline, and its limits are told in what it prints alone
 * (`rate_limit_event`). So its output passes through here, byte for byte, and what it tells of limits is kept for the
 * gauge and for its own hooks. Whatever becomes of the copy, output and exit code are the command's.
 */
export const streamJsonCommand: Command = {
  name: 'stream-json',
  usage: 'stream-json [-- COMMAND [ARGUMENT]...]',
  summary: 'run Claude Code in print mode, or read its stream-json from stdin, and keep what it tells of its limits',
  options: {},
  isTee: true,
  async run(context, _values, positionals) {
    const [command, ...args] = positionals;
    const copy = new SpooledCopy(context);
    const exitCode = command === undefined ? await passed(context.stdin, copy) : await ran(command, args, copy);
    await copy.written();
    return { json: undefined, text: '', exitCode };
  },
};

/** What passes by, and the copy of its newest limits in the spool. */
class SpooledCopy {
  readonly #events = new RateLimitEvents();
  readonly #context: CommandContext;
  readonly #account: string | null;
  #writing: Promise<void> = Promise.resolve();

  constructor(context: CommandContext) {
    this.#context = context;
    // Of several configuration folders Claude Code takes the first for its own.
    this.#account = transcriptRoots(context.surroundings)[0]?.account ?? null;
  }

  stream(): Transform {
    return new Transform({
      transform: (chunk: Uint8Array, _encoding, done) => {
        if (this.#events.take(chunk, this.#context.now())) this.#write();
        done(null, chunk);
      },
    });
  }

  written(): Promise<void> {
    return this.#writing;
  }

  #write(): void {
    const name = streamSpoolName(this.#events.session ?? String(process.pid));
    const text = this.#events.kept(this.#account);
    // Never the run's trouble: a full disk, a state folder that cannot be written.
    this.#writing = this.#writing.then(() => writeSpool(this.#context.stateFolder, name, text)).catch(() => undefined);
  }
}

async function passed(stdin: AsyncIterable<Uint8Array>, copy: SpooledCopy): Promise<number> {
  await pipeline(stdin, copy.stream(), process.stdout, { end: false }).catch(unlessNobodyReads);
  return 0;
}

async function ran(command: string, args: readonly string[], copy: SpooledCopy): Promise<number> {
  const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'inherit'], windowsHide: true });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(new UsageError(`${command}: ${error.message}`)));
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  // A terminal interrupts both of us: how to end is the command's to say, and what it still prints is wanted.
  const stay = (): void => undefined;
  const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', stay).on('SIGTERM', passOn).on('SIGHUP', passOn);
  try {
    const [exitCode] = await Promise.all([
      ended,
      // With nobody to read it any more, the command's output has nowhere to go either: it ends as it would in a pipe.
      pipeline(child.stdout, copy.stream(), process.stdout, { end: false }).catch(unlessNobodyReads),
    ]);
    return exitCode;
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', passOn).off('SIGHUP', passOn);
  }
}

function unlessNobodyReads(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
