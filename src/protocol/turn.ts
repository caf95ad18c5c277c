import * as v from 'valibot';
import type { TokenCounts } from './usage.ts';

/**
 * What a prompt says of the work it asks for, as far as words tell. `go-on`: it says nothing itself ("continue", "yes"); `command`: the
 * agent's own slash command.
 */
export const traits = [
  'question',
  'docs',
  'tests',
  'fix',
  'feature',
  'refactor',
  'everything',
  'complex',
  'production',
  'subagents',
  'plan',
  'go-on',
  'command',
] as const;
export type Trait = (typeof traits)[number];

/** What is known of a task before it runs. Never a word of the prompt itself. */
export interface PromptFeatures {
  readonly words: number;
  /** files that it names */
  readonly files: number;
  readonly traits: readonly Trait[];
}

/** Token classes in a row: input, output, five-minute and one-hour cache writes, cache reads. */
export type TokenRow = readonly [number, number, number, number, number];

const mostCounted = 1e15;
const count = v.pipe(v.number(), v.minValue(0), v.maxValue(mostCounted));
const instant = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
/** By hand: most of a turn's numbers are in its rows, and a hook that checks hundreds of turns is waited for. */
const tokenRow = v.custom<TokenRow>((row) => Array.isArray(row) && row.length === 5 && row.every(isCount));

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= mostCounted;
}

const turnSchema = v.object({
  agent: v.string(),
  /** hash of agent and session id */
  session: v.number(),
  /** when the prompt was sent; with the session it names the turn */
  at: instant,
  /** when the last response came */
  end: instant,
  model: v.nullable(v.string()),
  words: count,
  files: count,
  traits: v.array(v.picklist(traits)),
  /** tokens in the model's context when the turn began; 0 at the begin of a session */
  context: count,
  tokens: tokenRow,
  requests: count,
  /** different files that were edited */
  touched: count,
  /** milliseconds, long waits (a limit, a person's answer) left out */
  active: count,
  /** of the responses after the last edit: what it cost to finish; null: nothing was edited */
  finish: v.nullable(tokenRow),
  /** points that windows moved meanwhile, where readings tell, by the window's name */
  moved: v.record(v.string(), count),
  /** of the newest turn of a session: when files were edited and hashes of their paths, so that reading on counts none twice */
  edits: v.optional(v.array(v.tuple([instant, v.number()]))),
});
/** One prompt and the work until the agent stopped. */
export type Turn = v.InferOutput<typeof turnSchema>;

/** `turns/<hash>.json` in the state folder: the newest turns of one repository, oldest first. */
const finite = v.pipe(v.number(), v.finite());
const fitSchema = v.object({
  /** how much likeness counts */
  sharpness: finite,
  /** what has to be added to the logarithms of a raw range */
  correction: v.object({ low: finite, likely: finite, high: finite }),
});
/** How well estimates from these turns fit (src/budget/estimate): learning it takes longer than a prompt may wait. */
export type TurnFit = v.InferOutput<typeof fitSchema>;

export const turnFileSchema = v.object({
  v: v.literal(1),
  folder: v.string(),
  turns: v.array(v.unknown()),
  fit: v.optional(v.fallback(v.nullable(fitSchema), null), null),
});
export const turnsSchema = v.array(turnSchema);

export const noTokenRow: TokenRow = [0, 0, 0, 0, 0];

export function plusRow(a: TokenRow, b: TokenRow): TokenRow {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]];
}

export function tokenRowOf({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: TokenCounts): TokenRow {
  return [input, output, cacheWrite5m, cacheWrite1h, cacheRead];
}

/** What a task newly put through the model; cache reads are told apart. */
export function newTokensOf(row: TokenRow): number {
  return row[0] + row[1] + row[2] + row[3];
}
