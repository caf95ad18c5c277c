import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { LineFate } from './transcriptFile.ts';
import type { ReadCounts } from './readCounts.ts';

/** Larger documents are counted as bad and passed over: they would have to be in memory whole. The largest seen hold a few MiB. */
const longestDocument = 64 << 20;

/** A document that was read. Plain data; valid for this path only. */
export interface DocumentProgress extends ReadCounts {
  readonly kind: 'document';
}

/** Reads a document that is written anew with every change, whole. Throws the system's error if it cannot be read. */
export function readDocument(path: string, take: (text: string) => LineFate): DocumentProgress {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size, mtimeMs, ino: inode, ...stats } = fstatSync(descriptor);
    if ((stats.mode & constants.S_IFMT) !== constants.S_IFREG) throw new Error(`not a file: ${path}`);
    const fate = size > longestDocument ? 'bad' : take(withoutMark(readFileSync(descriptor, 'utf8')));
    return {
      kind: 'document',
      size,
      mtimeMs,
      inode,
      rows: fate === 'row' ? 1 : 0,
      pendingRows: 0,
      bad: fate === 'bad' ? 1 : 0,
    };
  } finally {
    closeSync(descriptor);
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
