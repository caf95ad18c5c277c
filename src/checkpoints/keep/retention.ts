import { phrase, type Sentence } from '../../protocol/sentence.ts';
import type { CheckpointKind } from '../../protocol/checkpoint.ts';

/** What the policy looks at. `createdAt` is in epoch milliseconds. */
export interface Retainable {
  readonly id: string;
  readonly kind: CheckpointKind;
  readonly pinned: boolean;
  /** whether its files passed the verify command */
  readonly isGreen: boolean;
  readonly createdAt: number;
}

/** How long automatic checkpoints stay. Manual and pinned ones come on top: who makes them decides how many they are. */
export interface RetentionPolicy {
  /** all of them stay this long, in hours; then the newest of each hour; then of each day; in days */
  readonly allHours: number;
  readonly hourlyDays: number;
  readonly dailyDays: number;
  /** how many a working tree keeps at most */
  readonly maxCount: number;
  /** what all checkpoints together may take on disk */
  readonly maxBytes: number;
}

export interface RetentionRequest {
  readonly now: number;
  /** id of the safety checkpoint that the next undo goes back to; null: there is nothing to undo */
  readonly undo: string | null;
  readonly policy: RetentionPolicy;
}

/** Why a checkpoint goes: its hour or day has a newer one; it is too old; there are too many; they take too much room. */
export type ExpiryReason = 'thinned-to-hours' | 'thinned-to-days' | 'too-old' | 'too-many' | 'too-large';

export interface Expired {
  readonly id: string;
  readonly reason: ExpiryReason;
}

export interface RetentionPlan {
  /** oldest first */
  readonly expired: readonly Expired[];
  /** ids of those that stay but may go if all together take too much room (`overSize`), oldest first */
  readonly expendable: readonly string[];
}

const hour = 3_600_000;
const day = 24 * hour;

/**
 * Which checkpoints of one working tree are to go: of the automatic ones all of the first hours stay, then one per hour, one per day
 * (the newest of each UTC hour and day), none that is older, and `maxCount` at most. These stay whatever the rest says: the newest
 * of all, the newest green one (others are not thinned), manual and pinned ones, safety checkpoints for 7 days, the one that undo needs, and those with a time in the future,
 * about whose age a clock that was set back says nothing.
 */
export function planRetention(
  checkpoints: readonly Retainable[],
  { now, undo, policy }: RetentionRequest,
): RetentionPlan {
  const newestFirst = [...checkpoints].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  const newest = newestFirst[0]?.id;
  // What "reset to the last green" goes back to.
  const lastGreen = newestFirst.find(({ isGreen }) => isGreen)?.id;
  const automatic = newestFirst.filter((checkpoint) => !isUsers(checkpoint) && checkpoint.createdAt <= now);
  const reasons = new Map<string, ExpiryReason>();
  const taken = new Set<string>();
  for (const checkpoint of automatic) {
    // What stays for another reason does not stand for its hour: that reason ends one day.
    if (mustStay(checkpoint)) continue;
    const span = checkpoint.isGreen && isYoung(checkpoint) ? 'all' : spanOf(checkpoint.createdAt, now, policy);
    if (span === 'all') continue;
    if (span === null) reasons.set(checkpoint.id, 'too-old');
    else if (taken.has(span)) reasons.set(checkpoint.id, span.startsWith('h') ? 'thinned-to-hours' : 'thinned-to-days');
    else taken.add(span);
  }

  const left = automatic.filter((checkpoint) => !reasons.has(checkpoint.id));
  const expendable = left.filter((checkpoint) => !mustStay(checkpoint)).map(({ id }) => id);
  const excess = Math.max(0, left.length - policy.maxCount);
  for (const id of expendable.splice(Math.max(0, expendable.length - excess))) reasons.set(id, 'too-many');
  const expired = automatic.flatMap(({ id }) => {
    const reason = reasons.get(id);
    return reason === undefined ? [] : [{ id, reason }];
  });
  return { expired: expired.reverse(), expendable: expendable.reverse() };

  /** What passed its tests is a place to go back to, and is not thinned while the policy keeps anything of its age. */
  function isYoung({ createdAt }: Retainable): boolean {
    return now - createdAt < policy.dailyDays * day;
  }

  function mustStay({ id, kind, createdAt }: Retainable): boolean {
    const isSafety = kind === 'safety' || kind === 'failed-restore';
    return id === newest || id === undo || id === lastGreen || (isSafety && now - createdAt < 7 * day);
  }
}

/**
 * How many of the expendable ones, oldest first, go besides, so that what is left takes no more than `maxBytes`; all of them where
 * even that does not help: the others are the user's, and only the user's to remove.
 * @param bytesWithout what all that stay take on disk once so many are gone; its length tells how many are expendable
 */
export function overSize(bytesWithout: readonly number[], maxBytes: number): number {
  const enough = bytesWithout.findIndex((bytes) => bytes <= maxBytes);
  return enough < 0 ? Math.max(0, bytesWithout.length - 1) : enough;
}

/** Made or marked by a person, and only a person's to remove. */
function isUsers({ kind, pinned }: Retainable): boolean {
  return kind === 'manual' || pinned;
}

/**
 * The span of time of which one checkpoint is kept; null: none is. By the calendar, not by age: what one run keeps is then what
 * the next run keeps too, whenever that comes.
 */
function spanOf(createdAt: number, now: number, { allHours, hourlyDays, dailyDays }: RetentionPolicy): string | null {
  const age = now - createdAt;
  if (age < allHours * hour) return 'all';
  if (age < hourlyDays * day) return `h${Math.floor(createdAt / hour)}`;
  return age < dailyDays * day ? `d${Math.floor(createdAt / day)}` : null;
}

const reasons: Readonly<Record<ExpiryReason, Sentence>> = {
  'thinned-to-hours': phrase('its hour has a newer one'),
  'thinned-to-days': phrase('its day has a newer one'),
  'too-old': phrase('older than the policy keeps'),
  'too-many': phrase('more than the policy keeps'),
  'too-large': phrase('all together take too much disk space'),
};

/** Why a checkpoint goes, for a person. */
export function expirySentence(reason: ExpiryReason): Sentence {
  return reasons[reason];
}

/** The policy as one sentence for a person. */
export function policySentence({ allHours, hourlyDays, dailyDays, maxCount, maxBytes }: RetentionPolicy): Sentence {
  const rules = [
    allHours === 1 ? phrase('all of 1 hour') : phrase('all of {0} hours', allHours),
    ...(hourlyDays * 24 > allHours
      ? [hourlyDays === 1 ? phrase('hourly for 1 day') : phrase('hourly for {0} days', hourlyDays)]
      : []),
    ...(dailyDays > hourlyDays && dailyDays * 24 > allHours
      ? [dailyDays === 1 ? phrase('daily for 1 day') : phrase('daily for {0} days', dailyDays)]
      : []),
    phrase('{0} at most', maxCount),
    phrase('{0} MB at most', Math.round(maxBytes / 1_000_000)),
  ];
  return phrase(
    'Automatic checkpoints are kept: {0}. Manual and pinned ones stay until you delete them.',
    rules.reduce((before, rule) => phrase('{0}, {1}', before, rule)),
  );
}
