import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { parsedJson } from '../agents/fields.ts';
import { isAlive } from '../store/fileLock.ts';
import type { SessionRef } from './readWork.ts';

const registeredSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sessionId: v.string(),
  procStart: v.optional(v.string()),
});

/** A session that was written to just now may not be in the registry yet. */
const freshMs = 3000;

/** Whether the agent's process of a session still runs, as far as that can be found out on this machine. */
export function processOf(ref: SessionRef, cwd: string | null, now: number): 'running' | 'ended' | 'unknown' {
  return ref.agent === 'claude' ? claudeProcess(ref, now) : namedProcess(ref.agent, cwd);
}

/**
 * Claude Code keeps one file per process, `sessions/<pid>.json` beside `projects`, and takes it away when it ends well. A process that was
 * killed leaves its file, and its number may come again: where the system tells, the start of the process has to be the same too.
 */
function claudeProcess({ transcript, sessionId }: SessionRef, now: number): 'running' | 'ended' | 'unknown' {
  const folder = path.resolve(transcript, '..', '..', '..', 'sessions');
  const names = namesIn(folder);
  if (names === null) return 'unknown';
  for (const name of names) {
    // Beside them lie keys, which are none of our business.
    if (!/^\d+\.json$/.test(name)) continue;
    const entry = v.safeParse(registeredSchema, parsedJson(textOf(path.join(folder, name)) ?? ''));
    if (!entry.success || entry.output.sessionId !== sessionId) continue;
    const { pid, procStart } = entry.output;
    const started = startOf(pid);
    if (isAlive(pid) && (procStart === undefined || started === null || started === procStart)) return 'running';
  }
  const changed = statSync(transcript, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return now - changed < freshMs ? 'unknown' : 'ended';
}

/** In the kernel's ticks; null where the system does not tell. */
function startOf(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, and may hold anything.
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}

/**
 * The other agents keep no registry: a process of that name that works in the session's folder, or was given it, runs it most likely. Only
 * Linux tells this without starting a program.
 */
function namedProcess(agent: string, cwd: string | null): 'running' | 'ended' | 'unknown' {
  if (process.platform !== 'linux') return 'unknown';
  for (const pid of namesIn('/proc') ?? []) {
    if (!/^\d+$/.test(pid)) continue;
    const words = (textOf(`/proc/${pid}/cmdline`) ?? '').split('\0');
    if (!words.slice(0, 3).some((word) => isProgram(word, agent))) continue;
    if (cwd === null || words.includes(cwd)) return 'running';
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) === cwd) return 'running';
    } catch {
      // Another user's, or it has just ended.
      return 'unknown';
    }
  }
  return 'ended';
}

function isProgram(word: string, agent: string): boolean {
  return path.basename(word).replace(/\.[cm]?js$/, '') === agent;
}

function namesIn(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch {
    return null;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
