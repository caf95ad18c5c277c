import type { ToolCall } from '../agents/agent.ts';
import { isInside } from '../store/isInside.ts';
import type { Told } from './landingState.ts';

export interface NewWorkInput {
  readonly call: ToolCall;
  /** files of this call that are on disk */
  readonly existing: ReadonlySet<string>;
  /** files that the session has edited before, on disk or not */
  readonly touched: ReadonlySet<string>;
  /** folder of the hand-over and the plan: writing these is part of landing */
  readonly ownFolder: string;
}

/**
 * Whether a tool call begins something new, which strict mode refuses inside the reserve: a subagent, or a file that is not there yet.
 * Edits of what is there and commands stay allowed, so that landing (finish, verify, hand over) is never blocked.
 */
export function isNewWork({ call, existing, touched, ownFolder }: NewWorkInput): boolean {
  if (call.work === 'subagent') return true;
  if (call.work !== 'edit') return false;
  const isOwn = (file: string): boolean => file !== ownFolder && isInside(file, ownFolder);
  return call.files.some((file) => !existing.has(file) && !touched.has(file) && !isOwn(file));
}

/** A task that was begun inside the reserve is not refused its work before half of the reserve is used. */
export function beganInside(told: readonly Told[], thread: string | null): boolean {
  return told.some((each) => each.thread === thread && each.level === 'begun');
}
