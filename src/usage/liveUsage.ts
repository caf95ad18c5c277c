import type { UsageSnapshot } from '../protocol/usage.ts';
import { UsageScan, type ScanOptions } from './scan.ts';
import { TranscriptWatcher, type WatchReport } from './transcriptWatcher.ts';

const postInterval = 250;
const sweepRest = 4;

export interface LiveUsageOptions extends ScanOptions {
  readonly now: () => number;
  readonly post: (snapshot: UsageSnapshot) => void;
  /** milliseconds between two sweeps; 30,000 unless a test says otherwise */
  readonly sweepMs?: number;
}

/**
 * Usage as it happens: posts a whole snapshot after the first look and whenever something changed, at most four a second. Reading is
 * strictly one after another; what is reported meanwhile is done next.
 */
export class LiveUsage {
  readonly #options: LiveUsageOptions;
  readonly #scan: UsageScan;
  readonly #watcher: TranscriptWatcher;
  readonly #stop = new AbortController();
  #files = new Set<string>();
  #sweepWanted = false;
  #mustPost = false;
  #nextSweepAt = -Infinity;
  #sweepTimer: NodeJS.Timeout | null = null;
  #isWorking = false;
  #postTimer: NodeJS.Timeout | null = null;
  #lastPostAt = -Infinity;

  constructor(options: LiveUsageOptions) {
    this.#options = options;
    this.#scan = new UsageScan(options);
    this.#watcher = new TranscriptWatcher({
      roots: options.sources.flatMap((source) => source.roots(options.surroundings)),
      platform: options.surroundings.platform,
      now: options.now,
      transcriptOf: (path) => firstOf(options.sources, (source) => source.match(path)?.path ?? null),
      onReport: (report) => this.#onReport(report),
      ...(options.sweepMs === undefined ? {} : { sweepMs: options.sweepMs }),
    });
  }

  /** Looks at everything and posts in any case: the first look, or one more on request. */
  async look(): Promise<void> {
    this.#mustPost = true;
    this.#sweepWanted = true;
    this.#nextSweepAt = -Infinity;
    await this.#work();
  }

  /** Ends all work at once; nothing is posted after it. */
  stop(): void {
    this.#stop.abort();
    this.#watcher.close();
    if (this.#postTimer !== null) clearTimeout(this.#postTimer);
    if (this.#sweepTimer !== null) clearTimeout(this.#sweepTimer);
  }

  #onReport({ files, sweep }: WatchReport): void {
    for (const file of files) {
      if (this.#scan.knows(file)) this.#files.add(file);
      else this.#sweepWanted = true;
    }
    this.#sweepWanted ||= sweep;
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      while (!this.#stop.signal.aborted) {
        if (this.#files.size > 0) await this.#refresh();
        else if (this.#sweepWanted && this.#isSweepDue()) await this.#sweep();
        else break;
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      this.#isWorking = false;
    }
  }

  async #refresh(): Promise<void> {
    const files = this.#files;
    this.#files = new Set();
    if (await this.#scan.refresh(files, this.#stop.signal)) this.#postSoon();
  }

  async #sweep(): Promise<void> {
    this.#sweepWanted = false;
    const mustPost = this.#mustPost;
    this.#mustPost = false;
    const start = performance.now();
    const onNews = () => this.#postSoon();
    const { folders } = await this.#scan.sweep({ signal: this.#stop.signal, onNews });
    this.#nextSweepAt = performance.now() + sweepRest * (performance.now() - start);
    this.#watcher.follow(folders);
    if (mustPost) this.#postSoon();
  }

  /** Events can ask for sweeps without end (a program that makes files in a watched folder): they may take a fifth of the time. */
  #isSweepDue(): boolean {
    const wait = this.#nextSweepAt - performance.now();
    if (wait <= 0) return true;
    this.#sweepTimer ??= setTimeout(() => {
      this.#sweepTimer = null;
      void this.#work();
    }, wait);
    return false;
  }

  #postSoon(): void {
    if (this.#stop.signal.aborted) return;
    const wait = this.#lastPostAt + postInterval - performance.now();
    this.#postTimer ??= setTimeout(
      () => {
        this.#postTimer = null;
        this.#lastPostAt = performance.now();
        this.#options.post(this.#scan.snapshot());
      },
      Math.max(0, wait),
    );
  }
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = look(item);
    if (found !== null) return found;
  }
  return null;
}
