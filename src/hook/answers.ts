import type { HookAnswer, HookEvent, Surroundings } from '../agents/agent.ts';
import { errorText } from '../store/errno.ts';
import { appendEvent } from '../store/eventLog.ts';
import type { SessionRecord } from '../store/sessionRecord.ts';

/** What a part of the hook knows of its call. */
export interface HookContext {
  readonly event: HookEvent;
  /** the session's record with this event in it, but for what saving tells */
  readonly session: SessionRecord;
  readonly stateFolder: string;
  /** where the agents' files are */
  readonly surroundings: Surroundings;
  /** folder of the bundles */
  readonly programDir: string;
  /** when the working state is saved, or cannot be */
  readonly saved: Promise<void>;
  /** when saving leaves the thread to others for the first time: it waits for git, or is over */
  readonly idle: Promise<void>;
  /** what verifies the folder that the agent works in; asks git, so only for those who have something to say. null: nobody has set any */
  readonly verifyCommand: () => Promise<string | null>;
  readonly now: () => number;
  /** aborted shortly before the deadline */
  readonly signal: AbortSignal;
}

/** Something that a hook may have to say. Parts know nothing of each other: one that fails or hangs takes no answer from another. */
export interface HookPart {
  /** for the log */
  readonly name: string;
  /** Kinds of events it has an answer to: for all others it is not even loaded. */
  readonly events: ReadonlySet<HookEvent['kind']>;
  /** Runs while the working state is being saved, from `idle` on: it changes nothing before `saved`. Others begin after that. */
  readonly isBeside?: boolean;
  /** Whether there can be an answer at all, told without loading it. Missing: always. */
  isNeeded?(event: HookEvent, stateFolder: string, now: number): boolean;
  answer(context: HookContext): Promise<HookAnswer | null>;
}

/** Asks every part at once, and makes one answer of theirs. */
export async function answerOf(parts: readonly HookPart[], context: HookContext): Promise<HookAnswer> {
  const { event, stateFolder, now } = context;
  const concerned = parts.filter(
    (part) => part.events.has(event.kind) && part.isNeeded?.(event, stateFolder, now()) !== false,
  );
  const answers = await Promise.all(concerned.map((part) => ask(part, context)));
  return combined(answers.flatMap((answer) => answer ?? []));
}

async function ask(part: HookPart, context: HookContext): Promise<HookAnswer | null> {
  const { signal, stateFolder, now, event, saved, idle } = context;
  await (part.isBeside === true ? idle : saved);
  // Saving took all the time there is.
  if (signal.aborted) return null;
  try {
    return await Promise.race([part.answer(context), aborted(signal)]);
  } catch (error) {
    await appendEvent(stateFolder, now(), 'hook.part-failed', {
      part: part.name,
      kind: event.kind,
      message: errorText(error),
    });
    return null;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error('not done before the deadline'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** Paragraphs under each other, in the order of the parts. */
export function combined(answers: readonly HookAnswer[]): HookAnswer {
  const joined = (texts: readonly (string | undefined)[]): string => texts.filter((text) => text).join('\n\n');
  const tellAgent = joined(answers.map((answer) => answer.tellAgent));
  const tellUser = joined(answers.map((answer) => answer.tellUser));
  const deny = joined(answers.map((answer) => answer.deny));
  return { ...(tellAgent && { tellAgent }), ...(tellUser && { tellUser }), ...(deny && { deny }) };
}
