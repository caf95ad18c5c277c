import type { WorkItem } from '../agents/workItem.ts';

export type Prompt = Extract<WorkItem, { kind: 'prompt' }>;
export type Call = Extract<WorkItem, { kind: 'call' }>;
type Failure = Extract<WorkItem, { kind: 'failure' }>;
type Retry = Extract<WorkItem, { kind: 'retry' }>;

/** A prompt and the work until the next one, and where that stands. */
export interface Turn {
  /** null: it begins before what was read */
  readonly prompt: Prompt | null;
  readonly items: readonly WorkItem[];
  /** `open`: neither ended nor broken off, as far as the transcript tells */
  readonly state: 'open' | 'ended' | 'failed';
  readonly failure: Failure | null;
  /** the request that is being tried again, if that is the last that was heard */
  readonly retry: Retry | null;
  /** what the agent said last of going on by itself; null: nothing */
  readonly willContinue: boolean | null;
  /** calls that never got a result, in order */
  readonly unanswered: readonly Call[];
  /** when the conversation was compacted in the middle of it, with something left to do */
  readonly compactedAt: number | null;
  /** of the agent's last sign of life */
  readonly lastAt: number;
}

/** Whether the agent itself did something: what a prompt alone, or a count of tokens, does not show. */
export function isActivity({ kind }: WorkItem): boolean {
  return kind === 'words' || kind === 'call' || kind === 'result' || kind === 'failure' || kind === 'retry';
}

/** When a turn began; where that was not read, its last sign of life. */
export function startOf({ prompt, lastAt }: Turn): number {
  return prompt?.at ?? lastAt;
}

/** A transcript tells some things again (a message with each of its tool calls); the first telling counts. */
export function withoutRepeats(items: readonly WorkItem[]): readonly WorkItem[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const mark =
      item.kind === 'words'
        ? `${item.at} ${item.text}`
        : item.kind === 'call' || item.kind === 'result'
          ? `${item.kind} ${item.id}`
          : null;
    if (mark === null || mark.endsWith(' ')) return true;
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
}

/** Work in the order it happened, cut at the prompts. A slash command that the agent did not answer (`/compact`) begins no turn. */
export function turnsOf(items: readonly WorkItem[]): readonly Turn[] {
  const parts: WorkItem[][] = [[]];
  for (const item of items) {
    if (item.kind === 'prompt') parts.push([]);
    parts.at(-1)?.push(item);
  }
  return parts
    .filter((part) => part.length > 0)
    .filter(([first, ...rest]) => !(first?.kind === 'prompt' && first.by === 'command' && !rest.some(isActivity)))
    .map(turnOf);
}

function turnOf(items: readonly WorkItem[]): Turn {
  const [first] = items;
  const calls = new Map<string, Call>();
  let state: Turn['state'] = 'open';
  let failure: Failure | null = null;
  let retry: Retry | null = null;
  let willContinue: boolean | null = null;
  let compactedAt: number | null = null;
  let lastAt = first?.at ?? 0;
  for (const item of items) {
    switch (item.kind) {
      case 'call':
        calls.set(item.id, item);
        break;
      case 'result':
        if (item.outcome === 'lost') break;
        calls.delete(item.id);
        break;
      case 'failure':
        failure = item;
        state = 'failed';
        break;
      case 'end':
        // What the agent notes of the turn's end after an error does not undo the error.
        if (item.by === 'user' || state !== 'failed') state = 'ended';
        break;
      case 'waits':
        willContinue = item.willContinue;
        break;
      case 'compacted':
        if (item.isAutomatic && state === 'open') compactedAt = item.at;
        break;
      case 'prompt':
      case 'words':
      case 'retry':
      case 'limit':
        break;
    }
    // A result that was made up when the session was taken up again is no sign of life.
    const isAlive = isActivity(item) && !(item.kind === 'result' && item.outcome === 'lost');
    if (isAlive && item.kind !== 'failure') state = 'open';
    retry = item.kind === 'retry' ? item : isAlive || item.kind === 'end' ? null : retry;
    if (isAlive || item.kind === 'compacted') lastAt = Math.max(lastAt, item.at);
  }
  return {
    prompt: first?.kind === 'prompt' ? first : null,
    items,
    state,
    failure: state === 'failed' ? failure : null,
    retry,
    willContinue,
    unanswered: [...calls.values()],
    compactedAt: state === 'open' ? compactedAt : null,
    lastAt,
  };
}
