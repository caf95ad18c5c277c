import type { ScanCounts } from '../protocol/usage.ts';
import { type Candidate, type FoundCandidates, isRead, unreadBytes } from './candidates.ts';
import type { Progress } from './progress.ts';
import { ReadProgress } from './readProgress.ts';
import type { UnreadTranscript } from './scanOptions.ts';
import { SqliteMissing } from './sqlite.ts';

/** The transcripts that the last look found, how far each is read, and which of them could not be. */
export class KnownTranscripts {
  readonly progress = new ReadProgress();
  #candidates = new Map<string, Candidate>();
  #present = new Set<number>();
  #unreadable = new Set<string>();
  readonly #unread = new Map<string, UnreadTranscript>();

  /** Takes in what a look has found. */
  take({ candidates, older, unreadable }: FoundCandidates): void {
    const before = this.#present;
    this.#present = new Set([...candidates, ...older].map(({ pathHash }) => pathHash));
    // What comes back under the same name is another file.
    for (const hash of before) if (!this.#present.has(hash)) this.progress.delete(hash);
    this.#unreadable = unreadable;
    this.#candidates = new Map(candidates.map((candidate) => [candidate.path, candidate]));
    this.progress.countThese(new Set(candidates.map(({ pathHash }) => pathHash)));
  }

  /** null for what the last look did not find. */
  at(path: string): Candidate | null {
    return this.#candidates.get(path) ?? null;
  }

  /** Was there a transcript with this hash of its path? */
  isPresent(pathHash: number): boolean {
    return this.#present.has(pathHash);
  }

  isRead(candidate: Candidate): boolean {
    return isRead(candidate, this.progress.get(candidate.pathHash));
  }

  unreadBytes(candidate: Candidate): number {
    return unreadBytes(candidate, this.progress.get(candidate.pathHash));
  }

  noteRead({ path, pathHash }: Candidate, progress: Progress): void {
    this.progress.set(pathHash, progress);
    this.#unreadable.delete(path);
    this.#unread.delete(path);
  }

  noteUnreadable({ path, source }: Candidate, error: unknown): void {
    this.#unreadable.add(path);
    if (error instanceof SqliteMissing) this.#unread.set(path, { agent: source.agent, path, problem: error.message });
  }

  /** Transcripts that need another Node than this. They are among those that `counts` calls skipped. */
  unread(): readonly UnreadTranscript[] {
    return [...this.#unread.values()];
  }

  /** Of what is there now: `rows` told something of use, `skipped` are broken lines and files or folders that could not be read. */
  counts(): ScanCounts {
    const counts = this.progress.counts();
    return { ...counts, skipped: counts.skipped + this.#unreadable.size };
  }
}
