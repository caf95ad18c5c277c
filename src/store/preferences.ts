import * as v from 'valibot';
import { checkedBudgets, type Budgets } from '../protocol/budgets.ts';
import { checkedPrices, type PriceOverrides } from '../protocol/modelPrice.ts';
import { makePrivateFolder, readJsonFile, writeFileAtomic } from './atomicFile.ts';
import { preferencesFile } from './stateFiles.ts';
import { defaultPlanName, isPlanName } from './planFolder.ts';

export const defaultReservePercent = 20;

/** advise: the agent is asked to land; strict: new work is refused as well; off: nothing is said */
export const landingModes = ['advise', 'strict', 'off'] as const;
export type LandingMode = (typeof landingModes)[number];

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
  readonly landing: LandingMode;
  readonly reserveMode: ReserveMode;
  readonly decision: DecisionMode;
  readonly budgets: Budgets;
  readonly prices: PriceOverrides;
  /** whether a new session is told of one that was cut off in its folder */
  readonly handOverAtSessionStart: boolean;
  /** where a folder's plan is, below that folder */
  readonly planFile: string;
}

export const defaultPreferences: Preferences = {
  reservePercent: defaultReservePercent,
  reserveMode: 'fixed',
  decision: 'advise',
  landing: 'advise',
  handOverAtSessionStart: true,
  planFile: defaultPlanName,
  budgets: {},
  prices: {},
};

/** What a reserve may be, in percent of a window. */
export const reserveSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(50));
export const reserveModeSchema = v.picklist(reserveModes);
export const decisionSchema = v.picklist(decisionModes);
export const landingSchema = v.picklist(landingModes);
export const planFileSchema = v.pipe(v.string(), v.trim(), v.check(isPlanName));

/** The value that is well-formed, else its default: one bad value takes no other along. */
function valueOr<Value>(schema: v.GenericSchema<unknown, Value>, otherwise: Value) {
  return v.optional(v.fallback(schema, otherwise), otherwise);
}

const { reservePercent, reserveMode, decision, landing, handOverAtSessionStart, planFile } = defaultPreferences;

const preferencesSchema: v.GenericSchema<unknown, Preferences> = v.pipe(
  v.unknown(),
  v.check((value) => v.is(v.looseObject({ v: v.literal(1) }), value)),
  v.object({
    reservePercent: valueOr(reserveSchema, reservePercent),
    reserveMode: valueOr(reserveModeSchema, reserveMode),
    decision: valueOr(decisionSchema, decision),
    landing: valueOr(landingSchema, landing),
    handOverAtSessionStart: valueOr(v.boolean(), handOverAtSessionStart),
    planFile: valueOr(planFileSchema, planFile),
    budgets: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((value) => checkedBudgets(value).budgets),
      ),
      null,
    ),
    prices: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((value) => checkedPrices(value).prices),
      ),
      null,
    ),
  }),
);

/** The defaults where nothing was published, or by a newer version. Throws what reading throws (permission). */
export async function readPreferences(stateFolder: string): Promise<Preferences> {
  return (await readJsonFile(preferencesFile(stateFolder), preferencesSchema)) ?? defaultPreferences;
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
