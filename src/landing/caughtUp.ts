import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HookCommon } from '../agents/agent.ts';

/** Claude Code writes its transcript a little after the fact (within 100 ms in every run that was looked at). */
const patienceMs = 300;
const pauseMs = 10;
const tailBytes = 256_000;

/**
 * Waits until the transcript holds the response that an event follows, and not for long: without it nobody knows yet what that used. Events
 * that do not say what to look for, and transcripts that cannot be read, are not waited for.
 */
export async function untilCaughtUp(
  transcript: string,
  { writtenLast, subagentId }: Pick<HookCommon, 'writtenLast' | 'subagentId'>,
): Promise<void> {
  if (writtenLast === undefined) return;
  const file = subagentId === null ? transcript : subagentTranscript(transcript, subagentId);
  const end = performance.now() + patienceMs;
  while (!endHolds(file, Buffer.from(writtenLast)) && performance.now() < end) await sleep(pauseMs);
}

/** Claude Code keeps a subagent's conversation beside the main one. */
function subagentTranscript(transcript: string, subagentId: string): string {
  return path.join(transcript.replace(/\.jsonl$/, ''), 'subagents', `agent-${subagentId}.jsonl`);
}

function endHolds(file: string, words: Buffer): boolean {
  let descriptor: number;
  try {
    // A named pipe would block here for ever.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.includes(words);
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}
