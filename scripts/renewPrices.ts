// Renews src/usage/modelPrices.json from LiteLLM's public price data, by hand and before a release: nothing that ships goes to the
// network. `npx tsx scripts/renewPrices.ts [FILE [DAY]]`: FILE is a copy of LiteLLM's file, DAY the day it is of.
import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import * as v from 'valibot';
import { priceSchema, type ModelPrice, type PriceFile } from '../src/protocol/modelPrice.ts';

const address = 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json';
const target = new URL('../src/usage/modelPrices.json', import.meta.url);

/** Models of the vendors whose agents the meter reads, of those generations that their agents still offer. */
const wanted = /^(?:claude-(?!3)|gpt-5|gpt-[6-9]|codex-|o[34](?:-|$)|gemini-(?:2\.5|[3-9]))/;
const unwanted = /image|audio|tts|live|embedding|search|transcribe|realtime|computer-use/;
const vendors = new Set(['anthropic', 'openai', 'gemini', 'vertex_ai-language-models']);

const entrySchema = v.looseObject({ litellm_provider: v.optional(v.string(), '') });
type Entry = v.InferOutput<typeof entrySchema>;

/** USD per million tokens of a field of LiteLLM's, which are USD per token. */
function perMillion(entry: Entry, field: string): number | undefined {
  const value = entry[field];
  return typeof value === 'number' ? rounded(value * 1e6) : undefined;
}

function rounded(value: number): number {
  return Number(value.toPrecision(10));
}

/** The prices under one suffix of LiteLLM's fields; null if there are none. What is not listed follows the vendor's general rule. */
function rates(entry: Entry, suffix: string): ModelPrice | null {
  const input = perMillion(entry, `input_cost_per_token${suffix}`);
  const output = perMillion(entry, `output_cost_per_token${suffix}`);
  // All zeros mean that LiteLLM does not know (ccusage, pull request 854).
  if (input === undefined || output === undefined || input + output === 0) return null;
  // Anthropic's rule for what is not listed; the others bill what they cache as input.
  const [ofRead, ofWrite, of1h] = entry.litellm_provider === 'anthropic' ? [0.1, 1.25, 2] : [1, 1, null];
  const cacheWrite5m = perMillion(entry, `cache_creation_input_token_cost${suffix}`) ?? rounded(input * ofWrite);
  return {
    input,
    output,
    cacheRead: perMillion(entry, `cache_read_input_token_cost${suffix}`) ?? rounded(input * ofRead),
    cacheWrite5m,
    cacheWrite1h:
      perMillion(entry, `cache_creation_input_token_cost_above_1hr${suffix}`) ??
      (of1h === null ? cacheWrite5m : rounded(input * of1h)),
  };
}

function priceOf(entry: Entry): ModelPrice | null {
  const price = rates(entry, '');
  if (price === null) return null;
  const above = Object.keys(entry).flatMap(
    (field) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(field)?.[1] ?? [],
  );
  const long = above.map((thousands) => ({
    above: Number(thousands) * 1000,
    rates: rates(entry, `_above_${thousands}k_tokens`),
  }));
  const tier = long.find((each) => each.rates !== null);
  // Of Claude models the source names the largest window there is, which is not what accounts have (Prices.contextLimitOf).
  const context = entry.litellm_provider === 'anthropic' ? undefined : entry['max_input_tokens'];
  const fast = v.safeParse(v.object({ fast: v.number() }), entry['provider_specific_entry']);
  return v.parse(priceSchema, {
    ...price,
    ...(tier === undefined ? {} : { long: { above: tier.above, ...tier.rates } }),
    ...(typeof context === 'number' ? { context } : {}),
    ...(fast.success ? { fast: fast.output.fast } : {}),
  });
}

const [file, day = new Date().toISOString().slice(0, 10)] = process.argv.slice(2);
const text = file === undefined ? await (await fetch(address)).text() : await readFile(file, 'utf8');
const data = v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
const models: Record<string, ModelPrice> = {};
for (const [key, value] of Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!wanted.test(key) || unwanted.test(key)) continue;
  const entry = v.safeParse(entrySchema, value);
  const price = entry.success && vendors.has(entry.output.litellm_provider) ? priceOf(entry.output) : null;
  // A dated name that costs the same as the plain one is found through it.
  const plain = models[key.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '')];
  if (price !== null && JSON.stringify(plain) !== JSON.stringify(price)) models[key] = price;
}
if (Object.keys(models).length < 20)
  throw new Error(`only ${Object.keys(models).length} models: is this LiteLLM's file?`);

const old = v.parse(
  v.looseObject({ supplement: v.optional(v.unknown(), {}) }),
  JSON.parse(await readFile(target, 'utf8').catch(() => '{}')),
);
const renewed = {
  source: address,
  licence: 'MIT, Copyright (c) 2023 Berri AI',
  date: day,
  unit: 'USD per million tokens; `long` holds for all of a request whose prompt is above that many tokens; `fast` is a factor, `context` tokens',
  models,
  supplement: old.supplement as PriceFile['supplement'],
};
await writeFile(target, await format(JSON.stringify(renewed), { parser: 'json', printWidth: 120 }));
process.stdout.write(`${Object.keys(models).length} models of ${day}\n`);
