import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HookEvent } from '../agents/agent.ts';
import { parseClaudeHookEvent } from '../agents/claude/hookEvent.ts';
import type { CheckpointPurpose } from '../checkpoints/record/checkpointRecord.ts';
import { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { EarlyLook } from '../checkpoints/capture/earlyLook.ts';
import type { CheckpointFailure } from '../checkpoints/failure.ts';
import { appendEvent } from '../store/eventLog.ts';
import { readSession, writeSession, type SessionRecord } from '../store/sessionRecord.ts';

export interface HookCall {
  readonly agent: string;
  readonly stdin: string;
  readonly stateFolder: string;
  readonly now: () => number;
  /** aborted shortly before the deadline: git is killed, and the missing checkpoint still gets recorded */
  readonly signal: AbortSignal;
  /** how long to wait for another checkpoint of the same repository */
  readonly waitMs: number;
  /** a look at some repository that was begun before this program was up */
  readonly early: Promise<EarlyLook | null>;
}

/** Events at which the working state is saved. */
type SavingEvent = Extract<HookEvent, { kind: 'session' | 'prompt' | 'tool' | 'turn' }>;

function isSaving(event: HookEvent): event is SavingEvent {
  return event.kind === 'session' || event.kind === 'prompt' || event.kind === 'tool' || event.kind === 'turn';
}

/** Expected of a file outside of what the agent works in: nothing is broken, there is just nothing to save into. */
const notProtected = new Set<CheckpointFailure['reason']>(['not-a-repository', 'no-working-tree']);

const pruneEveryHours = 24;

/**
 * Does what an agent's hook is for: saves the working state before the agent changes it, and remembers the session.
 * Prints nothing, since Claude Code gives the plain stdout of some hooks to the model.
 */
export async function runHook(call: HookCall): Promise<void> {
  const event = call.agent === 'claude' ? parseClaudeHookEvent(call.stdin) : null;
  if (!event) {
    await appendEvent(call.stateFolder, call.now(), 'hook.unreadable', { agent: call.agent, bytes: call.stdin.length });
    return;
  }
  if (!isSaving(event)) return;
  const session = nextSession(event, await readSession(call.stateFolder, event.agent, event.sessionId), call.now());
  const purpose = purposeOf(event, session);
  const missing = await protect(foldersOf(event), event.cwd, purpose, call);
  await writeSession(call.stateFolder, {
    ...session,
    missing: missing ? { at: call.now(), reason: missing.reason } : null,
  });
}

/**
 * Saves the state of what these folders lie in, as one set: repositories, or the folder without git that the agent works in (`cwd`).
 * Null when all is saved (or needs no saving), else why something is not.
 */
async function protect(
  folders: readonly string[],
  cwd: string,
  purpose: CheckpointPurpose,
  call: HookCall,
): Promise<CheckpointFailure | null> {
  const started = performance.now();
  const { signal, waitMs, stateFolder, early } = call;
  const opened = await Promise.all(
    folders.map((folder) => Checkpoints.open(folder, { signal, waitMs, stateFolder, early, newStoreAt: cwd })),
  );
  // Several files of one repository mean one checkpoint.
  const repositories = new Map(
    opened.flatMap((one) => (one.ok ? [[one.value.repository.gitDir, one.value] as const] : [])),
  );
  const refused = opened.filter((one) => !one.ok);
  const outcomes = [...(await Checkpoints.createSet([...repositories.values()], purpose)), ...refused];
  const ms = Math.round(performance.now() - started);
  let missing: CheckpointFailure | null = null;
  for (const outcome of outcomes) missing = (await record(outcome, ms, purpose, call)) ?? missing;
  if (purpose.kind === 'session') for (const one of repositories.values()) await pruneIfDue(one, call);
  return missing;
}

/** Without an editor nobody else would keep the retention policy; the session's start is when an agent waits most gladly. */
async function pruneIfDue(checkpoints: Checkpoints, call: HookCall): Promise<void> {
  const pruned = await checkpoints.pruneIfDue(pruneEveryHours);
  if (pruned.ok && pruned.value === null) return;
  const what = pruned.ok ? { count: pruned.value?.deleted.length ?? 0 } : { reason: pruned.failure.reason };
  await appendEvent(call.stateFolder, call.now(), pruned.ok ? 'checkpoints.pruned' : 'checkpoints.not-pruned', what);
}

/** Writes into the event log what became of one repository; answers why its checkpoint is missing, if it is. */
async function record(
  made: Awaited<ReturnType<Checkpoints['create']>>,
  ms: number,
  purpose: CheckpointPurpose,
  call: HookCall,
): Promise<CheckpointFailure | null> {
  const common = { agent: purpose.agent ?? null, session: purpose.session ?? null, kind: purpose.kind, ms };
  if (made.ok) {
    const { id, unchanged, commit, commitSkipped } = made.value;
    await appendEvent(call.stateFolder, call.now(), unchanged ? 'checkpoint.unchanged' : 'checkpoint.created', {
      ...common,
      id,
      ...(commit === null ? {} : { commit }),
      ...(commitSkipped === null ? {} : { commitSkipped: commitSkipped.reason }),
    });
    return null;
  }
  const isNormal = notProtected.has(made.failure.reason);
  await appendEvent(call.stateFolder, call.now(), isNormal ? 'checkpoint.not-applicable' : 'checkpoint.missing', {
    ...common,
    reason: made.failure.reason,
    message: made.failure.message,
  });
  return isNormal ? null : made.failure;
}

/** The session's record with this event in it. */
function nextSession(event: SavingEvent, last: SessionRecord | null, now: number): SessionRecord {
  const isPrompt = event.kind === 'prompt';
  return {
    v: 1,
    agent: event.agent,
    sessionId: event.sessionId,
    cwd: event.cwd,
    transcriptPath: event.transcriptPath ?? last?.transcriptPath ?? null,
    promptLabel: isPrompt ? firstLine(event.prompt) : (last?.promptLabel ?? null),
    promptNumber: (last?.promptNumber ?? 0) + (isPrompt ? 1 : 0),
    lastEventAt: now,
    missing: last?.missing ?? null,
  };
}

function firstLine(text: string): string {
  return (text.split(/\r?\n/).find((line) => line.trim() !== '') ?? '').trim().slice(0, 400);
}

function purposeOf(event: SavingEvent, session: SessionRecord): CheckpointPurpose {
  const prompt = session.promptLabel ?? '';
  const common = { agent: event.agent, session: event.sessionId, prompt: session.promptNumber };
  switch (event.kind) {
    case 'session':
      return { ...common, kind: 'session', label: 'Start of the session' };
    case 'prompt':
      return { ...common, kind: 'prompt', label: prompt || 'Prompt' };
    case 'tool':
      return { ...common, kind: 'tool', label: prompt || `Before ${event.summary}`, tool: event.summary };
    case 'turn':
      return { ...common, kind: 'turn', label: prompt || 'End of the turn' };
  }
}

/** The folders whose repositories this event may change: those of the files a tool names (they can lie elsewhere), else the session's. */
function foldersOf(event: SavingEvent): readonly string[] {
  if (event.kind !== 'tool' || event.files.length === 0) return [event.cwd];
  return [...new Set(event.files.map((file) => existingParent(path.dirname(file))))];
}

/** A tool may name a file in a folder that it is about to make. */
function existingParent(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(at) || path.dirname(at) === at) return at;
  }
}
