import type { Fact } from '../agents/agent.ts';
import type { Reading, ScanCounts, ScanProgress, SessionUsage, UsageSnapshot } from '../protocol/usage.ts';
import type { WindowDrift } from './calibration/drift.ts';
import { LiveCalibration } from './calibration/liveCalibration.ts';
import { Breath } from './breath.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { FormatReader } from './formatReader.ts';
import { KnownTranscripts } from './knownTranscripts.ts';
import { Ledger } from './ledger.ts';
import { Prices } from './prices.ts';
import { Readings } from './readings.ts';
import { RecentUse } from './recentUse.ts';
import type { ScanOptions, SweepOptions, UnreadTranscript } from './scanOptions.ts';
import type { Source } from './responseTable.ts';
import { TeedReadings } from './teedReadings.ts';
import { type StoreState, UsageStore } from './store/usageStore.ts';
import type { FoundFolder } from './transcriptFolder.ts';
import { TurnBook } from './turns/turnBook.ts';

/** Reading less is over before anybody could look at how far it is. */
const longReading = 16 << 20;
/** About what Claude Code writes for one. Growing step by step would copy a large ledger a dozen times. */
const bytesPerResponse = 10_000;
/** What a killed first scan loses at most, milliseconds. */
const saveInterval = 10_000;
/** Whoever holds the store's lock is done in a few milliseconds. */
const lockPatience = 500;

/**
 * Reads all transcripts into a ledger and keeps it current. The ledger only ever grows: agents delete old transcripts, and what
 * they tell of was used all the same. One `sweep`, `refresh` or `save` at a time.
 */
export class UsageScan {
  readonly ledger = new Ledger();
  readonly #options: ScanOptions;
  readonly #now: () => number;
  readonly #prices: Prices;
  readonly #readings = new Readings();
  readonly #reader = new FormatReader();
  readonly #store: UsageStore | null;
  readonly #teed: TeedReadings | null;
  /** null without a state folder to keep them in */
  readonly #turns: TurnBook | null;
  readonly #transcripts = new KnownTranscripts();
  #isLoaded = false;
  /** whether use or a limit is of an account that is looked at here */
  #isOwn: (of: { readonly agent: string; readonly account: string }) => boolean = () => true;
  #recent: RecentUse | null = null;
  #sweepProgress: ScanProgress | null = null;
  /** since when all that there is was read, epoch milliseconds */
  #knownFrom = Infinity;
  readonly #calibration: LiveCalibration;

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#prices = options.prices ?? new Prices();
    const { stateFolder = null } = options;
    const kept = {
      ledger: this.ledger,
      progress: this.#transcripts.progress,
      addReading: (reading: Parameters<Readings['add']>[0]) => void this.#readings.add(reading),
      allReadings: () => {
        this.#readings.forget(this.#now());
        return this.#readings.history();
      },
    };
    this.#turns = stateFolder === null ? null : new TurnBook();
    this.#calibration = new LiveCalibration(this.ledger, this.#readings, this.#prices, (of) => this.#isOwn(of));
    this.#teed = stateFolder === null ? null : new TeedReadings(stateFolder, options.surroundings);
    this.#store = stateFolder === null ? null : new UsageStore(stateFolder, kept, this.#now);
  }

  /**
   * Looks at every transcript and reads what is new, the newest files first. Returns the folders found, for watching, and whether the
   * ledger or the readings say something new. Throws only the signal's reason; what was read until then stays.
   */
  async sweep(options: SweepOptions = {}): Promise<{ folders: readonly FoundFolder[]; changed: boolean }> {
    this.#load();
    const { signal, modifiedSince = null } = options;
    const breath = new Breath(signal ?? null);
    const { sources, surroundings, sinceMs } = this.#options;
    const found = await findCandidates(sources, surroundings, sinceMs, breath);
    this.#transcripts.take(found);
    const { candidates, older, folders } = found;
    const unread = candidates.filter(
      (candidate) =>
        !this.#transcripts.isRead(candidate) && (modifiedSince === null || candidate.mtimeMs >= modifiedSince),
    );
    this.#dropOld(unread);
    const isTold = this.takeTeed();
    if (isTold) options.onNews?.();
    const changed = (await this.#readAll(unread, breath, options.onNews)) || isTold;
    if (modifiedSince === null)
      this.#knownFrom =
        (older.every((file) => this.#transcripts.isRead(file)) ? null : this.#options.sinceMs) ?? -Infinity;
    return { folders, changed };
  }

  /** Is this a transcript that the last sweep found? */
  knows(path: string): boolean {
    return this.#transcripts.at(path) !== null;
  }

  /** Reads what is new in these transcripts; true if the ledger or the readings say something new. Unknown paths are passed over. */
  async refresh(paths: Iterable<string>, signal?: AbortSignal): Promise<boolean> {
    const breath = new Breath(signal ?? null);
    let changed = false;
    for (const path of paths) {
      const candidate = this.#transcripts.at(path);
      if (candidate !== null && (await this.#read(candidate, breath))) changed = true;
    }
    return changed;
  }

  /** Takes in what tees were given since the last time; true if the readings or a session say something new. */
  takeTeed(): boolean {
    if (this.#teed === null) return false;
    const { readings, changed } = this.#teed.take(this.#now());
    // A loop, not `some`: each is to be added.
    let isNews = changed;
    for (const reading of readings) if (this.#addReading(reading)) isNews = true;
    return isNews;
  }

  #addReading(reading: Reading): boolean {
    if (!this.#readings.add(reading)) return false;
    this.#store?.noteReading(reading);
    return true;
  }

  /** Writes what is new into the store, if there is one. Never throws: `storeState` says what went wrong. */
  async save(): Promise<void> {
    // Turns first: what progress says was read is not read again, so what it told must be kept by then.
    await this.#saveTurns();
    await this.#store?.save(lockPatience, (hash) => this.#transcripts.isPresent(hash));
    // What another process wrote of a session can take responses from one of ours.
    if (this.ledger.left.size > 0) await this.#saveTurns();
  }

  get hasUnsaved(): boolean {
    return (this.#store?.hasNews ?? false) || (this.#turns?.hasNews ?? false);
  }

  async #saveTurns(): Promise<void> {
    const { stateFolder = null, fitTurns = null } = this.#options;
    for (const session of this.ledger.left.take()) this.#turns?.touchLeft(session);
    if (stateFolder === null || this.#turns?.hasNews !== true) return;
    const { ledger } = this;
    const options = { stateFolder, ledger, readings: this.#readings, waitMs: lockPatience, fitOf: fitTurns };
    await this.#turns.save({ ...options, now: this.#now() });
  }

  snapshot(): UsageSnapshot {
    const now = this.#now();
    this.#recent ??= new RecentUse(this.ledger, this.#prices);
    const { sessions, timeline } = this.#recent.at(now, this.#options.shownSinceMs ?? this.#options.sinceMs);
    return {
      sessions: sessions.map((session) => this.#withStatus(session)),
      timeline,
      readings: [...this.#readings.all(now).filter((reading) => this.#isOwn(reading)), ...this.#derived(now)],
      progress: this.#sweepProgress,
      scanned: this.counts(),
    };
  }

  /** How large a session's context is: the agent itself knows best. */
  #withStatus(session: SessionUsage): SessionUsage {
    const limit = this.#teed?.session(session.agent, session.sessionId)?.contextLimit ?? null;
    return limit === null ? session : { ...session, contextLimit: limit };
  }

  #derived(now: number): readonly Reading[] {
    return this.#isKnown() ? this.#calibration.derive(now, this.#knownFrom) : [];
  }

  /** Are all responses of after `#knownFrom` read? */
  #isKnown(): boolean {
    return this.#knownFrom < Infinity && this.#sweepProgress === null;
  }

  /** Every reading of every window that was ever told, reset or not. */
  readings(): Readings {
    return this.#readings;
  }

  /** The accounts whose transcripts are looked at here, whether there are any or not. */
  owners(): readonly Source[] {
    const { sources, surroundings } = this.#options;
    return sources.flatMap((source) =>
      source.roots(surroundings).map(({ account }) => ({ agent: source.agent, account })),
    );
  }

  /** How use moves the vendors' windows on, of those where that is known well; by the last snapshot. */
  drifts(): readonly WindowDrift[] {
    return this.#isKnown() ? this.#calibration.drifts(this.#now()) : [];
  }

  /** How far a long sweep is, null otherwise. */
  get sweepProgress(): ScanProgress | null {
    return this.#sweepProgress;
  }

  /** Transcripts that need another Node than this. They are among those that `counts` calls skipped. */
  unread(): readonly UnreadTranscript[] {
    return this.#transcripts.unread();
  }

  /** null without a store. */
  storeState(): StoreState | null {
    return this.#store?.state() ?? null;
  }

  /** Of what is there now: `rows` told something of use, `skipped` are broken lines and files or folders that could not be read. */
  counts(): ScanCounts {
    return this.#transcripts.counts();
  }

  #load(): void {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const own = new Set(this.owners().map(({ agent, account }) => `${agent}\n${account}`));
    // Several homes can share one state folder.
    this.#isOwn = ({ agent, account }) => own.has(`${agent}\n${account}`);
    this.ledger.showOnly(this.#isOwn);
    this.#store?.load();
  }

  #dropOld(unread: readonly Candidate[]): void {
    if (unread.length === 0) return;
    const files = new Set(unread.map(({ pathHash }) => pathHash >>> 0));
    if (this.#store !== null && this.ledger.dropOld((file) => files.has(file))) this.#store.rewriteNext();
  }

  async #readAll(unread: readonly Candidate[], breath: Breath, onNews?: () => void): Promise<boolean> {
    const totalBytes = unread.reduce((sum, candidate) => sum + this.#transcripts.unreadBytes(candidate), 0);
    const isLong = totalBytes >= longReading;
    this.ledger.table.reserve(Math.floor(totalBytes / bytesPerResponse));
    let doneBytes = 0;
    let changed = false;
    let savedAt = performance.now();
    try {
      if (isLong) this.#sweepProgress = { doneBytes, totalBytes };
      for (const candidate of unread) {
        const rest = this.#transcripts.unreadBytes(candidate);
        const isNews = await this.#read(candidate, breath);
        changed ||= isNews;
        doneBytes += rest;
        if (isLong) this.#sweepProgress = { doneBytes, totalBytes };
        if (isNews || isLong) onNews?.();
        if (performance.now() - savedAt < saveInterval) continue;
        await this.save();
        savedAt = performance.now();
      }
      return changed;
    } finally {
      this.#sweepProgress = null;
    }
  }

  async #read(candidate: Candidate, breath: Breath): Promise<boolean> {
    const { account, pathHash } = candidate;
    let changed = false;
    const onFact = (fact: Fact): void => {
      if (fact.kind === 'response') {
        if (!this.ledger.add(fact.row, account, pathHash)) return;
        changed = true;
        this.#turns?.touch(fact.row);
        return;
      }
      if (fact.kind === 'prompt') return this.#turns?.addPrompt(fact.prompt);
      if (fact.kind === 'edits') return this.#turns?.addEdits(fact.edits);
      if (this.#addReading({ ...fact.reading, account })) changed = true;
    };
    const known = this.#transcripts.progress.get(pathHash) ?? null;
    // What is kept has to be true for whoever reads on: of a database read in part, the rest would never be read.
    const sinceMs = this.#store === null ? this.#options.sinceMs : null;
    try {
      this.#transcripts.noteRead(candidate, await this.#reader.read(candidate, known, sinceMs, onFact, breath));
      this.#store?.noteProgress(pathHash);
    } catch (error) {
      if (breath.isAborted) throw error;
      this.#transcripts.noteUnreadable(candidate, error);
    }
    return changed;
  }
}
