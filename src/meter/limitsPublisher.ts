import { limitWindows } from '../budget/limitWindows.ts';
import type { UsageSnapshot } from '../protocol/usage.ts';
import { publishLimits, type LimitsOwner } from '../store/limitsFile.ts';
import { readPreferences } from '../store/preferences.ts';
import type { WindowDrift } from '../usage/calibration/drift.ts';
import { Prices } from '../usage/prices.ts';
import type { UsageScan } from '../usage/scan.ts';

/** The hook reads the newest statements by itself; this is what it counts on from. */
const restMs = 2000;
/** Timers cannot be set further than some weeks ahead, and a laptop sleeps. */
const longestWait = 3_600_000;

export interface KnownUse {
  readonly usage: UsageSnapshot;
  readonly drifts: readonly WindowDrift[];
  /** whose transcripts were looked at */
  readonly owners: readonly LimitsOwner[];
}

/**
 * Publishes the limits of what is known (`limits.json`), by the user's own preferences: a workspace's budgets hold in its window of the
 * editor alone. Returns when the next window resets, null if none does. Throws what reading and writing throw.
 */
export async function publishKnown(
  stateFolder: string,
  { usage, drifts, owners }: KnownUse,
  now: number,
): Promise<number | null> {
  const { budgets, prices } = await readPreferences(stateFolder);
  const windows = limitWindows({ usage, drifts, budgets, prices: new Prices(prices), now });
  await publishLimits(stateFolder, { v: 1, at: now, windows: [...windows] }, [...owners, ...machine]);
  return windows.reduce<number | null>(
    (next, { resetsAt }) => (resetsAt === null ? next : Math.min(next ?? Infinity, resetsAt)),
    null,
  );
}

/** The same of one reading of the transcripts. A folder that cannot be written fails no command: `doctor` says so. */
export async function publishScan(
  stateFolder: string,
  scan: UsageScan,
  usage: UsageSnapshot,
  now: number,
): Promise<void> {
  try {
    await publishKnown(stateFolder, { usage, drifts: scan.drifts(), owners: scan.owners() }, now);
  } catch {
    // Nothing depends on it that does not do without.
  }
}

/** Budgets over time are of everything on this machine: whoever publishes tells of them. */
const machine: readonly LimitsOwner[] = [{ agent: 'all', account: 'all' }];

/** Keeps `limits.json` current while usage is watched: the newest at once, then at most every few seconds, and anew when a window resets. */
export class LimitsPublisher {
  readonly #stateFolder: string;
  readonly #now: () => number;
  #known: KnownUse | null = null;
  #isWanted = false;
  #working: Promise<void> | null = null;
  #isClosed = false;
  #restTimer: NodeJS.Timeout | null = null;
  #resetTimer: NodeJS.Timeout | null = null;

  constructor(stateFolder: string, now: () => number) {
    this.#stateFolder = stateFolder;
    this.#now = now;
  }

  /** A new picture of usage. What a long first reading has found so far is too little to go by. */
  take(known: KnownUse): void {
    if (known.usage.progress !== null) return;
    this.#known = known;
    this.refresh();
  }

  /** Preferences have changed, or time has passed. */
  refresh(): void {
    this.#isWanted = true;
    void this.#work();
  }

  /** Publishes what is not yet, without a rest before it. Resolves when it stands in the file. */
  async publishNow(): Promise<void> {
    await this.#working;
    if (this.#restTimer !== null) clearTimeout(this.#restTimer);
    this.#restTimer = null;
    await this.#work();
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of [this.#restTimer, this.#resetTimer]) if (timer !== null) clearTimeout(timer);
  }

  async #work(): Promise<void> {
    if (this.#working !== null || this.#isClosed || this.#restTimer !== null) return;
    if (!this.#isWanted || this.#known === null) return;
    this.#isWanted = false;
    this.#working = this.#publish(this.#known);
    await this.#working;
  }

  async #publish(known: KnownUse): Promise<void> {
    let nextReset: number | null = null;
    try {
      nextReset = await publishKnown(this.#stateFolder, known, this.#now());
    } catch {
      // A folder that cannot be written: `doctor` says so, and the next change tries again.
    }
    this.#working = null;
    this.#rest(nextReset);
  }

  #rest(nextReset: number | null): void {
    if (this.#isClosed) return;
    this.#restTimer = setTimeout(() => {
      this.#restTimer = null;
      void this.#work();
    }, restMs);
    this.#wakeAt(nextReset);
  }

  #wakeAt(reset: number | null): void {
    if (this.#resetTimer !== null) clearTimeout(this.#resetTimer);
    this.#resetTimer = null;
    if (reset === null) return;
    const wait = Math.min(Math.max(reset - this.#now(), 0) + 1000, longestWait);
    this.#resetTimer = setTimeout(() => this.refresh(), wait);
  }
}
