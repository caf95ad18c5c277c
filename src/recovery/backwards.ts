import { open } from 'node:fs/promises';

const chunkBytes = 256 * 1024;
const newline = 10;

export interface Backwards {
  /** the lines that were read, in the file's order */
  readonly lines: readonly string[];
  /** whether that is the whole file */
  readonly isWhole: boolean;
}

/**
 * Reads a file's lines from its end towards its beginning, as far as somebody wants them. A last line that is still being written comes
 * too; whoever parses it sees that it is torn. Throws what reading throws.
 * @param wantsMore is asked after each piece, with its lines in the file's order
 * @param mostBytes where it ends in any case: sessions grow to hundreds of megabytes
 */
export async function readBackwards(
  file: string,
  wantsMore: (newLines: readonly string[], bytes: number) => boolean,
  mostBytes: number,
): Promise<Backwards> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const pieces: (readonly string[])[] = [];
    /** the beginning of what was read, up to its first line end: its line begins further in front */
    let rest: Buffer[] = [];
    let end = size;
    while (end > 0 && size - end < mostBytes) {
      const start = Math.max(0, end - chunkBytes);
      const chunk = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, start);
      end = start;
      const bytes = chunk.subarray(0, bytesRead);
      const cut = start === 0 ? 0 : bytes.indexOf(newline) + 1;
      if (start > 0 && cut === 0) {
        rest.unshift(bytes);
        continue;
      }
      const text = Buffer.concat([bytes.subarray(cut), ...rest]).toString('utf8');
      rest = [bytes.subarray(0, cut)];
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      pieces.push(lines);
      if (!wantsMore(lines, size - end)) break;
    }
    return { lines: pieces.reverse().flat(), isWhole: end === 0 };
  } finally {
    await handle.close();
  }
}

/** The first lines of a file, for what stands only there; less where they are longer than `mostBytes`. */
export async function readBeginning(file: string, mostBytes = chunkBytes): Promise<readonly string[]> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(mostBytes);
    const { bytesRead } = await handle.read(bytes, 0, mostBytes, 0);
    const text = bytes.toString('utf8', 0, bytesRead);
    const lines = text.split('\n');
    return bytesRead < mostBytes ? lines : lines.slice(0, -1);
  } finally {
    await handle.close();
  }
}
