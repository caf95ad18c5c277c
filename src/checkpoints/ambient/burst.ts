/*
 * What a burst of edits is, for agents that say nothing of what they do: many files or lines changed within seconds, by something
 * else than a person's typing. It stays a guess, and everything that shows it says so.
 */

/**
 * A person types into one file at a time, and what they typed is left out anyway. Five files within five seconds is more than one
 * change by hand with the files generated from it, and less than what any agent's task or script writes; 200 lines are more than
 * anybody types or a snippet inserts, and less than one generated source file.
 */
export const burstLimits = { windowMs: 5000, files: 5, lines: 200 } as const;

/** A save and what the watcher tells of it lie at most so far apart. */
export const watcherLagMs = 2000;

/** More are not needed to know. */
const mostEvents = 5000;

/** A file that changed on disk. The path is relative to the repository's top folder, with `/`. */
export interface FileEvent {
  readonly at: number;
  readonly path: string;
}

/** Everything that was seen between two checkpoints, in the order in which it came. */
export class Stretch {
  readonly #changed: FileEvent[] = [];
  readonly #typed: FileEvent[] = [];
  #firstAt: number | null = null;
  #lastAt = 0;

  /** null: nothing was seen */
  get firstAt(): number | null {
    return this.#firstAt;
  }

  get lastAt(): number {
    return this.#lastAt;
  }

  get hasTyped(): boolean {
    return this.#typed.length > 0;
  }

  /** Only what a person typed and saved. */
  get isTyped(): boolean {
    return this.hasTyped && this.#others().length === 0;
  }

  changed(event: FileEvent): void {
    this.#saw(event);
    if (this.#changed.length < mostEvents) this.#changed.push(event);
  }

  /** A person typed into this file, and it was saved; the watcher tells of it too. */
  typed(event: FileEvent): void {
    this.#saw(event);
    if (this.#typed.length < mostEvents) this.#typed.push(event);
  }

  /** This stretch with what came after it: as if the checkpoint between them had not been tried. */
  followedBy(later: Stretch): Stretch {
    const whole = new Stretch();
    for (const stretch of [this, later]) {
      for (const event of stretch.#changed) whole.changed(event);
      for (const event of stretch.#typed) whole.typed(event);
    }
    return whole;
  }

  /** What may have been a burst; only the files' contents (`measureBurst`) tell whether it was. */
  suspicion(): Suspicion | null {
    const typed = [...new Set(this.#typed.map(({ path }) => path))];
    const runs = splitRuns(this.#others()).map((run) => ({ run, files: mostFilesAtOnce(run) }));
    const [largest] = runs.sort((a, b) => b.files - a.files);
    if (!largest) return null;
    const { run, files } = largest;
    const from = run[0]?.at ?? 0;
    const to = run.at(-1)?.at ?? from;
    if (files >= burstLimits.files) return { from, to, typed, manyFiles: true };
    // Few files, but perhaps many lines: within seconds only if nothing else came before or after.
    return runs.length === 1 && to - from <= burstLimits.windowMs ? { from, to, typed, manyFiles: false } : null;
  }

  #saw({ at }: FileEvent): void {
    this.#firstAt ??= at;
    this.#lastAt = Math.max(this.#lastAt, at);
  }

  /** What no typing explains. */
  #others(): FileEvent[] {
    const saves = new Map<string, number[]>();
    for (const { path, at } of this.#typed) saves.set(path, [...(saves.get(path) ?? []), at]);
    return this.#changed.filter(
      ({ path, at }) => !(saves.get(path) ?? []).some((saved) => Math.abs(at - saved) <= watcherLagMs),
    );
  }
}

export interface Suspicion {
  /** times of the first and last event */
  readonly from: number;
  readonly to: number;
  /** files that a person typed into meanwhile */
  readonly typed: readonly string[];
  /** by their number alone; otherwise the lines have to show it */
  readonly manyFiles: boolean;
}

/** Events with less than one window between each and the next. */
function splitRuns(events: readonly FileEvent[]): FileEvent[][] {
  const runs: FileEvent[][] = [];
  let last = -Infinity;
  for (const event of events) {
    if (event.at - last > burstLimits.windowMs) runs.push([]);
    runs.at(-1)?.push(event);
    last = event.at;
  }
  return runs;
}

/** How many different files changed within one window, at most. */
function mostFilesAtOnce(run: readonly FileEvent[]): number {
  const inWindow = new Map<string, number>();
  let most = 0;
  let start = 0;
  for (const { at, path } of run) {
    inWindow.set(path, (inWindow.get(path) ?? 0) + 1);
    for (let first = run[start]; first && at - first.at > burstLimits.windowMs; first = run[++start]) {
      const left = (inWindow.get(first.path) ?? 0) - 1;
      if (left > 0) inWindow.set(first.path, left);
      else inWindow.delete(first.path);
    }
    most = Math.max(most, inWindow.size);
  }
  return most;
}

/** A file that differs between two checkpoints; lines are null where the content is binary. */
export interface ChangedFile {
  readonly path: string;
  readonly added: number | null;
  readonly deleted: number | null;
}

export interface BurstSize {
  readonly files: number;
  readonly lines: number;
}

/**
 * The burst that the files show; null: there was none. Ignored files and build outputs are in no checkpoint and do not count, and
 * neither does what a person typed.
 */
export function measureBurst(suspicion: Suspicion, changes: readonly ChangedFile[]): BurstSize | null {
  const typed = new Set(suspicion.typed);
  const others = changes.filter(({ path }) => !typed.has(path));
  const files = others.length;
  // A line that was rewritten came and went, and is one line.
  const lines = others.reduce((sum, { added, deleted }) => sum + Math.max(added ?? 0, deleted ?? 0), 0);
  const isBurst = (suspicion.manyFiles && files >= burstLimits.files) || lines >= burstLimits.lines;
  return isBurst ? { files, lines } : null;
}
