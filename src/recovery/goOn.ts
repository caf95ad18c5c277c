import type { InterruptionView } from '../protocol/interruption.ts';

/** What goes on with a session, to be typed into a terminal; null for an agent whose way is not known. */
export function resumeCommand({
  agent,
  sessionId,
}: {
  readonly agent: string;
  readonly sessionId: string;
}): string | null {
  // An id comes from a file's name or content: whatever is more than letters and digits must not reach a shell.
  if (!/^[\w-]{1,128}$/.test(sessionId)) return null;
  switch (agent) {
    case 'claude':
      return `claude --resume ${sessionId}`;
    case 'codex':
      return `codex resume ${sessionId}`;
    case 'gemini':
      return `gemini --resume ${sessionId}`;
    case 'opencode':
      return `opencode --session ${sessionId}`;
    default:
      return null;
  }
}

/** The vendor resets a window by its own clock; asking a little later costs nothing. */
const graceMs = 60_000;

/** When going on makes sense: a little after the reset; at once where no reset is told or it has passed. */
export function goOnTime({ resetsAt }: Pick<InterruptionView, 'resetsAt'>, now: number): number {
  return resetsAt === null ? now : Math.max(now, resetsAt + graceMs);
}

/** The longest a timer is set for: clocks jump, machines sleep, and timers of more than 24 days fire at once. */
const longestWaitMs = 30_000;

/** How long to wait until looking again whether a time has come. */
export function waitFor(time: number, now: number): number {
  return Math.min(longestWaitMs, Math.max(0, time - now));
}
