import type { Reading, TokenCounts } from '../protocol/usage.ts';

/** Where to look for an agent's files. Explicit values, so that tests and `--home` never reach the real home. */
export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** One answer of a model's API, as one transcript row tells it; several rows can tell of the same response. */
export interface ResponseRow {
  readonly agent: string;
  readonly sessionId: string;
  /** message id of the response; null where the row has none (then `rowId` stands in) */
  readonly messageId: string | null;
  readonly requestId: string | null;
  readonly rowId: string;
  readonly at: number;
  readonly model: string | null;
  readonly cwd: string | null;
  readonly isSidechain: boolean;
  readonly tokens: TokenCounts;
}

/** What one transcript line means to the meter. `null` is a line that does not concern it; `bad` is counted and skipped. */
export type TranscriptLine =
  | { readonly kind: 'response'; readonly row: ResponseRow }
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'bad' }
  | null;

/** How an agent's transcripts are found and read. */
export interface TranscriptSource {
  readonly agent: string;
  /** Folders that hold transcripts, existing or not, most specific first. */
  roots(surroundings: Surroundings): readonly string[];
  /** Does this file name (not path) belong to a transcript? */
  isTranscript(fileName: string): boolean;
  /**
   * Names the session a transcript belongs to, from its path below the root: the same for a session's main file and for the
   * files of its subagents. The part after the last `/` is the session's id where the lines do not tell one.
   */
  sessionKey(relativePath: string): string;
  /** A line without any of these byte strings cannot concern the meter: it is passed over without parsing. */
  readonly markers: readonly string[];
  parseLine(line: string, sessionKey: string): TranscriptLine;
}

/** What the agent is about to do, or has done, told by its hook. */
export type HookEvent =
  | (HookCommon & { readonly kind: 'session' })
  | (HookCommon & { readonly kind: 'prompt'; readonly prompt: string })
  | (HookCommon & {
      readonly kind: 'tool';
      readonly tool: string;
      readonly files: readonly string[];
      readonly summary: string;
    })
  | (HookCommon & { readonly kind: 'turn' })
  | (HookCommon & { readonly kind: 'other'; readonly name: string });

export interface HookCommon {
  readonly agent: string;
  readonly sessionId: string;
  readonly cwd: string;
  readonly transcriptPath: string | null;
  /** set inside a subagent */
  readonly subagentId: string | null;
}
