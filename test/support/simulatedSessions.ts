import type { TokenCounts } from '../../src/protocol/usage.ts';
import type { Random } from './seededRandom.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface SimulatedResponse {
  readonly agent: string;
  readonly account: string;
  readonly session: string;
  readonly at: number;
  readonly model: string;
  readonly tokens: TokenCounts;
  readonly startsSession: boolean;
}

export interface Work {
  readonly models: readonly string[];
  readonly days: number;
  readonly random: Random;
}

const firstDay = Date.parse('2026-11-02T00:00:00Z');
const contextLimit = 160_000;

/**
 * Days of work with an agent, in time order: sessions of prompts of turns, a context that grows and is read from the cache again with
 * each turn, written anew after a pause, compacted when full; two sessions at once now and then.
 */
export function simulatedResponses({ models, days, random }: Work): SimulatedResponse[] {
  const all: SimulatedResponse[] = [];
  for (let each = 0; each < days; each += 1) {
    // Some days are free.
    if (random.next() < 0.15) continue;
    const sessions = Math.floor(random.between(2, 8));
    for (let number = 0; number < sessions; number += 1) {
      const at = firstDay + each * day + random.between(7 * hour, 20 * hour);
      const model = models[Math.floor(random.next() ** 1.5 * models.length)] ?? 'unknown';
      all.push(...session(`${each}-${number}-${random.next()}`, at, model, random));
    }
  }
  return all.sort((a, b) => a.at - b.at);
}

function session(name: string, start: number, model: string, random: Random): SimulatedResponse[] {
  const responses: SimulatedResponse[] = [];
  let at = start;
  let context = 0;
  let cached = 0;
  const prompts = Math.floor(random.between(1, 14));
  for (let prompt = 0; prompt < prompts; prompt += 1) {
    const turns = Math.ceil(-Math.log(1 - random.next()) * 9);
    for (let turn = 0; turn < turns; turn += 1) {
      at += random.between(4000, 40_000);
      if (context > contextLimit) context = cached = random.between(8000, 15_000);
      const grown = turn === 0 && context === 0 ? random.between(14_000, 25_000) : 200 + random.next() ** 3 * 9000;
      const output = Math.ceil(20 + random.next() ** 3 * 3000);
      const written = Math.ceil(context - cached + grown);
      const tokens: TokenCounts = {
        input: Math.ceil(random.between(1, 12)),
        output,
        cacheWrite5m: written,
        cacheWrite1h: 0,
        cacheRead: Math.floor(cached),
      };
      cached += written;
      context = cached + output;
      const startsSession = responses.length === 0;
      responses.push({
        agent: 'claude',
        account: 'home',
        session: name,
        at: Math.round(at),
        model,
        tokens,
        startsSession,
      });
    }
    const pause = -Math.log(1 - random.next()) * 4 * minute;
    at += pause;
    if (pause > 5 * minute) cached = 0;
  }
  return responses;
}
