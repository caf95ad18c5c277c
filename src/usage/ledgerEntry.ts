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
  readonly isCopy: boolean;
  readonly isFast: boolean;
  readonly tokens: TokenCounts;
  /** what the agent itself says that it cost, USD; null where it says nothing */
  readonly costUsd: number | null;
}

/** A response in the making: what its rows have told so far. */
export class LedgerEntry implements Response {
  readonly agent: string;
  sessionId: string;
  at: number;
  model: string | null;
  cwd: string | null;
  isSidechain: boolean;
  isCopy: boolean;
  tokens: TokenCounts;
  isFast: boolean;
  costUsd: number | null;
  /** the next one in the same bucket of the ledger */
  next: LedgerEntry | null = null;
  #marks: readonly string[];

  constructor(row: ResponseRow) {
    this.agent = row.agent;
    this.sessionId = row.sessionId;
    this.at = row.at;
    this.model = row.model;
    this.cwd = row.cwd;
    this.isSidechain = row.isSidechain;
    this.isCopy = row.isCopy;
    this.tokens = row.tokens;
    this.isFast = row.isFast;
    this.costUsd = row.costUsd;
    this.#marks = row.marks;
  }

  /** Did a row with one of these marks lead here? */
  hasAny(marks: readonly string[]): boolean {
    return marks.some((mark) => this.#marks.includes(mark));
  }

  /** Takes in another entry that turned out to be of the same response. */
  take(other: LedgerEntry): void {
    this.#mergeWhatItSays(other, other.#marks);
  }

  /** Takes in a further row of the same response; true if that changed anything the ledger says. */
  merge(row: ResponseRow): boolean {
    return this.#mergeWhatItSays(row, row.marks);
  }

  #mergeWhatItSays(row: Response, marks: readonly string[]): boolean {
    if (!marks.every((mark) => this.#marks.includes(mark))) this.#marks = [...new Set([...this.#marks, ...marks])];
    const tokens = largest(this.tokens, row.tokens);
    let changed = !same(tokens, this.tokens);
    if (changed) this.tokens = tokens;
    if (this.model === null && row.model !== null) {
      this.model = row.model;
      changed = true;
    }
    if (row.costUsd !== null && row.costUsd > (this.costUsd ?? 0)) {
      this.costUsd = row.costUsd;
      changed = true;
    }
    if (row.isFast && !this.isFast) changed = this.isFast = true;
    return this.#mergeOrigin(row) || changed;
  }

  /**
   * A side question, a progress row or a copied history repeats a response later and elsewhere, so the row nearest to the conversation
   * has the say on when and where; among equals the earliest time and, for forks that do not name their parent, the smaller session id, so that the order in which
   * files are read does not matter.
   */
  #mergeOrigin(row: Response): boolean {
    const nearer = nearness(row) - nearness(this);
    if (nearer < 0) return false;
    const takesOver = nearer > 0;
    const at = takesOver ? row.at : Math.min(this.at, row.at);
    const sessionId = takesOver || row.sessionId < this.sessionId ? row.sessionId : this.sessionId;
    const cwd = takesOver || row.at < this.at ? (row.cwd ?? this.cwd) : (this.cwd ?? row.cwd);
    if (at === this.at && sessionId === this.sessionId && cwd === this.cwd && !takesOver) return false;
    this.at = at;
    this.sessionId = sessionId;
    this.cwd = cwd;
    this.isSidechain = row.isSidechain;
    this.isCopy = row.isCopy;
    return true;
  }
}

function nearness({ isSidechain, isCopy }: Response): number {
  return isCopy ? 0 : isSidechain ? 1 : 2;
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
