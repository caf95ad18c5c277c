import type { CheckpointKind } from '../protocol/checkpoint.ts';

/** What the policy looks at. `createdAt` is in epoch milliseconds. */
export interface Retainable {
  readonly id: string;
  readonly kind: CheckpointKind;
  readonly pinned: boolean;
  readonly createdAt: number;
}

export interface RetentionRequest {
  readonly now: number;
  /** id of the safety checkpoint that the next undo goes back to; null: there is nothing to undo */
  readonly undo: string | null;
  /** how many automatic checkpoints a working tree keeps at most */
  readonly limit?: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Manual and pinned ones come on top: who makes them decides how many they are. */
const defaultLimit = 500;

/**
 * The ids of those checkpoints of one working tree that are to go, oldest first:
 * of the automatic ones all of the last 24 hours stay, then one per hour for 7 days, one per day up to 30 days (the newest of each
 * UTC hour and day), and 500 at most. These stay whatever the rest says: the newest of all, manual and pinned ones, safety
 * checkpoints for 7 days, the one that undo needs, and those with a time in the future, about whose age a clock that was set back
 * says nothing.
 */
export function planRetention(
  checkpoints: readonly Retainable[],
  { now, undo, limit = defaultLimit }: RetentionRequest,
): readonly string[] {
  const newestFirst = [...checkpoints].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const newest = newestFirst[0]?.id;
  const automatic = newestFirst.filter((checkpoint) => !isUsers(checkpoint) && checkpoint.createdAt <= now);
  const expired = new Set<string>();
  const taken = new Set<string>();
  for (const checkpoint of automatic) {
    // What stays for another reason does not stand for its hour: that reason ends one day.
    if (mustStay(checkpoint)) continue;
    const span = spanOf(checkpoint.createdAt, now);
    if (span === 'all') continue;
    if (span === null || taken.has(span)) expired.add(checkpoint.id);
    else taken.add(span);
  }

  const left = automatic.filter((checkpoint) => !expired.has(checkpoint.id));
  const expendable = left.filter((checkpoint) => !mustStay(checkpoint));
  const excess = Math.max(0, left.length - limit);
  for (const { id } of expendable.slice(Math.max(0, expendable.length - excess))) expired.add(id);
  return automatic.flatMap(({ id }) => (expired.has(id) ? [id] : [])).reverse();

  function mustStay({ id, kind, createdAt }: Retainable): boolean {
    const isSafety = kind === 'safety' || kind === 'failed-restore';
    return id === newest || id === undo || (isSafety && now - createdAt < 7 * day);
  }
}

/** Made or marked by a person, and only a person's to remove. */
function isUsers({ kind, pinned }: Retainable): boolean {
  return kind === 'manual' || pinned;
}

/**
 * The span of time of which one checkpoint is kept; null: none is. By the calendar, not by age: what one run keeps is then what
 * the next run keeps too, whenever that comes.
 */
function spanOf(createdAt: number, now: number): string | null {
  const age = now - createdAt;
  if (age < day) return 'all';
  if (age < 7 * day) return `hour ${Math.floor(createdAt / hour)}`;
  return age < 30 * day ? `day ${Math.floor(createdAt / day)}` : null;
}
