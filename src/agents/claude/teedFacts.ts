import type { TeeKind } from '../../protocol/teeKind.ts';
import type { ToldReading } from '../agent.ts';
import { parseRateLimitEvents } from './rateLimitEvents.ts';
import { parseStatusline } from './statusline.ts';

/** What a session said of itself when it last drew its statusline. Tokens; USD. */
export interface SessionStatus {
  readonly agent: string;
  readonly sessionId: string;
  readonly model: string | null;
  readonly contextTokens: number | null;
  readonly contextLimit: number | null;
  readonly costUsd: number | null;
  readonly capturedAt: number;
}

export interface TeedFacts {
  /** the configuration folder, where the tee knew it */
  readonly account: string | null;
  /** whose transcripts folder tells the account otherwise */
  readonly transcriptPath: string | null;
  readonly session: SessionStatus | null;
  readonly readings: readonly ToldReading[];
}

/** What a tee's copy tells; null if it is torn or none. Never throws. `writtenAt`: epoch milliseconds. */
export function parseTeed(text: string, writtenAt: number, kind: TeeKind): TeedFacts | null {
  return kind === 'statusline' ? parseStatusline(text, writtenAt) : parseRateLimitEvents(text);
}
