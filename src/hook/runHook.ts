import type { HookEvent, Surroundings } from '../agents/agent.ts';
import { agentHooks } from '../agents/agentHooks.ts';
import { appendEvent } from '../store/eventLog.ts';
import { readSession, writeSession, type SessionRecord } from '../store/sessionRecord.ts';
import { answerOf, type HookPart } from './answers.ts';
import { hookParts } from './parts.ts';
import { isSaving, protect, verifyCommandIn, type ProtectOptions, type SavingEvent } from './protect.ts';

/** Milliseconds after which saving shares the thread in any case. */
const longestAlone = 20;

export interface HookCall extends ProtectOptions {
  readonly agent: string;
  readonly stdin: string;
  /** where the agents' files are */
  readonly surroundings: Surroundings;
  /** folder of the bundles */
  readonly programDir: string;
  /** whether a git that was begun before is still at work */
  readonly isGitAtWork: () => boolean;
}

/**
 * Does what an agent's hook is for: saves the working state before the agent changes it, remembers the session, and answers what is to be
 * printed: nothing, or one text in the agent's own form, since Claude Code gives the plain stdout of some hooks to the model.
 */
export async function runHook(call: HookCall, parts: readonly HookPart[] = hookParts): Promise<string> {
  const { stateFolder, surroundings, programDir, now, signal } = call;
  const hooks = agentHooks(call.agent);
  const event = hooks?.parse(call.stdin) ?? null;
  if (hooks === null || event === null) {
    await appendEvent(stateFolder, now(), 'hook.unreadable', { agent: call.agent, bytes: call.stdin.length });
    return '';
  }
  if (event.kind === 'other') return '';
  const last = await readSession(stateFolder, event.agent, event.sessionId);
  const session = nextSession(event, last, now());
  let onGit = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (onGit = resolve));
  if (call.isGitAtWork()) onGit();
  // Or for another checkpoint to end, or a slow disk.
  else setTimeout(onGit, longestAlone).unref();
  const saving = isSaving(event) ? save(event, session, { ...call, onGit }) : Promise.resolve(session);
  const saved = saving.then(
    () => undefined,
    () => undefined,
  );
  const verifyCommand = (): Promise<string | null> => verifyCommandIn(event.cwd, call);
  const context = {
    event,
    session,
    saved,
    idle: Promise.race([waiting, saved]),
    stateFolder,
    surroundings,
    programDir,
    verifyCommand,
    now,
    signal,
  };
  const answering = answerOf(parts, context);
  const record = await saving;
  // After a batch of tools nothing is to be remembered, and saving it would cost more than the rest.
  if (event.kind !== 'tool-done') await writeSession(stateFolder, record);
  return hooks.answer(event, await answering);
}

/** Saves the working state; the session's record with why it is not saved, if it is not. */
async function save(event: SavingEvent, session: SessionRecord, call: HookCall): Promise<SessionRecord> {
  const missing = await protect(event, session, call);
  return { ...session, missing: missing ? { at: call.now(), reason: missing.reason } : null };
}

/** The session's record with this event in it. */
function nextSession(event: HookEvent, last: SessionRecord | null, now: number): SessionRecord {
  const isPrompt = event.kind === 'prompt';
  const isWork = event.kind === 'tool' && event.work !== 'other';
  return {
    v: 1,
    agent: event.agent,
    sessionId: event.sessionId,
    cwd: event.cwd,
    transcriptPath: event.transcriptPath ?? last?.transcriptPath ?? null,
    promptLabel: isPrompt ? firstLine(event.prompt) : (last?.promptLabel ?? null),
    promptNumber: (last?.promptNumber ?? 0) + (isPrompt ? 1 : 0),
    workedFor: isWork ? (last?.promptNumber ?? 0) : (last?.workedFor ?? null),
    lastEventAt: now,
    missing: last?.missing ?? null,
  };
}

function firstLine(text: string): string {
  return (text.split(/\r?\n/).find((line) => line.trim() !== '') ?? '').trim().slice(0, 400);
}
