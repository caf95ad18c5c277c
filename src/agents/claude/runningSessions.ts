import path from 'node:path';
import * as v from 'valibot';
import type { Surroundings } from '../agent.ts';
import { transcriptRoots } from './locations.ts';

/*
 * Claude Code notes each running process in a file of its own, `sessions/<pid>.json` beside `projects`, and takes it away at a clean
 * end. Its terminal interface also tells there whether it is idle. Beside these files lie keys, which are none of our business.
 */
const runningSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sessionId: v.string(),
  cwd: v.string(),
  status: v.fallback(v.nullable(v.string()), null),
  /** when it was last another one */
  statusUpdatedAt: v.fallback(v.nullable(v.number()), null),
});
export type RunningSession = v.InferOutput<typeof runningSchema>;

/** The folders that hold these files, existing or not. */
export function runningSessionsFolders(surroundings: Surroundings): readonly string[] {
  return [...new Set(transcriptRoots(surroundings).map(({ account }) => path.join(account, 'sessions')))];
}

export function isRunningSessionFile(name: string): boolean {
  return /^\d+\.json$/.test(name);
}

/** Whether an agent that was idle has taken what was typed: it is, or has meanwhile been, at work, or has ended. */
export function hasTaken(before: RunningSession, now: RunningSession | null): boolean {
  return now?.status !== 'idle' || now.statusUpdatedAt !== before.statusUpdatedAt;
}

/** null for what is torn, or no such file's content. */
export function parseRunningSession(text: string): RunningSession | null {
  try {
    const parsed = v.safeParse(runningSchema, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
