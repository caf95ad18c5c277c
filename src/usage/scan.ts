import type { Fact, LineFormat, Surroundings, Told, TranscriptFormat, TranscriptSource } from '../agents/agent.ts';
import type { ScanCounts, UsageSnapshot } from '../protocol/usage.ts';
import { Breath } from './breath.ts';
import { type DatabaseProgress, readDatabase } from './databaseFile.ts';
import { type DocumentProgress, readDocument } from './documentFile.ts';
import { Ledger } from './ledger.ts';
import type { ReadCounts } from './readCounts.ts';
import { Readings } from './readings.ts';
import { sessionsOf } from './sessions.ts';
import { SqliteMissing } from './sqlite.ts';
import { type FileProgress, type LineFate, type LineReading, TranscriptReader } from './transcriptFile.ts';
import { findTranscripts, type FoundFolder, type FoundTranscript } from './transcriptFolder.ts';

export interface ScanOptions {
  readonly sources: readonly TranscriptSource[];
  readonly surroundings: Surroundings;
  /** Sessions with no file modified since then (epoch milliseconds) are left out; null reads everything. */
  readonly sinceMs: number | null;
}

export interface SweepOptions {
  readonly signal?: AbortSignal;
  /** called after each file that told something new, so that a long first scan can show today's numbers at once */
  readonly onNews?: () => void;
}

interface Candidate extends FoundTranscript {
  readonly source: TranscriptSource;
  readonly sessionKey: string;
}

/** A transcript that this program cannot read as it runs now, and what it would need. */
export interface UnreadTranscript {
  readonly agent: string;
  readonly path: string;
  readonly problem: string;
}

type Progress = FileProgress | DocumentProgress | DatabaseProgress;

/**
 * Reads all transcripts into a ledger and keeps it current. The ledger only ever grows: agents delete old transcripts, and what
 * they tell of was used all the same. One `sweep` or `refresh` at a time.
 */
export class UsageScan {
  readonly ledger = new Ledger();
  readonly #options: ScanOptions;
  readonly #readings = new Readings();
  readonly #reader = new TranscriptReader();
  readonly #markers = new Map<TranscriptFormat, readonly Buffer[]>();
  #candidates = new Map<string, Candidate>();
  #progress = new Map<string, Progress>();
  #unreadable = new Set<string>();
  readonly #unread = new Map<string, UnreadTranscript>();

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  /**
   * Looks at every transcript and reads what is new, the newest files first. Returns the folders found, for watching, and whether the
   * ledger or the readings say something new. Throws only the signal's reason.
   */
  async sweep({ signal, onNews }: SweepOptions = {}): Promise<{ folders: readonly FoundFolder[]; changed: boolean }> {
    const breath = new Breath(signal ?? null);
    const { candidates, folders, unreadable } = await this.#find(breath);
    this.#unreadable = unreadable;
    this.#candidates = new Map(candidates.map((candidate) => [candidate.path, candidate]));
    for (const path of this.#progress.keys()) if (!this.#candidates.has(path)) this.#progress.delete(path);
    let changed = false;
    for (const candidate of candidates) {
      if (isRead(candidate, this.#progress.get(candidate.path))) continue;
      if (!(await this.#read(candidate, breath))) continue;
      changed = true;
      onNews?.();
    }
    return { folders, changed };
  }

  /** Is this a transcript that the last sweep found? */
  knows(path: string): boolean {
    return this.#candidates.has(path);
  }

  /** Reads what is new in these transcripts; true if the ledger or the readings say something new. Unknown paths are passed over. */
  async refresh(paths: Iterable<string>, signal?: AbortSignal): Promise<boolean> {
    const breath = new Breath(signal ?? null);
    let changed = false;
    for (const path of paths) {
      const candidate = this.#candidates.get(path);
      if (candidate !== undefined && (await this.#read(candidate, breath))) changed = true;
    }
    return changed;
  }

  snapshot(): UsageSnapshot {
    return { sessions: sessionsOf(this.ledger.responses()), readings: this.#readings.all(), scanned: this.counts() };
  }

  /** Transcripts that need another Node than this. They are among those that `counts` calls skipped. */
  unread(): readonly UnreadTranscript[] {
    return [...this.#unread.values()];
  }

  /** What was read: `rows` told something of use, `skipped` are broken lines and files or folders that could not be read. */
  counts(): ScanCounts {
    const counts = { files: this.#progress.size, bytes: 0, rows: 0, skipped: this.#unreadable.size };
    for (const { size, rows, pendingRows, bad } of this.#progress.values()) {
      counts.bytes += size;
      counts.rows += rows + pendingRows;
      counts.skipped += bad;
    }
    return counts;
  }

  async #find(breath: Breath): Promise<{ candidates: Candidate[]; folders: FoundFolder[]; unreadable: Set<string> }> {
    const { sources, surroundings, sinceMs } = this.#options;
    const candidates: Candidate[] = [];
    const folders: FoundFolder[] = [];
    const unreadable = new Set<string>();
    for (const source of sources) {
      for (const root of source.roots(surroundings)) {
        const found = await findTranscripts(root, source, breath);
        folders.push(...found.folders);
        for (const path of found.unreadable) unreadable.add(path);
        const own = found.files.map((file) => ({ ...file, source, sessionKey: source.sessionKey(file.relativePath) }));
        candidates.push(...recent(own, sinceMs));
      }
    }
    candidates.sort((a, b) => b.mtimeMs - a.mtimeMs);
    return { candidates, folders, unreadable };
  }

  async #read(candidate: Candidate, breath: Breath): Promise<boolean> {
    const { path, source } = candidate;
    let changed = false;
    const onFact = (fact: Fact): void => {
      const isNew = fact.kind === 'response' ? this.ledger.add(fact.row) : this.#readings.add(fact.reading);
      changed ||= isNew;
    };
    try {
      this.#progress.set(path, await this.#readOn(candidate, onFact, breath));
      this.#unreadable.delete(path);
      this.#unread.delete(path);
    } catch (error) {
      if (breath.isAborted) throw error;
      this.#unreadable.add(path);
      if (error instanceof SqliteMissing) this.#unread.set(path, { agent: source.agent, path, problem: error.message });
    }
    return changed;
  }

  /** Reads what is new in a transcript, in the way of its format. */
  async #readOn(
    { path, format, sessionKey }: Candidate,
    onFact: (fact: Fact) => void,
    breath: Breath,
  ): Promise<Progress> {
    const known = this.#progress.get(path) ?? null;
    switch (format.kind) {
      case 'lines': {
        const reading: LineReading = {
          markers: this.#markersOf(format),
          open(saved) {
            const parser = format.open(sessionKey, saved);
            return {
              take: (line) => fateOf(parser.parse(line), onFact),
              get state() {
                return parser.state;
              },
            };
          },
        };
        return this.#reader.read(path, known?.kind === 'lines' ? known : null, reading, breath);
      }
      case 'document':
        return readDocument(path, (text) => fateOf(format.parse(text, sessionKey), onFact));
      case 'database': {
        const since = known?.kind === 'database' ? known : null;
        return readDatabase(
          path,
          since,
          this.#options.sinceMs,
          format,
          (row) => fateOf(format.parse(row), onFact),
          breath,
        );
      }
    }
  }

  #markersOf(format: LineFormat): readonly Buffer[] {
    const known = this.#markers.get(format);
    if (known !== undefined) return known;
    const markers = format.markers.map((marker) => Buffer.from(marker));
    this.#markers.set(format, markers);
    return markers;
  }
}

/** Passes on what a piece told; a piece that tells several things is one row. */
function fateOf(told: Told, onFact: (fact: Fact) => void): LineFate {
  if (told === 'bad') return 'bad';
  for (const fact of told) onFact(fact);
  return told.length > 0 ? 'row' : 'other';
}

/** A session is read whole or not at all: its subagents' files may be older than its main file, or newer. */
function recent(candidates: readonly Candidate[], sinceMs: number | null): readonly Candidate[] {
  if (sinceMs === null) return candidates;
  const keys = new Set(candidates.filter(({ mtimeMs }) => mtimeMs >= sinceMs).map(({ sessionKey }) => sessionKey));
  return candidates.filter(({ sessionKey }) => keys.has(sessionKey));
}

function isRead(file: FoundTranscript, progress: ReadCounts | undefined): boolean {
  return progress?.size === file.size && progress.mtimeMs === file.mtimeMs && progress.inode === file.inode;
}
