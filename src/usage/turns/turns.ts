import { noTokenRow, type PromptFeatures, type TokenRow, type Turn } from '../../protocol/turn.ts';
import { newTokens, type TokenCounts } from '../../protocol/usage.ts';
import { movedBetween, type WindowReadings } from './movement.ts';

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
  readonly readings: WindowReadings;
}

/** A longer wait is a limit, or a person who was asked something. */
const longestWork = 10 * 60_000;

/**
 * The turns of a session, oldest first. A response belongs to the prompt before it, a subagent's too. A prompt without a response is left
 * out, unless it is the newest, which waits for some.
 */
export function turnsOf({ agent, session, prompts, edits, responses, readings }: SessionFacts): readonly Turn[] {
  const ordered = [...prompts].sort((a, b) => a.at - b.at);
  const inOrder = [...responses].sort((a, b) => a.at - b.at);
  const editsInOrder = [...edits].sort(([a], [b]) => a - b);
  return ordered.flatMap((prompt, index): readonly Turn[] => {
    const until = ordered[index + 1]?.at ?? Infinity;
    const isNewest = until === Infinity;
    const first = firstFrom(inOrder, atOfResponse, prompt.at);
    const own = inOrder.slice(first, firstFrom(inOrder, atOfResponse, until));
    if (own.length === 0 && !isNewest) return [];
    const ownEdits = editsInOrder.slice(
      firstFrom(editsInOrder, atOfEdit, prompt.at),
      firstFrom(editsInOrder, atOfEdit, until),
    );
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
        tokens: [...sum(own, 0)],
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

const atOfResponse = ({ at }: TurnResponse): number => at;
const atOfEdit = ([at]: Edit): number => at;

/** Index of the first one at that time or after it: sessions have thousands, and each prompt asks. */
function firstFrom<Item>(items: readonly Item[], atOf: (item: Item) => number, at: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && atOf(item) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of all from this one on. */
function sum(responses: readonly TurnResponse[], first: number): TokenRow {
  let [input, output, cacheWrite5m, cacheWrite1h, cacheRead] = noTokenRow;
  for (let index = first; index < responses.length; index += 1) {
    const tokens = responses[index]?.tokens;
    if (tokens === undefined) continue;
    input += tokens.input;
    output += tokens.output;
    cacheWrite5m += tokens.cacheWrite5m;
    cacheWrite1h += tokens.cacheWrite1h;
    cacheRead += tokens.cacheRead;
  }
  return [input, output, cacheWrite5m, cacheWrite1h, cacheRead];
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
  const last = edits.at(-1);
  if (last === undefined) return null;
  const [at] = last;
  const after = responses.findIndex((response) => response.at > at);
  return [...sum(responses, after < 0 ? responses.length : after)];
}
