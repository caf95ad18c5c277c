import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { makePrivateFolder, writeFileAtomic } from '../../store/atomicFile.ts';
import { errorText } from '../../store/errno.ts';
import { takeFileLock } from '../../store/fileLock.ts';
import type { Changes } from '../changes.ts';
import type { Ledger } from '../ledger.ts';
import type { Progress } from '../progress.ts';
import { encodeBlock, type ReadBlock, rulesVersion } from './block.ts';
import { appendBlock, newStoreFile, readStoreFile } from './storeFile.ts';
import type { Reading } from '../../protocol/usage.ts';

/** Where the file is, how large, what it holds, and what is wrong with it. */
export interface StoreState {
  readonly path: string;
  readonly bytes: number;
  readonly responses: number;
  readonly files: number;
  /** a sentence for people; null if all is well */
  readonly problem: string | null;
  /** when the oldest response was, epoch milliseconds */
  readonly oldestAt: number | null;
}

/** What the store keeps; it fills it when it loads, and writes what is new in it. */
export interface Kept {
  readonly ledger: Ledger;
  /** by the hash of the transcript's path */
  readonly progress: Map<number, Progress>;
  addReading(reading: Reading): void;
  allReadings(): readonly Reading[];
}

export function storeFilePath(stateFolder: string): string {
  return path.join(stateFolder, 'usage', 'responses.bin');
}

/** Rows of one block of a whole writing: damage costs one of them. */
const rowsPerBlock = 16_384;
const smallestTail = 256 << 10;
const longestAbsence = 60 * 24 * 60 * 60_000;

/**
 * What was read of the transcripts, in the state folder: one file of blocks, to which every process appends under a lock what it found
 * (ARCHITECTURE.md, Metering). Nobody owns it: before writing, what others wrote is taken in by the ledger's own merging. So nothing is
 * dropped, and nothing counts twice. Nothing here is ever fatal: without a store, transcripts are simply read again.
 */
export class UsageStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #kept: Kept;
  readonly #now: () => number;
  #rows: Changes | null = null;
  #paths = new Set<number>();
  #readings: Reading[] = [];
  #known: { generation: string; end: number } | null = null;
  #baseBytes = 0;
  #mustRewrite = false;
  #isNewer = false;
  #problem: string | null = null;

  constructor(stateFolder: string, kept: Kept, now: () => number) {
    this.#file = storeFilePath(stateFolder);
    this.#folder = path.dirname(this.#file);
    this.#kept = kept;
    this.#now = now;
  }

  /** Takes in what is there. */
  load(): void {
    try {
      this.#takeIn();
    } catch (error) {
      this.#problem = `cannot be read: ${errorText(error)}`;
    }
    this.#rows = this.#kept.ledger.changes();
  }

  /** This transcript was read on: its progress is to be written. */
  noteProgress(pathHash: number): void {
    this.#paths.add(pathHash);
  }

  noteReading(reading: Reading): void {
    this.#readings.push(reading);
  }

  /** What is in memory is less than what the file holds: it is to be written whole. */
  rewriteNext(): void {
    this.#mustRewrite = true;
  }

  get hasNews(): boolean {
    if (this.#isNewer) return false;
    return (this.#rows?.size ?? 0) > 0 || this.#paths.size > 0 || this.#readings.length > 0 || this.#mustRewrite;
  }

  /**
   * Writes what is new, if another process leaves the lock within `waitMs`; otherwise it stays for the next time, and whoever reads the
   * same transcripts writes it anyway. Never throws.
   * @param isPresent is there a transcript with this hash of its path? The progress of others is forgotten in time.
   */
  async save(waitMs: number, isPresent: (pathHash: number) => boolean): Promise<void> {
    if (!this.hasNews) return;
    try {
      await makePrivateFolder(this.#folder);
      const lock = await takeFileLock(`${this.#file}.lock`, waitMs);
      if (lock === null) return;
      try {
        await this.#write(isPresent);
        this.#problem = null;
      } finally {
        lock.release();
      }
    } catch (error) {
      this.#problem = `cannot be written: ${errorText(error)}`;
    }
  }

  state(): StoreState {
    const { ledger, progress } = this.#kept;
    let oldestAt: number | null = null;
    for (const row of ledger.rows())
      oldestAt = Math.min(oldestAt ?? Infinity, ledger.table.columns.at[row] ?? Infinity);
    return {
      path: this.#file,
      bytes: sizeOf(this.#file),
      responses: ledger.size,
      files: progress.size,
      problem: this.#problem,
      oldestAt,
    };
  }

  async #write(isPresent: (pathHash: number) => boolean): Promise<void> {
    const changes = (this.#rows ??= this.#kept.ledger.changes());
    const own = [...changes.take()];
    const paths = this.#paths;
    const readings = this.#readings;
    try {
      this.#takeIn();
      if (this.#isNewer) return;
      const { ledger } = this.#kept;
      const others = changes.take();
      // One of ours can have become part of one that another process wrote.
      if (own.some((row) => !isAlive(ledger, row))) own.push(...others);
      const tail = (this.#known?.end ?? 0) - this.#baseBytes;
      if (this.#known === null || this.#mustRewrite || tail > Math.max(smallestTail, this.#baseBytes / 4)) {
        await this.#rewrite(isPresent);
      } else {
        const progress = [...paths].flatMap((hash) => entryOf(this.#kept.progress, hash));
        const rows = [...new Set(own)].filter((row) => isAlive(ledger, row));
        const block = encodeBlock({ table: ledger.table, rows, progress, readings, isBase: false });
        appendBlock(this.#file, this.#known.end, block);
        this.#known = { ...this.#known, end: this.#known.end + block.length };
      }
      this.#paths = new Set();
      this.#readings = [];
    } catch (error) {
      for (const row of own) changes.add(row);
      throw error;
    }
  }

  async #rewrite(isPresent: (pathHash: number) => boolean): Promise<void> {
    const { ledger, progress } = this.#kept;
    const now = this.#now();
    for (const [hash, { mtimeMs }] of progress)
      if (!isPresent(hash) && now - mtimeMs > longestAbsence) progress.delete(hash);
    const rows = ledger.rows();
    const blocks: Uint8Array[] = [];
    for (let first = 0; first === 0 || first < rows.length; first += rowsPerBlock) {
      const isLast = first + rowsPerBlock >= rows.length;
      blocks.push(
        encodeBlock({
          table: ledger.table,
          rows: rows.slice(first, first + rowsPerBlock),
          progress: isLast ? [...progress] : [],
          readings: isLast ? this.#kept.allReadings() : [],
          isBase: true,
        }),
      );
    }
    const { bytes, generation } = newStoreFile(blocks);
    this.#removeRemains();
    await writeFileAtomic(this.#file, bytes);
    this.#known = { generation, end: bytes.length };
    this.#baseBytes = bytes.length;
    this.#mustRewrite = false;
  }

  /** Takes in what the file holds and we do not. */
  #takeIn(): void {
    const found = readStoreFile(this.#file, this.#known);
    if (found === 'newer') {
      this.#isNewer = true;
      this.#problem =
        'was written by a newer version of Soft Landing: it is left alone, and nothing is kept until this one is updated';
      return;
    }
    if (found === 'missing') {
      // Deleted meanwhile, perhaps: what we know goes into a new one.
      this.#known = null;
      this.#mustRewrite = this.#kept.ledger.size > 0;
      return;
    }
    const isWhole = this.#known?.generation !== found.generation;
    const isFirst = this.#kept.ledger.size === 0;
    this.#kept.ledger.table.reserve(found.blocks.reduce((sum, { table }) => sum + table.length, 0));
    for (const block of found.blocks) this.#takeBlock(block, isFirst && block.isBase);
    if (isWhole) this.#baseBytes = found.baseEnd;
    this.#known = { generation: found.generation, end: found.end };
    if (found.damaged > 0) {
      this.#problem = `was damaged in ${found.damaged} places: transcripts that are still there were read again`;
      // What is told to be read may have stood in a part that is lost.
      this.#kept.progress.clear();
      this.#mustRewrite = true;
    }
  }

  #takeBlock({ rules, table, progress, readings }: ReadBlock, areDistinct: boolean): void {
    const areOld = rules !== rulesVersion;
    this.#kept.ledger.merge(table, { areDistinct, areOld });
    for (const reading of readings) this.#kept.addReading(reading);
    if (areOld) this.#mustRewrite = true;
    else for (const [hash, each] of progress) if (!this.#paths.has(hash)) this.#kept.progress.set(hash, each);
  }

  /** What killed writers left: under the lock nobody writes. */
  #removeRemains(): void {
    const hourAgo = this.#now() - 3_600_000;
    for (const name of readdirSync(this.#folder)) {
      const file = path.join(this.#folder, name);
      const isWriters = name.startsWith('.responses.bin.');
      const isLockers = name.startsWith('responses.bin.lock.') && statSync(file).mtimeMs < hourAgo;
      if (isWriters || isLockers) rmSync(file, { force: true });
    }
  }
}

function isAlive(ledger: Ledger, row: number): boolean {
  return !ledger.isDead(row);
}

function entryOf(progress: ReadonlyMap<number, Progress>, hash: number): (readonly [number, Progress])[] {
  const entry = progress.get(hash);
  return entry === undefined ? [] : [[hash, entry]];
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}
