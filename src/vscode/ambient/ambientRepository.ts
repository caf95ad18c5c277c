import { ambientPurpose, type BurstReport } from '../../checkpoints/ambient/ambient.ts';
import { burstLimits, Stretch } from '../../checkpoints/ambient/burst.ts';
import type { Checkpoints } from '../../checkpoints/checkpoints.ts';
import type { CreatedCheckpoint } from '../../checkpoints/createCheckpoint.ts';
import type { CheckpointFailure } from '../../checkpoints/failure.ts';
import type { CheckpointSummary } from '../../protocol/checkpoint.ts';
import type { Result } from '../../protocol/result.ts';
import { errorText } from '../../store/errno.ts';
import { hookedUntil, nextSave, pauseAfter, restAfter, settleMs } from './ambientSchedule.ts';

/** What this needs of the editor. */
export interface AmbientHost {
  /** one repository's checkpoints; nothing is shown of the work */
  readonly inBackground: <Value>(
    work: (checkpoints: Checkpoints) => Promise<Result<Value, CheckpointFailure>>,
  ) => Promise<Result<Value, CheckpointFailure>>;
  readonly newest: () => CheckpointSummary | undefined;
  /** the files change because we change them */
  readonly isResetting: () => boolean;
  readonly quietMs: () => number;
  readonly info: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** Checkpoints of one unbroken time of typing are merged for this long: a checkpoint for each save would fill the list. */
const mergeMs = 5 * 60_000;

/** The quickest of so many tells what a save costs in this repository; the others, what else the machine was doing. */
const rememberedSaves = 4;

/**
 * Keeps a state from before whatever comes next, for one repository, from what the editor tells of its files. Has no timer and runs
 * no git while nothing changes.
 */
export class AmbientRepository {
  readonly #host: AmbientHost;
  #stretch = new Stretch();
  #timer: NodeJS.Timeout | undefined;
  /** saves come one after the other */
  #queue: Promise<unknown> = Promise.resolve();
  /** what the last saves took, in milliseconds */
  #took: readonly number[] = [];
  /** by the monotonic clock, as are the times of edits and typing below: one that is set back would hold all up for as long */
  #restUntil = 0;
  #pausedUntil = 0;
  #failures = 0;
  /** the save before the edits that are going on, and when the last of them came */
  #before: { done: Promise<boolean>; isInTime: boolean; lastAt: number } | null = null;
  /** a checkpoint that was whole before those edits reached the disk */
  #knownBefore: string | null = null;
  /** the checkpoints of one time of typing, oldest first */
  #typing: { ids: string[]; since: number; lastAt: number } | null = null;
  #disposed = false;

  constructor(host: AmbientHost) {
    this.#host = host;
  }

  /** The state that is found, before whatever comes first. */
  start(): void {
    void this.#save();
  }

  /** Something on disk changed. `path` is relative to the repository's top folder, with `/`. */
  changed(path: string): void {
    if (this.#host.isResetting()) return;
    this.#stretch.changed({ at: Date.now(), path });
    this.#arm(settleMs);
  }

  /** What a person typed was saved. */
  typed(path: string): void {
    this.#stretch.typed({ at: Date.now(), path });
    this.#arm(settleMs);
  }

  /**
   * Edits are about to reach the disk: saves what is there, once for edits that follow closely upon one another. Comes back when it is
   * done or the time is up; without a limit the edits are still in the editor alone.
   */
  async before(limitMs?: number): Promise<void> {
    const now = performance.now();
    if (!this.#before || now - this.#before.lastAt > burstLimits.windowMs) {
      this.#before = { done: Promise.resolve(false), isInTime: true, lastAt: now };
      this.#before.done = this.#saveBefore(this.#before);
    }
    const current = this.#before;
    current.lastAt = now;
    if (limitMs === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limitMs);
    });
    // A checkpoint that ends after the edits have gone on may hold a part of them.
    if ((await Promise.race([current.done, late])) === 'late') current.isInTime = false;
    clearTimeout(timer);
  }

  async #saveBefore(edits: { readonly isInTime: boolean }): Promise<boolean> {
    this.#knownBefore = null;
    const made = await this.#save();
    if (made && edits.isInTime) this.#knownBefore = made.id;
    return made !== null;
  }

  /** The timer runs only while something has changed that no checkpoint holds. */
  #arm(ms: number): void {
    if (this.#disposed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#look();
    }, ms);
  }

  async #look(): Promise<void> {
    const { firstAt, lastAt, hasTyped } = this.#stretch;
    if (firstAt === null || this.#disposed) return;
    const isSuspected = this.#stretch.suspicion()?.manyFiles ?? false;
    const now = Date.now();
    const restMs = Math.max(this.#restUntil, this.#pausedUntil) - performance.now();
    const notBefore = Math.max(now + restMs, hookedUntil(this.#host.newest(), now));
    const due = nextSave({ firstAt, lastAt, hasTyped, isSuspected }, this.#host.quietMs(), notBefore, now);
    const left = due - now;
    if (left <= 0) await this.#save();
    // After a failure too: what changed is still unsaved.
    if (this.#stretch.firstAt !== null) this.#arm(Math.max(left, 1000));
  }

  #save(): Promise<CreatedCheckpoint | null> {
    const done = this.#queue.then(() => this.#saveNow());
    this.#queue = done;
    return done;
  }

  async #saveNow(): Promise<CreatedCheckpoint | null> {
    if (this.#disposed || this.#host.isResetting() || performance.now() < this.#pausedUntil) return null;
    const stretch = this.#stretch;
    this.#stretch = new Stretch();
    const started = performance.now();
    try {
      const made = await this.#host.inBackground((checkpoints) => checkpoints.create(ambientPurpose));
      if (!made.ok) {
        this.#failed(stretch, made.failure.reason);
        return null;
      }
      this.#failures = 0;
      if (!made.value.unchanged) {
        this.#host.info(`[ambient] saved id=${made.value.id} ms=${Math.round(performance.now() - started)}`);
        await this.#explain(made.value.id, stretch);
      }
      return made.value;
    } catch (error) {
      // A mistake of ours: it must not end in an unhandled rejection in the middle of the user's work.
      this.#failed(stretch, errorText(error));
      return null;
    } finally {
      this.#took = [...this.#took, performance.now() - started].slice(-rememberedSaves);
      this.#restUntil = performance.now() + restAfter(Math.min(...this.#took));
    }
  }

  /** Nothing is shown: the agents' hooks and the user's own checkpoints are what failures are told of. The log gets it once. */
  #failed(stretch: Stretch, reason: string): void {
    this.#failures++;
    const pauseMs = pauseAfter(this.#failures);
    this.#pausedUntil = performance.now() + pauseMs;
    this.#stretch = stretch.followedBy(this.#stretch);
    if (this.#failures === 1) this.#host.warn(`[ambient] not saved problem="${reason}"; tried again later`);
    if (this.#stretch.firstAt !== null) this.#arm(pauseMs);
  }

  /** What the new checkpoint says about those before it. */
  async #explain(id: string, stretch: Stretch): Promise<void> {
    if (stretch.isTyped) return this.#mergeTyping(id);
    this.#typing = null;
    const suspicion = stretch.suspicion();
    if (!suspicion) return;
    const report: BurstReport = { suspicion, after: id, knownBefore: this.#knownBefore };
    const marked = await this.#host.inBackground((checkpoints) => checkpoints.keeping.markBurst(report));
    if (!marked.ok) this.#host.warn(`[ambient] burst not marked problem="${marked.failure.reason}"`);
    else if (marked.value !== null) this.#host.info(`[ambient] burst before=${marked.value}`);
  }

  /**
   * Of one time of typing the newest two are kept. Two, because the newest may hold the beginning of a burst of which the watcher has
   * not told yet; when the next one is made and only typing was seen, it cannot.
   */
  async #mergeTyping(id: string): Promise<void> {
    const now = performance.now();
    const last = this.#typing;
    const goesOn = last && now - last.lastAt < this.#host.quietMs() && now - last.since < mergeMs;
    const typing = goesOn ? last : { ids: [], since: now, lastAt: now };
    typing.ids.push(id);
    typing.lastAt = now;
    this.#typing = typing;
    const superfluous = typing.ids.length > 2 ? typing.ids.shift() : undefined;
    if (superfluous === undefined) return;
    const dropped = await this.#host.inBackground((checkpoints) => checkpoints.keeping.dropSuperseded(superfluous));
    if (!dropped.ok) this.#host.warn(`[ambient] not merged problem="${dropped.failure.reason}"`);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }
}
