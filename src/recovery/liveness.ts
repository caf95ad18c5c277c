import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { parsedJson } from '../agents/fields.ts';
import { isAlive } from '../store/fileLock.ts';
import { agentProcesses, type AgentProcess } from './agentProcesses.ts';
import type { SessionRef } from './readWork.ts';

const registeredSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sessionId: v.string(),
  procStart: v.optional(v.string()),
});

/** A session that was written to just now may not be in the registry yet. */
const freshMs = 3000;

/** Whether the agent's process of a session still runs, as far as that can be found out on this machine. */
export async function processOf(
  ref: SessionRef,
  cwd: string | null,
  now: number,
): Promise<'running' | 'ended' | 'unknown'> {
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

/** The other agents keep no registry: a process of that name that works in the session's folder, or was given it, runs it most likely. */
async function namedProcess(agent: string, cwd: string | null): Promise<'running' | 'ended' | 'unknown'> {
  const processes = await agentProcesses(agent);
  if (processes === null) return 'unknown';
  const isIt = (each: AgentProcess): boolean =>
    cwd === null || each.cwd === cwd || ` ${each.commandLine} `.includes(` ${cwd} `);
  if (processes.some(isIt)) return 'running';
  return processes.some((each) => each.cwd === null) ? 'unknown' : 'ended';
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
