import type { Surroundings, TranscriptSource } from '../agents/agent.ts';
import type { Turn, TurnFit } from '../protocol/turn.ts';
import type { Prices } from './prices.ts';

export interface ScanOptions {
  readonly sources: readonly TranscriptSource[];
  readonly surroundings: Surroundings;
  /** Sessions with no file modified since then (epoch milliseconds) are not read; null reads everything. */
  readonly sinceMs: number | null;
  /** Sessions last used before then are left out of snapshots; null or missing shows all. */
  readonly shownSinceMs?: number | null;
  /** What was read before is taken from there, and kept there; null or missing: nothing is kept. */
  readonly stateFolder?: string | null;
  readonly prices?: Prices;
  /** what is learned from a repository's turns, to be kept with them */
  readonly fitTurns?: (turns: readonly Turn[]) => TurnFit;
  readonly now?: () => number;
}

export interface SweepOptions {
  readonly signal?: AbortSignal;
  /** called after each file that told something new, so that a long first scan can show today's numbers at once */
  readonly onNews?: () => void;
  /** Transcripts not modified since then (epoch milliseconds) are passed over, read or not. */
  readonly modifiedSince?: number | null;
}

/** A transcript that this program cannot read as it runs now, and what it would need. */
export interface UnreadTranscript {
  readonly agent: string;
  readonly path: string;
  readonly problem: string;
}
