import type { Surroundings, TranscriptSource } from '../agents/agent.ts';
import type { Breath } from './breath.ts';
import type { Progress } from './progress.ts';
import type { ReadCounts } from './readCounts.ts';
import { findTranscripts, type FoundFolder, type FoundTranscript } from './transcriptFolder.ts';

/** A transcript that is there, and whose it is. */
export interface Candidate extends FoundTranscript {
  readonly source: TranscriptSource;
  readonly account: string;
}

export interface FoundCandidates {
  /** to be kept current, the newest first */
  readonly candidates: Candidate[];
  /** not modified since the time asked for */
  readonly older: readonly Candidate[];
  readonly folders: readonly FoundFolder[];
  readonly unreadable: Set<string>;
}

/** Every transcript of all sources. `sinceMs`: sessions with no file modified since then are `older`; null: none is. */
export async function findCandidates(
  sources: readonly TranscriptSource[],
  surroundings: Surroundings,
  sinceMs: number | null,
  breath: Breath,
): Promise<FoundCandidates> {
  const candidates: Candidate[] = [];
  const older: Candidate[] = [];
  const folders: FoundFolder[] = [];
  const unreadable = new Set<string>();
  for (const source of sources) {
    for (const { path: root, account } of source.roots(surroundings)) {
      const found = await findTranscripts(root, source, breath);
      folders.push(...found.folders);
      for (const path of found.unreadable) unreadable.add(path);
      const own = found.files.map((file) => candidateOf(file, source, account));
      const isRecent = recentIn(own, sinceMs);
      for (const candidate of own) (isRecent(candidate) ? candidates : older).push(candidate);
    }
  }
  candidates.sort((a, b) => b.mtimeMs - a.mtimeMs);
  return { candidates, older, folders, unreadable };
}

/** Field by field: spreading thousands of objects took a tenth of the time in which a warm `usage` is done. */
function candidateOf(file: FoundTranscript, source: TranscriptSource, account: string): Candidate {
  const { path, pathHash, relativePath, format, size, mtimeMs, inode } = file;
  return { path, pathHash, relativePath, format, size, mtimeMs, inode, source, account };
}

/** A session is read whole or not at all: its subagents' files may be older than its main file, or newer. */
function recentIn(candidates: readonly Candidate[], sinceMs: number | null): (candidate: Candidate) => boolean {
  if (sinceMs === null) return () => true;
  const keyOf = ({ source, relativePath }: Candidate) => source.sessionKey(relativePath);
  const keys = new Set(candidates.filter(({ mtimeMs }) => mtimeMs >= sinceMs).map(keyOf));
  return (candidate) => keys.has(keyOf(candidate));
}

/** Is the file as it was when it was read? */
export function isRead(file: FoundTranscript, progress: ReadCounts | undefined): boolean {
  return progress?.size === file.size && progress.mtimeMs === file.mtimeMs && progress.inode === file.inode;
}

export function unreadBytes({ size, inode }: FoundTranscript, progress: Progress | undefined): number {
  const isGrown = progress?.kind === 'lines' && progress.inode === inode && progress.offset <= size;
  return isGrown ? size - progress.offset : size;
}
