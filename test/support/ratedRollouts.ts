import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noTokens, type Reading, type TokenCounts } from '../../src/protocol/usage.ts';
import type { SimulatedResponse } from './simulatedSessions.ts';
import type { Simulation } from './usageSimulation.ts';

/**
 * Writes a simulated past into Codex's rollouts as it goes on: its responses, each without limits, and the readings, each by itself, so
 * that a test decides when which is known.
 */
export class RatedRollouts {
  readonly #home: string;
  readonly #simulation: Simulation;
  readonly #totals = new Map<string, TokenCounts>();
  #use = 0;
  #told = 0;

  constructor(home: string, simulation: Simulation) {
    this.#home = home;
    this.#simulation = simulation;
  }

  /** Everything until then (epoch milliseconds) that is not written yet. */
  writeUntil(at: number): void {
    const { uses, told } = this.#simulation;
    const files = new Map<string, string[]>();
    const put = (session: string, ...lines: object[]) => {
      const list = files.get(session) ?? [];
      files.set(session, list);
      list.push(...lines.map((line) => `${JSON.stringify(line)}\n`));
    };
    for (let use = uses[this.#use]; use !== undefined && use.at <= at; use = uses[++this.#use])
      put(use.session, ...this.#response(use));
    for (
      let reading = told[this.#told];
      reading !== undefined && reading.capturedAt <= at;
      reading = told[++this.#told]
    )
      put('readings', statement(reading));
    for (const [session, lines] of files) {
      const file = join(this.#home, '.codex', 'sessions', '2026', '11', '02', `rollout-x-${session}.jsonl`);
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, lines.join(''));
    }
  }

  #response({ session, at, model, tokens }: SimulatedResponse): object[] {
    const before = this.#totals.get(session);
    const total = sum(before ?? noTokens, tokens);
    this.#totals.set(session, total);
    const timestamp = new Date(at).toISOString();
    const begin = [
      {
        timestamp,
        type: 'session_meta',
        payload: { id: session, session_id: session, source: 'cli', cwd: '/home/dev/app' },
      },
      { timestamp, type: 'turn_context', payload: { model, cwd: '/home/dev/app' } },
    ];
    const info = { total_token_usage: codexCounts(total), last_token_usage: codexCounts(tokens) };
    const count = { timestamp, type: 'event_msg', payload: { type: 'token_count', info, rate_limits: null } };
    return before === undefined ? [...begin, count] : [count];
  }
}

function statement({ capturedAt, used, resetsAt, window }: Reading): object {
  const primary = {
    used_percent: Math.round(used * 1e6) / 1e4,
    window_minutes: window === 'five_hour' ? 300 : 10_080,
    resets_at: Math.round((resetsAt ?? 0) / 1000),
  };
  const rateLimits = { limit_id: 'codex', primary, secondary: null };
  const payload = { type: 'token_count', info: null, rate_limits: rateLimits };
  return { timestamp: new Date(capturedAt).toISOString(), type: 'event_msg', payload };
}

function sum(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    cacheRead: a.cacheRead + b.cacheRead,
  };
}

/** Codex knows no cache writes: what is written is input. */
function codexCounts({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }: TokenCounts): object {
  return {
    input_tokens: input + cacheWrite5m + cacheWrite1h + cacheRead,
    cached_input_tokens: cacheRead,
    output_tokens: output,
    reasoning_output_tokens: 0,
    total_tokens: input + cacheWrite5m + cacheWrite1h + cacheRead + output,
  };
}
