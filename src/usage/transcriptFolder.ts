import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { TranscriptFormat, TranscriptSource } from '../agents/agent.ts';
import type { Breath } from './breath.ts';
import { databaseStats } from './databaseFile.ts';
import { hashesAfter } from './store/hash.ts';

export interface FoundTranscript {
  readonly path: string;
  /** names the path in what is kept of transcripts (store/hash.ts) */
  readonly pathHash: number;
  /** below the root, with the platform's separators */
  readonly relativePath: string;
  readonly format: TranscriptFormat;
  /** of a database with the log beside it */
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export interface FoundFolder {
  readonly path: string;
  /** 0 for the root */
  readonly depth: number;
  readonly inode: number;
  /** when the folder or a transcript in it changed last, epoch milliseconds */
  readonly touchedAt: number;
}

export interface FoundTranscripts {
  readonly files: readonly FoundTranscript[];
  readonly folders: readonly FoundFolder[];
  /** files and folders that could not be looked at */
  readonly unreadable: readonly string[];
}

/** Deeper than any agent nests; a stop for trees that grow by links in ways the check for loops cannot see (bind mounts). */
const deepest = 12;

/**
 * Finds the transcripts below `root`, through symbolic links but never twice through the same folder. What cannot be read or has just
 * vanished is listed, never thrown; a missing root is simply empty. Throws the signal's reason if `breath` was aborted.
 */
export async function findTranscripts(
  root: string,
  source: Pick<TranscriptSource, 'enters' | 'match'>,
  breath: Breath,
): Promise<FoundTranscripts> {
  const files: FoundTranscript[] = [];
  const folders: FoundFolder[] = [];
  const unreadable: string[] = [];
  const seen = new Set<string>();
  const pending: { path: string; relativePath: string; depth: number }[] = [{ path: root, relativePath: '', depth: 0 }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const pause = breath.take();
    if (pause !== null) await pause;
    try {
      const stats = statSync(folder.path);
      const name = nameOf(stats, folder.path);
      if (seen.has(name)) continue;
      seen.add(name);
      let touchedAt = stats.mtimeMs;
      // `join` for every entry would be a third of the walk.
      const beginning = join(folder.path, sep);
      const pathHashOf = hashesAfter(beginning);
      const relativeBeginning = folder.relativePath === '' ? '' : folder.relativePath + sep;
      for (const entry of readdirSync(folder.path, { withFileTypes: true })) {
        const path = beginning + entry.name;
        const relativePath = relativeBeginning + entry.name;
        const kind = kindOf(entry, path, unreadable);
        if (
          kind === 'folder' &&
          folder.depth < deepest &&
          source.enters(sep === '/' ? relativePath : relativePath.replaceAll('\\', '/'))
        )
          pending.push({ path, relativePath, depth: folder.depth + 1 });
        const match = kind === 'file' ? source.match(path) : null;
        // A database's log is looked at together with its database.
        if (match?.path !== path) continue;
        const file = fileStats(path, match.format, unreadable);
        if (file === null) continue;
        touchedAt = Math.max(touchedAt, file.mtimeMs);
        const { size, mtimeMs, inode } = file;
        const pathHash = pathHashOf(entry.name);
        files.push({ path, pathHash, relativePath, format: match.format, size, mtimeMs, inode });
      }
      folders.push({ path: folder.path, depth: folder.depth, inode: stats.ino, touchedAt });
    } catch (error) {
      if (!(folder.depth === 0 && isMissing(error))) unreadable.push(folder.path);
    }
  }
  return { files, folders, unreadable };
}

/** A folder by any path. Inode numbers are cheaper than real paths, but do not tell folders apart on Windows. */
function nameOf({ dev, ino }: Stats, path: string): string {
  return sep === '/' ? `${dev}/${ino}` : realpathSync(path);
}

function kindOf(entry: Dirent, path: string, unreadable: string[]): 'file' | 'folder' | 'other' {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return 'other';
  const target = lookAt(path, unreadable);
  if (target?.isDirectory() === true) return 'folder';
  return target?.isFile() === true ? 'file' : 'other';
}

function fileStats(
  path: string,
  { kind }: TranscriptFormat,
  unreadable: string[],
): Pick<FoundTranscript, 'size' | 'mtimeMs' | 'inode'> | null {
  try {
    if (kind === 'database') return databaseStats(path);
    const { size, mtimeMs, ino: inode } = statSync(path);
    return { size, mtimeMs, inode };
  } catch {
    unreadable.push(path);
    return null;
  }
}

function lookAt(path: string, unreadable: string[]): Stats | null {
  try {
    return statSync(path);
  } catch {
    unreadable.push(path);
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
