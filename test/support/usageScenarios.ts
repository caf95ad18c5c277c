import type { TokenCounts } from '../../src/protocol/usage.ts';
import type { Scenario, Weighting } from './usageSimulation.ts';

const opus = 'claude-opus-4-5';
const sonnet = 'claude-sonnet-4-5';
const haiku = 'claude-haiku-4-5';

const prices: Readonly<Record<string, number>> = { [opus]: 5, [sonnet]: 3, [haiku]: 1 };

const inUnits =
  (perRead: number, perModel = (model: string) => prices[model] ?? 3): Weighting =>
  (tokens, model) =>
    perModel(model) * (written(tokens) + 5 * tokens.output + perRead * tokens.cacheRead);

/** Hidden rules that users or vendors have claimed (usage rules: percent per work). */
export const weightings = {
  dollars: inUnits(0.1),
  readsFree: inUnits(0),
  // every token alike, of every model
  readsFull: ({ input, output, cacheWrite5m, cacheRead }: TokenCounts) => input + output + cacheWrite5m + cacheRead,
  readsTenth: ({ input, output, cacheWrite5m, cacheRead }: TokenCounts) =>
    input + output + cacheWrite5m + cacheRead / 10,
  perModel: inUnits(0.1, (model) => (model === opus ? 12 : model === sonnet ? 1.5 : 1)),
  perRequest: () => 1,
} satisfies Readonly<Record<string, Weighting>>;

function written({ input, cacheWrite5m, cacheWrite1h }: TokenCounts): number {
  return input + 1.25 * cacheWrite5m + 2 * cacheWrite1h;
}

const usual: Scenario = {
  name: 'usual',
  window: 'five_hour',
  weighting: weightings.dollars,
  rounding: 'floor',
  readings: 'every20',
  stale: false,
  others: 'none',
  partialOutput: false,
  models: [sonnet],
  days: 21,
};
const several = [opus, sonnet, haiku];

/** What the gauge has to stand; each changes some things of the usual case. */
export const scenarios: readonly Scenario[] = [
  { ...usual, name: 'dollars' },
  { ...usual, name: 'dollars, partial output', partialOutput: true },
  { ...usual, name: 'reads free', weighting: weightings.readsFree },
  { ...usual, name: 'reads full', weighting: weightings.readsFull },
  { ...usual, name: 'reads 1/10, tokens', weighting: weightings.readsTenth },
  { ...usual, name: 'three models, dollars', models: several },
  { ...usual, name: 'three models, own weights', models: several, weighting: weightings.perModel },
  { ...usual, name: 'three models, reads full', models: several, weighting: weightings.readsFull },
  { ...usual, name: 'flat per request', weighting: weightings.perRequest },
  { ...usual, name: 'rounded', rounding: 'round' },
  { ...usual, name: 'rounded up', rounding: 'ceil' },
  { ...usual, name: 'each response, down', readings: 'each' },
  { ...usual, name: 'each response, rounded', readings: 'each', rounding: 'round' },
  { ...usual, name: 'each response, up', readings: 'each', rounding: 'ceil' },
  { ...usual, name: 'at random', readings: 'random' },
  { ...usual, name: 'session starts only', readings: 'sessionStart' },
  { ...usual, name: 'stale sessions', stale: true },
  { ...usual, name: 'stale, starts only', stale: true, readings: 'sessionStart' },
  { ...usual, name: 'others 20 %', others: 'steady' },
  { ...usual, name: 'others in bursts', others: 'bursts' },
  { ...usual, name: 'most use elsewhere', others: 'most' },
  {
    ...usual,
    name: 'all at once',
    others: 'steady',
    stale: true,
    models: several,
    weighting: weightings.perModel,
    readings: 'random',
    partialOutput: true,
    rounding: 'round',
  },
  { ...usual, name: 'week, dollars', window: 'seven_day', days: 35 },
  { ...usual, name: 'week, reads full', window: 'seven_day', days: 35, weighting: weightings.readsFull },
  {
    ...usual,
    name: 'week, three models, own weights',
    window: 'seven_day',
    days: 35,
    models: several,
    weighting: weightings.perModel,
  },
  { ...usual, name: 'week, starts only', window: 'seven_day', days: 35, readings: 'sessionStart' },
  { ...usual, name: 'week, others 20 %', window: 'seven_day', days: 35, others: 'steady' },
  { ...usual, name: 'week, others in bursts', window: 'seven_day', days: 35, others: 'bursts' },
];
