import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** More than this that is new is passed over: the hook has milliseconds, and what was used long ago is in the published limits. */
const mostBytes = 2_000_000;
/** of what is passed over, the end is read all the same: there stand the newest readings */
const keptBytes = 256_000;
const newline = 0x0a;

export interface Tail {
  /** whole lines with one of the markers, in order */
  readonly lines: readonly string[];
  /** just past the last line break that was read */
  readonly offset: number;
  /** something between the former offset and the first of these lines was passed over */
  readonly hasGap: boolean;
}

/** What a transcript has got since `from`. null if it cannot be read, or is no file. A last line without its end waits for it. */
export function readTail(file: string, from: number, markers: readonly Buffer[]): Tail | null {
  let descriptor: number;
  try {
    // A named pipe would block here for ever.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return null;
    // A shorter file is another one under the same name.
    const known = stats.size < from ? 0 : from;
    const hasGap = stats.size - known > mostBytes;
    const start = hasGap ? stats.size - keptBytes : known;
    const bytes = Buffer.allocUnsafe(stats.size - start);
    const length = readFully(descriptor, bytes, start);
    const whole = bytes.subarray(0, length);
    const first = hasGap ? whole.indexOf(newline) + 1 : 0;
    return { ...markedLines(whole, first, start, markers), hasGap };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

function readFully(descriptor: number, bytes: Buffer, start: number): number {
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, start + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}

function markedLines(
  bytes: Buffer,
  first: number,
  start: number,
  markers: readonly Buffer[],
): { readonly lines: readonly string[]; readonly offset: number } {
  const lines: string[] = [];
  let at = first;
  for (let end = bytes.indexOf(newline, at); end >= 0; end = bytes.indexOf(newline, at)) {
    const line = bytes.subarray(at, end);
    if (markers.some((marker) => line.includes(marker))) lines.push(line.toString('utf8'));
    at = end + 1;
  }
  return { lines, offset: start + at };
}
