import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { UsageSnapshot } from '../protocol/usage.ts';
import { spoolFolder } from '../store/readingSpool.ts';
import { UsageScan } from './scan.ts';
import type { ScanOptions } from './scanOptions.ts';
import type { FoundFolder } from './transcriptFolder.ts';
import { TranscriptWatcher, type WatchReport } from './transcriptWatcher.ts';

const postInterval = 250;
const sweepRest = 4;
/** What is new waits that long to be kept, so that one turn is one writing. */
const saveAfter = 5000;

export interface LiveUsageOptions extends ScanOptions {
  readonly now: () => number;
  /** `scan` has more to tell of the same moment */
  readonly post: (snapshot: UsageSnapshot, scan: UsageScan) => void;
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
  /** where the statusline tee writes; null without a state folder */
  readonly #spool: string | null;
  readonly #stop = new AbortController();
  #files = new Set<string>();
  #spoolWanted = false;
  #sweepWanted = false;
  #mustPost = false;
  #looksAsked = 0;
  #looksDone = 0;
  #nextSweepAt = -Infinity;
  #sweepTimer: NodeJS.Timeout | null = null;
  #isWorking = false;
  #postTimer: NodeJS.Timeout | null = null;
  #saveTimer: NodeJS.Timeout | null = null;
  #saveWanted = false;
  /** Until it is asked for again, what was not read by then stays unread. */
  #cancelledAt: number | null = null;
  #sweepStop: AbortController | null = null;
  #working: Promise<void> = Promise.resolve();
  #lastPostAt = -Infinity;

  constructor(options: LiveUsageOptions) {
    this.#options = options;
    this.#scan = new UsageScan(options);
    this.#spool = options.stateFolder ? spoolFolder(options.stateFolder) : null;
    this.#watcher = new TranscriptWatcher({
      roots: [
        ...options.sources.flatMap((source) => source.roots(options.surroundings).map(({ path }) => path)),
        ...(this.#spool === null ? [] : [this.#spool]),
      ],
      platform: options.surroundings.platform,
      now: options.now,
      transcriptOf: (path) =>
        this.#isSpooled(path) ? path : firstOf(options.sources, (source) => source.match(path)?.path ?? null),
      onReport: (report) => this.#onReport(report),
      ...(options.sweepMs === undefined ? {} : { sweepMs: options.sweepMs }),
    });
  }

  /**
   * Looks at everything and posts in any case: the first look, or one more on request. Resolves when that is posted, so that whoever asked
   * goes by what was there when they did.
   */
  async look(): Promise<void> {
    const look = ++this.#looksAsked;
    this.#spoolWanted = this.#spool !== null;
    this.#sweepWanted = true;
    this.#cancelledAt = null;
    // A sweep that is on its way may have passed by what is asked for.
    while (this.#looksDone < look && !this.#stop.signal.aborted) await this.#work();
  }

  /** Ends a long reading: older transcripts stay unread until the next `look`. What comes new is read as before. */
  cancel(): void {
    this.#cancelledAt = this.#options.now();
    this.#mustPost = true;
    this.#sweepStop?.abort();
  }

  /** Ends all work at once; nothing is posted after it. Resolves when what was read is kept. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#sweepStop?.abort();
    this.#watcher.close();
    for (const timer of [this.#postTimer, this.#sweepTimer, this.#saveTimer]) if (timer !== null) clearTimeout(timer);
    await this.#working;
    await this.#scan.save();
  }

  #onReport({ files, sweep }: WatchReport): void {
    for (const file of files) {
      if (this.#isSpooled(file)) this.#spoolWanted = true;
      else if (this.#scan.knows(file)) this.#files.add(file);
      else this.#sweepWanted = true;
    }
    this.#sweepWanted ||= sweep;
    void this.#work();
  }

  async #work(): Promise<void> {
    if (!this.#isWorking) {
      this.#isWorking = true;
      this.#working = this.#workOn();
    }
    await this.#working;
  }

  async #workOn(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        if (this.#saveWanted) await this.#save();
        else if (this.#spoolWanted) this.#takeSpool();
        else if (this.#files.size > 0) await this.#refresh();
        else if (this.#sweepWanted && (this.#looksDone < this.#looksAsked || this.#isSweepDue())) await this.#sweep();
        else break;
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    } finally {
      this.#isWorking = false;
    }
  }

  async #save(): Promise<void> {
    this.#saveWanted = false;
    await this.#scan.save();
  }

  #saveSoon(): void {
    if (this.#stop.signal.aborted || !this.#scan.hasUnsaved) return;
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null;
      this.#saveWanted = true;
      void this.#work();
    }, saveAfter);
  }

  #isSpooled(file: string): boolean {
    return this.#spool !== null && dirname(file) === this.#spool && file.endsWith('.json');
  }

  /** As a sweep would have found it: watched like a root. */
  #spoolFolder(): FoundFolder[] {
    if (this.#spool === null) return [];
    const info = statSync(this.#spool, { throwIfNoEntry: false });
    return info === undefined ? [] : [{ path: this.#spool, depth: 0, inode: info.ino, touchedAt: info.mtimeMs }];
  }

  #takeSpool(): void {
    this.#spoolWanted = false;
    if (this.#scan.takeTeed()) this.#postSoon();
    this.#saveSoon();
  }

  async #refresh(): Promise<void> {
    const files = this.#files;
    this.#files = new Set();
    if (await this.#scan.refresh(files, this.#stop.signal)) this.#postSoon();
    this.#saveSoon();
  }

  async #sweep(): Promise<void> {
    this.#sweepWanted = false;
    const look = this.#looksAsked;
    const mustPost = this.#mustPost;
    this.#mustPost = false;
    const start = performance.now();
    const onNews = () => this.#postSoon();
    const stop = (this.#sweepStop = new AbortController());
    const modifiedSince = this.#cancelledAt;
    try {
      const { folders } = await this.#scan.sweep({ signal: stop.signal, onNews, modifiedSince });
      this.#watcher.follow([...folders, ...this.#spoolFolder()]);
    } catch (error) {
      if (!stop.signal.aborted || this.#stop.signal.aborted) throw error;
      // Cancelled: what has come meanwhile is looked at by one more sweep.
      this.#sweepWanted = true;
    }
    this.#saveSoon();
    this.#nextSweepAt = performance.now() + sweepRest * (performance.now() - start);
    const isAskedFor = this.#looksDone < look;
    this.#looksDone = look;
    if (isAskedFor) this.#postNow();
    else if (mustPost || this.#cancelledAt !== modifiedSince) this.#postSoon();
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
    this.#postTimer ??= setTimeout(() => this.#postNow(), Math.max(0, wait));
  }

  #postNow(): void {
    if (this.#postTimer !== null) clearTimeout(this.#postTimer);
    this.#postTimer = null;
    if (this.#stop.signal.aborted) return;
    this.#lastPostAt = performance.now();
    this.#options.post(this.#scan.snapshot(), this.#scan);
  }
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = look(item);
    if (found !== null) return found;
  }
  return null;
}
