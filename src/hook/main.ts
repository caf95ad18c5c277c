/*
 * The program that agents call: `hook.cjs AGENT`, the hook's JSON on stdin. It must never break or delay the agent:
 * whatever happens it ends with exit code 0, prints its answer in one piece or nothing, and does so within its deadline.
 */
import os from 'node:os';
import { errorText } from '../store/errno.ts';
import { appendEvent } from '../store/eventLog.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { takeEarlyLook } from './earlyLook.ts';
import { runHook } from './runHook.ts';

/** Milliseconds from the start of the process. Claude Code's own limit for us is 15 s (install). */
const abortAtMs = 9_500;
const exitAtMs = 10_000;

const surroundings = { home: os.homedir(), env: process.env, platform: process.platform };
const folder = stateFolder(surroundings);
const abort = new AbortController();
const early = takeEarlyLook(process.env);
const leave = (): never => {
  early.stop();
  process.exit(0);
};
// For this program only: whatever git may run for it keeps to its own.
delete process.env['NODE_COMPILE_CACHE'];

// performance.now() counts from the start of the process, so that Node's own start-up is inside the deadline.
setTimeout(() => abort.abort(), abortAtMs - performance.now());
setTimeout(leave, exitAtMs - performance.now());
process.once('SIGTERM', () => abort.abort());
process.once('uncaughtException', leave);

async function readStdin(): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Ends only when the agent has it: leaving at once would cut off what a pipe has not taken yet. */
function print(answer: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(answer, () => resolve());
  });
}

async function main(): Promise<void> {
  try {
    const stdin = await Promise.race([
      readStdin(),
      new Promise<string>((resolve) => abort.signal.addEventListener('abort', () => resolve(''), { once: true })),
    ]);
    const answer = await runHook({
      agent: process.argv[2] ?? '',
      stdin,
      stateFolder: folder,
      surroundings,
      programDir: __dirname,
      now: Date.now,
      signal: abort.signal,
      early: early.look,
      isGitAtWork: early.isUnderWay,
      waitMs: abortAtMs - performance.now(),
    });
    if (answer !== '') await print(answer);
  } catch (error) {
    await appendEvent(folder, Date.now(), 'hook.failed', { message: errorText(error) });
  }
}

// A full disk or an unwritable state folder can make even the log fail: then stderr is all that is left.
main()
  .catch((error: unknown) => process.stderr.write(`soft-landing: ${errorText(error)}\n`))
  .finally(leave);
