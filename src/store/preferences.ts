import path from 'node:path';
import * as v from 'valibot';
import { checkedBudgets, type Budgets } from '../protocol/budgets.ts';
import { checkedPrices, type PriceOverrides } from '../protocol/modelPrice.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';

export const defaultReservePercent = 20;

/** warn: the user is told; advise: on a split the agent is asked for chunks first; block: the prompt is held back; off: nothing is said */
export const decisionModes = ['warn', 'advise', 'block', 'off'] as const;
export type DecisionMode = (typeof decisionModes)[number];

/** learned: what finishing has cost nine times of ten, and the percentage as long as that is not known */
export const reserveModes = ['fixed', 'learned'] as const;
export type ReserveMode = (typeof reserveModes)[number];

/**
 * What the user chose in the editor, for the programs that run without it. Only the user's own settings are in here, never a
 * workspace's: the file is one for all folders, so a value that holds in one of them would reach all others. A workspace's value is
 * shown in its window of the editor and nowhere else.
 */
export interface Preferences {
  /** 0-50 */
  readonly reservePercent: number;
  readonly reserveMode: ReserveMode;
  readonly decision: DecisionMode;
  readonly budgets: Budgets;
  readonly prices: PriceOverrides;
}

export const defaultPreferences: Preferences = {
  reservePercent: defaultReservePercent,
  reserveMode: 'fixed',
  decision: 'advise',
  budgets: {},
  prices: {},
};

export const decisionSchema = v.picklist(decisionModes);
export const reserveModeSchema = v.picklist(reserveModes);
/** What a reserve may be, in percent of a window. */
export const reserveSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(50));

const preferencesSchema = v.object({
  v: v.literal(1),
  reservePercent: v.fallback(reserveSchema, defaultReservePercent),
  reserveMode: v.optional(v.fallback(reserveModeSchema, 'fixed'), 'fixed'),
  decision: v.optional(v.fallback(decisionSchema, 'advise'), 'advise'),
  budgets: v.pipe(
    v.unknown(),
    v.transform((value) => checkedBudgets(value).budgets),
  ),
  prices: v.pipe(
    v.unknown(),
    v.transform((value) => checkedPrices(value).prices),
  ),
});

function preferencesFile(stateFolder: string): string {
  return path.join(stateFolder, 'preferences.json');
}

/** The defaults where nothing was published, or by a newer version. Throws what reading throws (permission). */
export async function readPreferences(stateFolder: string): Promise<Preferences> {
  const read = await readJsonFile(preferencesFile(stateFolder), preferencesSchema);
  if (read === null) return defaultPreferences;
  const { reservePercent, reserveMode, decision, budgets, prices } = read;
  return { reservePercent, reserveMode, decision, budgets, prices };
}

/** Writes only what differs: every window of the editor publishes the same at its start. Returns whether it wrote. */
export async function publishPreferences(stateFolder: string, preferences: Preferences): Promise<boolean> {
  const { reservePercent, reserveMode, decision, budgets, prices } = preferences;
  const published = { reservePercent, reserveMode, decision, budgets, prices };
  if (sameJson(await readPreferences(stateFolder), published)) return false;
  await makePrivateFolder(stateFolder);
  await writeFileAtomic(preferencesFile(stateFolder), `${JSON.stringify({ v: 1, ...published })}\n`);
  return true;
}

/** Settings come in the order they were typed in; that is no difference. */
function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)] as const),
  );
}
