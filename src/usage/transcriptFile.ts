import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { LinePart, LinePicker } from '../agents/agent.ts';
import type { Breath } from './breath.ts';
import { lineText } from './markedLines.ts';
import type { ReadCounts } from './readCounts.ts';
import { hashOfBytes } from './store/hash.ts';

/** What a line was: of use to the meter, broken, or of no concern. */
export type LineFate = 'row' | 'bad' | 'other';

/** What takes the lines of one file, in order. */
export interface LineTaker {
  take(line: string): LineFate;
  /** Takes a line by its part; null if the whole line is needed. */
  takePart?(part: LinePart): LineFate | null;
  /** what the lines so far leave for the next one: plain data, never changed in place */
  readonly state: unknown;
}

/** How the lines of a file are to be read. */
export interface LineReading {
  readonly pick: LinePicker;
  /** Begins a file, or continues it where `saved` was the state. */
  open(saved: unknown): LineTaker;
}

/** How far a transcript of lines has been read. Plain data; valid for this path only. */
export interface FileProgress extends ReadCounts {
  readonly kind: 'lines';
  /** just past the last line break that was read */
  readonly offset: number;
  /** hash of the bytes at the start and before `offset`: differs when the file was replaced or rewritten */
  readonly print: number;
  /** the offset lies inside a line that is too long; its rest is to be passed over */
  readonly insideLongLine: boolean;
  /** the taker's state at the offset */
  readonly state: unknown;
}

const chunkSize = 1 << 20;
const printSize = 512;
const newline = 0x0a;
const nothing = { offset: 0, rows: 0, bad: 0, insideLongLine: false };
type Position = typeof nothing;

/**
 * Reads transcripts forward, from where the last reading ended. One buffer serves all files: memory does not grow with them.
 * Not for use by two readings at a time.
 */
export class TranscriptReader {
  readonly #longestLine: number;
  #buffer: Buffer = Buffer.allocUnsafeSlow(chunkSize);

  /** `longestLine` in bytes: longer ones are counted as bad and passed over. The largest row seen holds a few MiB. */
  constructor(longestLine = 32 * chunkSize) {
    this.#longestLine = longestLine;
  }

  /**
   * Hands every new line that is picked to a taker. A file that shrank, was replaced or rewritten is read from its start. A last line
   * without a line break waits for its rest; if it is whole all the same it counts now, and once more when its line break comes,
   * which the ledger's deduplication makes harmless.
   *
   * Throws the system's error if the file cannot be read, and the signal's reason if `breath` was aborted.
   */
  async read(path: string, known: FileProgress | null, reading: LineReading, breath: Breath): Promise<FileProgress> {
    // A named pipe would block here for ever. On Windows, which has none in folders, the flag is undefined and counts as 0.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile()) throw new Error(`not a file: ${path}`);
      const isSame = known !== null && stats.size >= known.offset && printOf(descriptor, known.offset) === known.print;
      const taker = reading.open(isSame ? known.state : null);
      const { pending, state, ...position } = await this.#readOn(
        descriptor,
        isSame ? known : nothing,
        reading.pick,
        taker,
        breath,
      );
      return {
        kind: 'lines',
        offset: position.offset,
        rows: position.rows,
        bad: position.bad,
        insideLongLine: position.insideLongLine,
        state,
        pendingRows: pending,
        print: printOf(descriptor, position.offset),
        size: stats.size,
        mtimeMs: stats.mtimeMs,
        inode: stats.ino,
      };
    } finally {
      closeSync(descriptor);
      if (this.#buffer.length > chunkSize) this.#buffer = Buffer.allocUnsafeSlow(chunkSize);
    }
  }

  async #readOn(
    descriptor: number,
    from: Position,
    pick: LinePicker,
    taker: LineTaker,
    breath: Breath,
  ): Promise<Position & { readonly pending: number; readonly state: unknown }> {
    const position = { ...from };
    /** bytes at the front of the buffer that belong to a line not yet ended */
    let kept = 0;
    for (;;) {
      if (kept === this.#buffer.length) {
        if (kept >= this.#longestLine) {
          position.bad += position.insideLongLine ? 0 : 1;
          position.insideLongLine = true;
          position.offset += kept;
          kept = 0;
        } else this.#grow();
      }
      const count = readSync(descriptor, this.#buffer, kept, this.#buffer.length - kept, position.offset + kept);
      if (count === 0) break;
      const filled = kept + count;
      const lastBreak = this.#buffer.subarray(kept, filled).lastIndexOf(newline);
      if (lastBreak < 0) {
        kept = filled;
      } else {
        const end = kept + lastBreak + 1;
        this.#take(position, end, pick, taker);
        this.#buffer.copyWithin(0, end, filled);
        position.offset += end;
        kept = filled - end;
      }
      const pause = breath.take();
      if (pause !== null) await pause;
    }
    // The line comes again when it is whole, so it must not leave a mark in the state.
    const { state } = taker;
    const pending = { rows: 0, bad: 0 };
    if (!position.insideLongLine) takeLines(this.#buffer.subarray(0, kept), pick, taker, pending);
    return { ...position, state, pending: pending.rows };
  }

  /** Goes through the whole lines at the front of the buffer. */
  #take(position: Position, end: number, pick: LinePicker, taker: LineTaker): void {
    const start = position.insideLongLine ? this.#buffer.indexOf(newline) + 1 : 0;
    position.insideLongLine = false;
    takeLines(this.#buffer.subarray(start, end), pick, taker, position);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#buffer.length * 2, this.#longestLine));
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

function takeLines(lines: Buffer, pick: LinePicker, taker: LineTaker, counts: { rows: number; bad: number }): void {
  pick(lines, (start, end, part) => {
    const ofPart = part === null ? null : (taker.takePart?.(part) ?? null);
    const fate = ofPart ?? taker.take(lineText(lines, start, end));
    if (fate === 'row') counts.rows += 1;
    if (fate === 'bad') counts.bad += 1;
  });
}

const print = new Uint8Array(2 * printSize);

/** A hash of the first bytes and of those before `offset`: enough to tell a file that only grew from any other. */
function printOf(descriptor: number, offset: number): number {
  const length = Math.min(printSize, offset);
  readSync(descriptor, print, 0, length, 0);
  readSync(descriptor, print, length, length, offset - length);
  return hashOfBytes(print.subarray(0, 2 * length));
}
