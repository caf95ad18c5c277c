import type { ResponseRow } from '../agents/agent.ts';
import type { TokenCounts } from '../protocol/usage.ts';

/** One answer of a model's API, counted once. `at` is epoch milliseconds. */
export interface Response {
  readonly agent: string;
  readonly sessionId: string;
  readonly at: number;
  readonly model: string | null;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
  readonly tokens: TokenCounts;
}

/** A response in the making: what its rows have told so far. */
export class LedgerEntry implements Response {
  readonly agent: string;
  sessionId: string;
  at: number;
  model: string | null;
  cwd: string | null;
  isSidechain: boolean;
  tokens: TokenCounts;
  /** the next one in the same bucket of the ledger */
  next: LedgerEntry | null = null;
  #requestId: string | null;
  #side: string;
  /** further request ids and input sides; nearly no response has any */
  #more: string[] | null = null;

  constructor(row: ResponseRow) {
    this.agent = row.agent;
    this.sessionId = row.sessionId;
    this.at = row.at;
    this.model = row.model;
    this.cwd = row.cwd;
    this.isSidechain = row.isSidechain;
    this.tokens = row.tokens;
    this.#requestId = row.requestId;
    this.#side = inputSide(row.tokens);
  }

  /** Did a row with this request id lead here? */
  hasRequest(requestId: string): boolean {
    return this.#requestId === requestId || this.#more?.includes(`r${requestId}`) === true;
  }

  /** Did a row with this input side (`inputSide`) lead here? */
  hasSide(side: string): boolean {
    return this.#side === side || this.#more?.includes(`s${side}`) === true;
  }

  rememberRequest(requestId: string): void {
    if (this.#requestId === null) this.#requestId = requestId;
    else (this.#more ??= []).push(`r${requestId}`);
  }

  rememberSide(side: string): void {
    (this.#more ??= []).push(`s${side}`);
  }

  /** Takes in a further row of the same response; true if that changed anything. */
  merge(row: ResponseRow): boolean {
    const tokens = largest(this.tokens, row.tokens);
    let changed = !same(tokens, this.tokens);
    if (changed) this.tokens = tokens;
    if (this.model === null && row.model !== null) {
      this.model = row.model;
      changed = true;
    }
    return this.#mergeOrigin(row) || changed;
  }

  /**
   * A side question or a progress row repeats a response later and elsewhere, so a main row has the say on when and where; among
   * equals the earliest time and, for forks that do not name their parent, the smaller session id, so that the order in which
   * files are read does not matter.
   */
  #mergeOrigin(row: ResponseRow): boolean {
    if (row.isSidechain && !this.isSidechain) return false;
    const takesOver = this.isSidechain && !row.isSidechain;
    const at = takesOver ? row.at : Math.min(this.at, row.at);
    const sessionId = takesOver || row.sessionId < this.sessionId ? row.sessionId : this.sessionId;
    const cwd = takesOver || row.at < this.at ? (row.cwd ?? this.cwd) : (this.cwd ?? row.cwd);
    if (at === this.at && sessionId === this.sessionId && cwd === this.cwd && !takesOver) return false;
    this.at = at;
    this.sessionId = sessionId;
    this.cwd = cwd;
    this.isSidechain = row.isSidechain;
    return true;
  }
}

/** The input side of a response, equal in all its rows. */
export function inputSide(tokens: TokenCounts): string {
  return `${tokens.input}|${tokens.cacheRead}|${tokens.cacheWrite5m + tokens.cacheWrite1h}`;
}

/**
 * A row without the split of cache writes counts all of them as five-minute writes. The maximum is therefore taken of the sum and of
 * the one-hour part; the maximum of each part would count such writes twice.
 */
function largest(a: TokenCounts, b: TokenCounts): TokenCounts {
  const written = Math.max(a.cacheWrite5m + a.cacheWrite1h, b.cacheWrite5m + b.cacheWrite1h);
  const cacheWrite1h = Math.max(a.cacheWrite1h, b.cacheWrite1h);
  return {
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
  };
}

function same(a: TokenCounts, b: TokenCounts): boolean {
  return (
    a.input === b.input &&
    a.output === b.output &&
    a.cacheWrite5m === b.cacheWrite5m &&
    a.cacheWrite1h === b.cacheWrite1h &&
    a.cacheRead === b.cacheRead
  );
}
