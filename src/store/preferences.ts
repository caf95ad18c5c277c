import path from 'node:path';
import * as v from 'valibot';
import { checkedBudgets, type Budgets } from '../protocol/budgets.ts';
import { checkedPrices, type PriceOverrides } from '../protocol/modelPrice.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';

export const defaultReservePercent = 20;

/** advise: the agent is asked to land; strict: new work is refused as well; off: nothing is said */
export const landingModes = ['advise', 'strict', 'off'] as const;
export type LandingMode = (typeof landingModes)[number];

/**
 * What the user chose in the editor, for the programs that run without it. Only the user's own settings are in here, never a
 * workspace's: the file is one for all folders, so a value that holds in one of them would reach all others. A workspace's value is
 * shown in its window of the editor and nowhere else.
 */
export interface Preferences {
  /** 0-50 */
  readonly reservePercent: number;
  readonly landing: LandingMode;
  readonly budgets: Budgets;
  readonly prices: PriceOverrides;
  /** whether a new session is told of one that was cut off in its folder */
  readonly handOverAtSessionStart: boolean;
}

export const defaultPreferences: Preferences = {
  reservePercent: defaultReservePercent,
  landing: 'advise',
  budgets: {},
  prices: {},
  handOverAtSessionStart: true,
};

/** What a reserve may be, in percent of a window. */
export const reserveSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(50));
export const landingSchema = v.picklist(landingModes);

const preferencesSchema = v.object({
  v: v.literal(1),
  reservePercent: v.fallback(reserveSchema, defaultReservePercent),
  landing: v.optional(v.fallback(landingSchema, defaultPreferences.landing), defaultPreferences.landing),
  budgets: v.pipe(
    v.unknown(),
    v.transform((value) => checkedBudgets(value).budgets),
  ),
  prices: v.pipe(
    v.unknown(),
    v.transform((value) => checkedPrices(value).prices),
  ),
  handOverAtSessionStart: v.optional(v.fallback(v.boolean(), true), true),
});

function preferencesFile(stateFolder: string): string {
  return path.join(stateFolder, 'preferences.json');
}

/** The defaults where nothing was published, or by a newer version. Throws what reading throws (permission). */
export async function readPreferences(stateFolder: string): Promise<Preferences> {
  const read = await readJsonFile(preferencesFile(stateFolder), preferencesSchema);
  if (read === null) return defaultPreferences;
  const { reservePercent, landing, budgets, prices, handOverAtSessionStart } = read;
  return { reservePercent, landing, budgets, prices, handOverAtSessionStart };
}

/** Writes only what differs: every window of the editor publishes the same at its start. Returns whether it wrote. */
export async function publishPreferences(stateFolder: string, preferences: Preferences): Promise<boolean> {
  if (sameJson(await readPreferences(stateFolder), preferences)) return false;
  await makePrivateFolder(stateFolder);
  await writeFileAtomic(preferencesFile(stateFolder), `${JSON.stringify({ v: 1, ...preferences })}\n`);
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
