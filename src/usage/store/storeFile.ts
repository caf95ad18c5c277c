import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { errorCode } from '../../store/errno.ts';
import { blockLength, decodeBlock, type ReadBlock, rulesVersion } from './block.ts';
import { checksumOf } from './hash.ts';

const fileMagic = [0x53554c53, 0x31454741] as const;
const fileVersion = 1;
const headLength = 32;

/** What the file holds from some place on. */
export interface FileContent {
  /** names one writing of the file: another one stands for other blocks */
  readonly generation: string;
  readonly blocks: readonly ReadBlock[];
  /** where the next block belongs: what stands behind it is torn */
  readonly end: number;
  /** where the blocks of one writing end and appended ones begin */
  readonly baseEnd: number;
  /** parts that could not be read though they once were whole */
  readonly damaged: number;
}

export type FoundFile = FileContent | 'missing' | 'newer';

/**
 * Reads the file's blocks after `known`, or all of them if it was written anew since. Damaged blocks are passed over. Throws the system's
 * error if the file is there and cannot be read.
 */
export function readStoreFile(
  file: string,
  known: { readonly generation: string; readonly end: number } | null,
): FoundFile {
  const descriptor = openOrNull(file);
  if (descriptor === null) return 'missing';
  try {
    const { size } = fstatSync(descriptor);
    const head = readHead(read(descriptor, 0, Math.min(headLength, size)));
    if (head?.isNewer === true) return 'newer';
    const generation = head?.generation ?? '';
    const isSame = known !== null && generation === known.generation && size >= known.end;
    const start = isSame ? known.end : Math.min(headLength, size);
    const { blocks, end, baseEnd, damaged } = readBlocks(read(descriptor, start, size - start));
    if (blocks.some(({ rules }) => rules > rulesVersion)) return 'newer';
    // A file begins its life whole, so a first block that is not is no torn one.
    const isBroken = !isSame && (head === null || (blocks.length === 0 && damaged === 0));
    return {
      generation,
      blocks,
      end: start + end,
      baseEnd: start + baseEnd,
      damaged: damaged + (isBroken ? 1 : 0),
    };
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a block behind the others, over whatever torn one stands there. Throws the system's error; then the file is as it was. */
export function appendBlock(file: string, end: number, block: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  try {
    try {
      if (fstatSync(descriptor).size > end) ftruncateSync(descriptor, end);
      for (let done = 0; done < block.length;)
        done += writeSync(descriptor, block, done, block.length - done, end + done);
    } catch (error) {
      ftruncateSync(descriptor, end);
      throw error;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** A whole new file of these blocks, and the name of its generation. */
export function newStoreFile(blocks: readonly Uint8Array[]): {
  readonly bytes: Uint8Array;
  readonly generation: string;
} {
  const head = new Uint32Array(headLength / 4);
  const random = randomBytes(8);
  head.set([...fileMagic, fileVersion, 0, random.readUInt32LE(0), random.readUInt32LE(4)]);
  head.set(checksumOf(head.subarray(0, 6)), 6);
  return { bytes: Buffer.concat([new Uint8Array(head.buffer), ...blocks]), generation: generationOf(head) };
}

function readHead(buffer: ArrayBuffer): { readonly generation: string; readonly isNewer: boolean } | null {
  if (buffer.byteLength < headLength) return null;
  const head = new Uint32Array(buffer, 0, headLength / 4);
  const [a, b] = checksumOf(head.subarray(0, 6));
  if (head[0] !== fileMagic[0] || head[1] !== fileMagic[1] || head[6] !== a || head[7] !== b) return null;
  return { generation: generationOf(head), isNewer: (head[2] ?? 0) > fileVersion };
}

function generationOf(head: Uint32Array): string {
  return `${head[4]}.${head[5]}`;
}

/** The blocks in these bytes; what is none is passed over. Never throws. */
export function readBlocks(buffer: ArrayBuffer): {
  blocks: ReadBlock[];
  end: number;
  baseEnd: number;
  damaged: number;
} {
  let baseEnd = 0;
  const blocks: ReadBlock[] = [];
  let damaged = 0;
  let at = 0;
  let end = 0;
  let isLost = false;
  while (at < buffer.byteLength) {
    const length = blockLength(buffer, at);
    const isWhole = length !== null && at + length <= buffer.byteLength;
    const block = isWhole ? decodeBlock(buffer, at, length) : null;
    if (block !== null && length !== null) {
      blocks.push(block);
      at += length;
      end = at;
      if (block.isBase) baseEnd = at;
      isLost = false;
      continue;
    }
    // A writer that was killed leaves a part of a block at the end, where it harms nothing. Anything else is damage, and what
    // stands behind it is found by its mark.
    const next = nextBlock(buffer, at + 8);
    if (!isLost && (isWhole || next !== null)) damaged += 1;
    isLost = true;
    if (next === null) {
      // Looked at once is enough: only what is not whole can still become so.
      if (isWhole) end = buffer.byteLength;
      break;
    }
    at = next;
  }
  return { blocks, end, baseEnd, damaged };
}

function nextBlock(buffer: ArrayBuffer, from: number): number | null {
  for (let at = from; at + 16 <= buffer.byteLength; at += 8) if (blockLength(buffer, at) !== null) return at;
  return null;
}

function openOrNull(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function read(descriptor: number, position: number, length: number): ArrayBuffer {
  const buffer = new ArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done === length ? buffer : buffer.slice(0, done);
}
