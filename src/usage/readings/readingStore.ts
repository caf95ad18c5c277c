import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Reading } from '../../protocol/usage.ts';
import { makePrivateFolder, readFileOrNull, writeFileAtomic } from '../../store/atomicFile.ts';
import { errorCode } from '../../store/errno.ts';
import { takeFileLock } from '../../store/fileLock.ts';
import { Readings } from '../readings.ts';
import { parseTrailLine, trailLine } from './trailLine.ts';

const lockWaitMs = 2000;

/** How much a file of this many kept bytes may grow before it is written anew: work stays in proportion to what is appended. */
const mayGrowTo = (keptBytes: number): number => 2 * keptBytes + 256 * 1024;

export interface ReadingStoreOptions {
  readonly stateFolder: string;
  readonly now: () => number;
}

/**
 * The readings of all programs that ever saw one, as lines that are appended to one file of the state folder. Several processes may
 * write and read; one that is killed leaves at most a torn line, which everybody passes over. One call at a time.
 */
export class ReadingStore {
  readonly readings = new Readings();
  /** to watch: the file in it is replaced now and then */
  readonly folder: string;
  readonly #file: string;
  readonly #now: () => number;
  #read = { inode: -1, bytes: 0 };
  /** what was worth keeping when this process looked last: reading the file for each line would cost more than the lines */
  #keptBytes = 0;

  constructor({ stateFolder, now }: ReadingStoreOptions) {
    this.folder = path.join(stateFolder, 'readings');
    this.#file = path.join(this.folder, 'trail.jsonl');
    this.#now = now;
  }

  /**
   * Reads what the file holds beyond the last look, all of it the first time or when it was replaced; true if that told something new.
   * Throws what the file system says, but for a file that is not there.
   */
  async readOn(): Promise<boolean> {
    const tail = await this.#tail();
    const end = tail.lastIndexOf('\n') + 1;
    this.#read.bytes += end;
    let isNews = false;
    for (const line of tail.toString('utf8', 0, end).split('\n')) {
      const reading = parseTrailLine(line);
      if (reading !== null && this.readings.add(reading)) isNews = true;
    }
    return isNews;
  }

  /** Takes in readings and keeps those that tell something new; true if one did. Throws what the file system says (a full disk). */
  async append(readings: readonly Reading[]): Promise<boolean> {
    const news = readings.filter((reading) => this.readings.add(reading));
    if (news.length === 0) return false;
    await makePrivateFolder(this.folder);
    // Without the lock somebody may replace the file meanwhile, and a line be lost: better than waiting, its next reading comes soon.
    const lock = await takeFileLock(`${this.#file}.lock`, lockWaitMs);
    try {
      const handle = await open(this.#file, 'a', 0o600);
      try {
        await handle.write(Buffer.from(news.map(trailLine).join(''), 'utf8'));
      } finally {
        await handle.close();
      }
      if (lock !== null) await this.#compact();
    } finally {
      lock?.release();
    }
    return true;
  }

  async #tail(): Promise<Buffer> {
    try {
      const handle = await open(this.#file, 'r');
      try {
        const { ino, size } = await handle.stat();
        if (ino !== this.#read.inode || size < this.#read.bytes) this.#read = { inode: ino, bytes: 0 };
        const buffer = Buffer.alloc(size - this.#read.bytes);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#read.bytes);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
      throw error;
    }
  }

  /** Under the lock. What is kept is what the file says, since this store may not have read all of it yet. */
  async #compact(): Promise<void> {
    const { size } = await stat(this.#file);
    if (size <= mayGrowTo(this.#keptBytes)) return;
    const text = (await readFileOrNull(this.#file))?.toString('utf8') ?? '';
    const kept = new Readings();
    const lines = text.split('\n');
    for (const line of lines) {
      const reading = parseTrailLine(line);
      if (reading !== null) kept.add(reading);
    }
    kept.forget(this.#now());
    const after = kept.history().map(trailLine).join('');
    this.#keptBytes = Buffer.byteLength(after);
    if (size > mayGrowTo(this.#keptBytes)) await writeFileAtomic(this.#file, after);
  }
}
