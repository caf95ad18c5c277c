import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { earlyLookVariable, earlyProcessVariable, type EarlyLook } from '../checkpoints/capture/earlyLook.ts';
import { errorCode } from '../store/errno.ts';

/**
 * A git that has not ended by then may have been killed together with its shell: then we look ourselves. As late as that still makes
 * sense, because mostly it is a large repository with a cold cache, and a second look beside the first one would end later still.
 */
const patienceMs = 8000;

/** git's two answers, a NUL between them, and how it ended. */
function parse(bytes: Buffer, startedAt: number): EarlyLook | 'failed' | null {
  const end = /\nend (\d+)\n$/.exec(bytes.toString('latin1', Math.max(0, bytes.length - 12)));
  if (!end) return null;
  const split = bytes.indexOf(0);
  if (end[1] !== '0' || split < 0) return 'failed';
  const statusText = bytes.toString('latin1', split + 1, bytes.length - end[0].length);
  return { facts: bytes.subarray(0, split), statusText, startedAt };
}

/** A look that is under way. */
export interface BegunLook {
  /** once git has ended; null where there is none, or where it did not work out */
  readonly look: Promise<EarlyLook | null>;
  /** whether git is at it now */
  readonly isUnderWay: () => boolean;
  /** Ends a git that is still looking: nobody waits for it any more. */
  stop(): void;
}

/** The look that the launcher began (install/launcher.ts). */
export function takeEarlyLook(env: Readonly<Record<string, string | undefined>>): BegunLook {
  const file = env[earlyLookVariable];
  if (file === undefined) return { look: Promise.resolve(null), isUnderWay: () => false, stop: () => undefined };
  const pid = Number(env[earlyProcessVariable]);
  let hasEnded = false;
  const stop = (): void => {
    if (hasEnded || !Number.isSafeInteger(pid) || pid <= 1) return;
    hasEnded = true;
    try {
      process.kill(pid, 'SIGTERM');
    } catch (error) {
      if (errorCode(error) === null) throw error;
    }
  };
  const look = read(file, (ended) => {
    if (ended) hasEnded = true;
    else stop();
  });
  // Whether or not anybody comes to need it.
  look.catch(() => undefined);
  return { look, isUnderWay: () => !hasEnded, stop };
}

async function read(file: string, done: (ended: boolean) => void): Promise<EarlyLook | null> {
  try {
    const end = performance.now() + patienceMs;
    while (performance.now() < end) {
      const look = parse(readFileSync(file), performance.timeOrigin);
      if (look) {
        done(true);
        return look === 'failed' ? null : look;
      }
      await sleep(1);
    }
    done(false);
    return null;
  } catch (error) {
    // The folder for it is not there, or the disk is full.
    if (errorCode(error) === null) throw error;
    return null;
  } finally {
    rmSync(file, { force: true });
  }
}
