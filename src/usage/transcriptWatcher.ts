import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { FoundFolder } from './transcriptFolder.ts';
import { foldersToWatch, standIns, type WatchTarget } from './watchPlan.ts';

/** What happened since the last report. `sweep`: something other than a known file's content may have changed. */
export interface WatchReport {
  readonly files: ReadonlySet<string>;
  readonly sweep: boolean;
}

export interface WatcherOptions {
  readonly roots: readonly string[];
  readonly platform: NodeJS.Platform;
  readonly now: () => number;
  /** the transcript that a changed file belongs to, null for other files */
  readonly transcriptOf: (path: string) => string | null;
  readonly onReport: (report: WatchReport) => void;
  readonly debounceMs?: number;
  readonly sweepMs?: number;
}

interface Watch {
  readonly target: WatchTarget;
  readonly handle: FSWatcher;
}

/**
 * Tells when transcripts may have changed: by watches on single folders (never recursive ones: on Linux those cost a watch per folder
 * of the tree) and by asking for a sweep every 30 s, which alone is right where watching fails (no watches left, network folders).
 */
export class TranscriptWatcher {
  readonly #options: WatcherOptions;
  readonly #watches = new Map<string, Watch>();
  /** folders whose watch failed; tried again with the next regular sweep */
  readonly #failed = new Set<string>();
  readonly #sweepTimer: NodeJS.Timeout;
  #reportTimer: NodeJS.Timeout | null = null;
  #files = new Set<string>();
  #sweepWanted = false;
  #followUps = 0;
  #isClosed = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#sweepTimer = setInterval(() => {
      this.#failed.clear();
      this.#followUps = 0;
      this.#want(null);
    }, options.sweepMs ?? 30_000);
  }

  /**
   * Watches what a sweep has found, and where a missing root will appear. New watches ask for one more sweep: files may have come
   * between the finding and the watching.
   */
  follow(folders: readonly FoundFolder[]): void {
    if (this.#isClosed) return;
    const found = new Set(folders.map(({ path }) => path));
    const missing = this.#options.roots.filter((root) => !found.has(root));
    const wanted = [
      ...standIns(missing, this.#options.platform, inodeOf).filter(({ path }) => !found.has(path)),
      ...foldersToWatch(folders, this.#options.now()),
    ];
    const targets = new Map(wanted.map((target) => [target.path, target]));
    for (const [path, { target }] of this.#watches) if (!isSame(targets.get(path), target)) this.#unwatch(path);
    const added = wanted.filter((target) => this.#watch(target)).length;
    // Bounded, because there are file systems on which every look gives a folder another inode.
    if (added > 0 && this.#followUps < 4) {
      this.#followUps += 1;
      this.#want(null);
    }
  }

  /** Stops everything at once: no report comes after it. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#sweepTimer);
    if (this.#reportTimer !== null) clearTimeout(this.#reportTimer);
    for (const path of [...this.#watches.keys()]) this.#unwatch(path);
  }

  /** True if the folder is watched now and was not before. */
  #watch(target: WatchTarget): boolean {
    const { path } = target;
    if (this.#watches.has(path) || this.#failed.has(path)) return false;
    try {
      const handle = watch(path, (_event, name) => this.#onEvent(target, name));
      this.#watches.set(path, { target, handle });
      // The folder went away, or the system took the watch back.
      handle.on('error', () => {
        this.#unwatch(path);
        this.#failed.add(path);
      });
      return true;
    } catch {
      // Gone meanwhile, or no watches left (EMFILE, ENOSPC): the sweep has to do.
      this.#failed.add(path);
      return false;
    }
  }

  #unwatch(path: string): void {
    this.#watches.get(path)?.handle.close();
    this.#watches.delete(path);
  }

  #onEvent({ path, names }: WatchTarget, name: string | null): void {
    if (names !== null && name !== null && !names.includes(name)) return;
    this.#followUps = 0;
    this.#want(name === null || names !== null ? null : this.#options.transcriptOf(join(path, name)));
  }

  /** Reports a little later, and not later still with every event: an agent that writes without pause is reported all the same. */
  #want(file: string | null): void {
    if (this.#isClosed) return;
    if (file === null) this.#sweepWanted = true;
    else this.#files.add(file);
    this.#reportTimer ??= setTimeout(() => {
      const report = { files: this.#files, sweep: this.#sweepWanted };
      this.#files = new Set();
      this.#sweepWanted = false;
      this.#reportTimer = null;
      this.#options.onReport(report);
    }, this.#options.debounceMs ?? 250);
  }
}

function isSame(a: WatchTarget | undefined, b: WatchTarget): boolean {
  return a?.inode === b.inode && a.names?.join('/') === b.names?.join('/');
}

function inodeOf(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}
