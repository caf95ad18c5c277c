import { newTokens, type SessionUsage, type TokenCounts } from '../protocol/usage.ts';
import type { Response } from './ledgerEntry.ts';
import type { Prices } from './prices.ts';
import { TokenSum } from './tokenSum.ts';

/** The sessions of these responses, the one used last first. */
export function sessionsOf(responses: Iterable<Response>, prices: Prices): readonly SessionUsage[] {
  const sessions = new Map<string, SessionTally>();
  for (const response of responses) {
    const key = sessionKeyOf(response);
    let tally = sessions.get(key);
    if (tally === undefined) sessions.set(key, (tally = new SessionTally()));
    tally.add(response, prices.costOf(response));
  }
  return [...sessions.values()].map((tally) => tally.session(prices)).sort((a, b) => b.lastAt - a.lastAt);
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

/**
 * Sums up one session. A subagent's responses carry the id of the main session and so belong to it. The folder is where the session
 * began: an agent that changes its directory is still on the same work. The model is the main conversation's latest; what fills the
 * context is its newest prompt with the answer, not the largest: a compaction makes the context small again.
 */
export class SessionTally {
  readonly #sum = new TokenSum();
  #agent = '';
  #account = '';
  #sessionId = '';
  #firstAt = Infinity;
  #lastAt = -Infinity;
  #responses = 0;
  #costUsd: number | null = null;
  #cwd: string | null = null;
  #cwdAt = Infinity;
  #model: string | null = null;
  #modelAt = -Infinity;
  #isMainModel = false;
  #isMainAccount = false;
  #promptAt = -Infinity;
  #contextTokens: number | null = null;
  #contextLimit: number | null = null;
  #limitAt = -Infinity;

  add(response: Response, cost: number | null): void {
    const { at, tokens, cwd, model, isSidechain } = response;
    this.#agent = response.agent;
    this.#sessionId = response.sessionId;
    this.#responses += 1;
    this.#sum.add(tokens);
    if (cost !== null) this.#costUsd = (this.#costUsd ?? 0) + cost;
    // One session can go on under another login; the newest says whose it is, of the main conversation if it is there.
    if (isSidechain ? !this.#isMainAccount && at >= this.#lastAt : !this.#isMainAccount || at >= this.#promptAt) {
      this.#account = response.account;
      this.#isMainAccount = !isSidechain;
    }
    this.#firstAt = Math.min(this.#firstAt, at);
    this.#lastAt = Math.max(this.#lastAt, at);
    if (cwd !== null && at < this.#cwdAt) {
      this.#cwd = cwd;
      this.#cwdAt = at;
    }
    const isLater = isSidechain ? !this.#isMainModel && at > this.#modelAt : !this.#isMainModel || at > this.#modelAt;
    if (model !== null && isLater) {
      this.#model = model;
      this.#modelAt = at;
      this.#isMainModel = !isSidechain;
    }
    if (!isSidechain) this.#addPrompt(response);
  }

  session(prices: Prices): SessionUsage {
    return {
      agent: this.#agent,
      account: this.#account,
      sessionId: this.#sessionId,
      cwd: this.#cwd,
      model: this.#model,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      responses: this.#responses,
      tokens: this.#sum.tokens(),
      costUsd: this.#costUsd,
      contextTokens: this.#contextTokens,
      contextLimit: this.#contextLimit ?? prices.contextLimitOf(this.#model),
    };
  }

  #addPrompt({ at, tokens, contextLimit }: Response): void {
    const filled = newTokens(tokens) + tokens.cacheRead;
    if (at > this.#promptAt || (at === this.#promptAt && filled > (this.#contextTokens ?? 0))) {
      this.#contextTokens = filled;
      this.#promptAt = at;
    }
    // Not every row of a session says it.
    if (contextLimit !== null && contextLimit !== undefined && at >= this.#limitAt) {
      this.#contextLimit = contextLimit;
      this.#limitAt = at;
    }
  }
}
