import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HookEvent } from '../agents/agent.ts';
import type { EarlyLook } from '../checkpoints/capture/earlyLook.ts';
import { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { CheckpointFailure } from '../checkpoints/failure.ts';
import type { CheckpointPurpose } from '../checkpoints/record/checkpointRecord.ts';
import { appendEvent } from '../store/eventLog.ts';
import type { SessionRecord } from '../store/sessionRecord.ts';

/** Events at which the working state is saved. */
export type SavingEvent = Extract<HookEvent, { kind: 'session' | 'prompt' | 'tool' | 'turn' | 'failed' | 'compact' }>;

export function isSaving(event: HookEvent): event is SavingEvent {
  switch (event.kind) {
    case 'session':
    case 'prompt':
    case 'tool':
    case 'turn':
    case 'failed':
    case 'compact':
      return true;
    case 'tool-done':
    case 'ended':
    case 'other':
      return false;
  }
}

export interface ProtectOptions {
  readonly stateFolder: string;
  readonly now: () => number;
  /** aborted shortly before the deadline: git is killed, and the missing checkpoint still gets recorded */
  readonly signal: AbortSignal;
  /** how long to wait for another checkpoint of the same repository */
  readonly waitMs: number;
  /** a look at some repository that was begun before this program was up */
  readonly early: Promise<EarlyLook | null>;
  /** told whenever there is nothing to do for us but to wait for git */
  readonly onGit?: () => void;
}

/** Expected of a file outside of what the agent works in: nothing is broken, there is just nothing to save into. */
const notProtected = new Set<CheckpointFailure['reason']>(['not-a-repository', 'no-working-tree']);

const pruneEveryHours = 24;

/**
 * Saves the state of what an event may change, as one set: repositories, or the folder without git that the agent works in.
 * Null when all is saved (or needs no saving), else why something is not.
 */
export async function protect(
  event: SavingEvent,
  session: SessionRecord,
  options: ProtectOptions,
): Promise<CheckpointFailure | null> {
  const started = performance.now();
  const purpose = purposeOf(event, session);
  const { signal, waitMs, stateFolder, early, onGit = () => undefined } = options;
  const opened = await Promise.all(
    foldersOf(event).map((folder) =>
      Checkpoints.open(folder, { signal, waitMs, stateFolder, early, onGit, newStoreAt: event.cwd }),
    ),
  );
  // Several files of one repository mean one checkpoint.
  const repositories = new Map(
    opened.flatMap((one) => (one.ok ? [[one.value.repository.gitDir, one.value] as const] : [])),
  );
  const refused = opened.filter((one) => !one.ok);
  const outcomes = [...(await Checkpoints.createSet([...repositories.values()], purpose)), ...refused];
  const ms = Math.round(performance.now() - started);
  let missing: CheckpointFailure | null = null;
  for (const outcome of outcomes) missing = (await record(outcome, ms, purpose, options)) ?? missing;
  if (purpose.kind === 'session') for (const one of repositories.values()) await pruneIfDue(one, options);
  return missing;
}

/** What verifies the work in a folder, as the user has set it; null: nothing is set, or it cannot be found out. */
export async function verifyCommandIn(
  folder: string,
  { signal, waitMs, stateFolder, early }: ProtectOptions,
): Promise<string | null> {
  const opened = await Checkpoints.open(folder, { signal, waitMs, stateFolder, early });
  const command = opened.ok ? await (await opened.value.verifying()).command() : null;
  return command?.ok ? (command.value?.command ?? null) : null;
}

/** Without an editor nobody else would keep the retention policy; the session's start is when an agent waits most gladly. */
async function pruneIfDue(checkpoints: Checkpoints, { stateFolder, now }: ProtectOptions): Promise<void> {
  const pruned = await checkpoints.keeping.pruneIfDue(pruneEveryHours);
  if (pruned.ok && pruned.value === null) return;
  const what = pruned.ok ? { count: pruned.value?.deleted.length ?? 0 } : { reason: pruned.failure.reason };
  await appendEvent(stateFolder, now(), pruned.ok ? 'checkpoints.pruned' : 'checkpoints.not-pruned', what);
}

/** Writes into the event log what became of one repository; answers why its checkpoint is missing, if it is. */
async function record(
  made: Awaited<ReturnType<Checkpoints['create']>>,
  ms: number,
  purpose: CheckpointPurpose,
  { stateFolder, now }: ProtectOptions,
): Promise<CheckpointFailure | null> {
  const common = { agent: purpose.agent ?? null, session: purpose.session ?? null, kind: purpose.kind, ms };
  if (made.ok) {
    const { id, unchanged, commit, commitSkipped } = made.value;
    await appendEvent(stateFolder, now(), unchanged ? 'checkpoint.unchanged' : 'checkpoint.created', {
      ...common,
      id,
      ...(commit === null ? {} : { commit }),
      ...(commitSkipped === null ? {} : { commitSkipped: commitSkipped.reason }),
    });
    return null;
  }
  const isNormal = notProtected.has(made.failure.reason);
  await appendEvent(stateFolder, now(), isNormal ? 'checkpoint.not-applicable' : 'checkpoint.missing', {
    ...common,
    reason: made.failure.reason,
    message: made.failure.message,
  });
  return isNormal ? null : made.failure;
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
    case 'failed':
      return { ...common, kind: 'interrupted', label: prompt || 'Cut off' };
    case 'compact':
      return { ...common, kind: 'turn', label: prompt || 'Before the conversation was compacted' };
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
