import { noTokenRow, plusRow, type PromptFeatures, tokenRowOf, type TokenRow, type Turn } from '../../protocol/turn.ts';
import { newTokens, type Reading, type TokenCounts } from '../../protocol/usage.ts';

/** A prompt as a turn begins with it. */
export interface Prompt extends PromptFeatures {
  readonly at: number;
}

/** When a file was edited, and a hash of its path. */
export type Edit = readonly [at: number, file: number];

/** What a turn needs of a response. */
export interface TurnResponse {
  readonly at: number;
  readonly tokens: TokenCounts;
  readonly model: string | null;
  readonly isSidechain: boolean;
}

export interface SessionFacts {
  readonly agent: string;
  /** its number (store/turnFile.ts) */
  readonly session: number;
  readonly prompts: readonly Prompt[];
  readonly edits: readonly Edit[];
  readonly responses: readonly TurnResponse[];
  /** of the account that the session is of */
  readonly readings: readonly Reading[];
}

/** A longer wait is a limit, or a person who was asked something. */
const longestWork = 10 * 60_000;
/** A window's percent is known at the end of a turn only if it was told then. */
const readingAge = 10 * 60_000;

/**
 * The turns of a session, oldest first. A response belongs to the prompt before it, a subagent's too. A prompt without a response is left
 * out, unless it is the newest, which waits for some.
 */
export function turnsOf({ agent, session, prompts, edits, responses, readings }: SessionFacts): readonly Turn[] {
  const ordered = [...prompts].sort((a, b) => a.at - b.at);
  const inOrder = [...responses].sort((a, b) => a.at - b.at);
  return ordered.flatMap((prompt, index): readonly Turn[] => {
    const until = ordered[index + 1]?.at ?? Infinity;
    const isNewest = until === Infinity;
    const first = firstFrom(inOrder, prompt.at);
    const own = inOrder.slice(first, firstFrom(inOrder, until));
    if (own.length === 0 && !isNewest) return [];
    const ownEdits = edits.filter(([at]) => at >= prompt.at && at < until);
    const end = own.at(-1)?.at ?? prompt.at;
    return [
      {
        agent,
        session,
        at: prompt.at,
        end,
        model: own.findLast(({ isSidechain }) => !isSidechain)?.model ?? own.at(-1)?.model ?? null,
        words: prompt.words,
        files: prompt.files,
        traits: [...prompt.traits],
        context: contextBefore(inOrder, first),
        tokens: [...sum(own)],
        requests: own.length,
        touched: new Set(ownEdits.map(([, file]) => file)).size,
        active: activeTime(prompt.at, own),
        finish: finishOf(own, ownEdits),
        moved: movedBetween(readings, prompt.at, end),
        ...(isNewest && ownEdits.length > 0
          ? { edits: ownEdits.map(([at, file]): [number, number] => [at, file]) }
          : {}),
      },
    ];
  });
}

function sum(responses: readonly TurnResponse[]): TokenRow {
  return responses.reduce<TokenRow>((total, { tokens }) => plusRow(total, tokenRowOf(tokens)), noTokenRow);
}

/** Index of the first response at that time or after it: sessions have thousands, and each prompt asks. */
function firstFrom(responses: readonly TurnResponse[], at: number): number {
  let [low, high] = [0, responses.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((responses[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function contextBefore(responses: readonly TurnResponse[], end: number): number {
  for (let index = end - 1; index >= 0; index -= 1) {
    const { isSidechain = true, tokens } = responses[index] ?? {};
    if (!isSidechain && tokens !== undefined) return newTokens(tokens) + tokens.cacheRead;
  }
  return 0;
}

function activeTime(from: number, responses: readonly TurnResponse[]): number {
  let [active, last] = [0, from];
  for (const { at } of responses) {
    active += Math.min(at - last, longestWork);
    last = at;
  }
  return active;
}

/** The response that makes the last edit is work; those after it test, sum up and save. */
function finishOf(
  responses: readonly TurnResponse[],
  edits: readonly Edit[],
): [number, number, number, number, number] | null {
  if (edits.length === 0) return null;
  const last = Math.max(...edits.map(([at]) => at));
  return [...sum(responses.filter(({ at }) => at > last))];
}

/** How far each window moved, where it was told before the turn and at its end, and did not reset in between. */
function movedBetween(readings: readonly Reading[], from: number, to: number): Record<string, number> {
  const moved: Record<string, number> = {};
  for (const window of new Set(readings.map((reading) => reading.window))) {
    const own = readings.filter((reading) => reading.window === window && (reading.resetsAt ?? Infinity) > to);
    const before = latest(own, from);
    const after = latest(own, to + readingAge);
    if (before === null || after?.resetsAt !== before.resetsAt) continue;
    if (after.capturedAt < from || after.capturedAt < to - readingAge) continue;
    moved[window] = Math.max(0, Math.round((after.used - before.used) * 1e4) / 100);
  }
  return moved;
}

function latest(readings: readonly Reading[], at: number): Reading | null {
  const before = readings.filter(({ capturedAt }) => capturedAt <= at);
  return before.reduce<Reading | null>(
    (newest, reading) => (reading.capturedAt > (newest?.capturedAt ?? -Infinity) ? reading : newest),
    null,
  );
}
