import { noTokens, type SessionUsage, type TokenCounts } from '../protocol/usage.ts';
import type { Response } from './ledgerEntry.ts';

/**
 * The sessions of these responses, the one used last first. A subagent's responses carry the id of the main session and so belong
 * to it. The folder is where the session began: an agent that changes its directory is still on the same work. The model is the
 * main conversation's latest.
 */
export function sessionsOf(responses: Iterable<Response>): readonly SessionUsage[] {
  const sessions = new Map<string, Tally>();
  for (const response of responses) {
    const key = sessionKeyOf(response);
    let tally = sessions.get(key);
    if (tally === undefined) sessions.set(key, (tally = new Tally(response)));
    tally.add(response);
  }
  return [...sessions.values()].map((tally) => tally.session()).sort((a, b) => b.lastAt - a.lastAt);
}

/** Session ids are unique within one agent only. */
export function sessionKeyOf({ agent, sessionId }: { readonly agent: string; readonly sessionId: string }): string {
  return `${agent}|${sessionId}`;
}

/** The sum of both, class by class. */
export function plus(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    cacheRead: a.cacheRead + b.cacheRead,
  };
}

class Tally {
  readonly #agent: string;
  readonly #sessionId: string;
  #firstAt = Infinity;
  #lastAt = -Infinity;
  #responses = 0;
  #tokens = noTokens;
  #cwd: string | null = null;
  #cwdAt = Infinity;
  #model: string | null = null;
  #modelAt = -Infinity;
  #mainModel = false;

  constructor({ agent, sessionId }: Response) {
    this.#agent = agent;
    this.#sessionId = sessionId;
  }

  add({ at, tokens, cwd, model, isSidechain }: Response): void {
    this.#responses += 1;
    this.#tokens = plus(this.#tokens, tokens);
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
    if (cwd !== null && at < this.#cwdAt) {
      this.#cwd = cwd;
      this.#cwdAt = at;
    }
    if (
      model !== null &&
      (isSidechain ? !this.#mainModel && at > this.#modelAt : !this.#mainModel || at > this.#modelAt)
    ) {
      this.#model = model;
      this.#modelAt = at;
      this.#mainModel = !isSidechain;
    }
  }

  session(): SessionUsage {
    return {
      agent: this.#agent,
      sessionId: this.#sessionId,
      cwd: this.#cwd,
      model: this.#model,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      responses: this.#responses,
      tokens: this.#tokens,
    };
  }
}
