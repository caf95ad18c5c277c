import type { PromptFeatures } from '../protocol/turn.ts';
import type { Reading, TokenCounts } from '../protocol/usage.ts';

/** Where to look for an agent's files. Explicit values, so that tests and `--home` never reach the real home. */
export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** One answer of a model's API, as one row of a transcript tells it; several rows can tell of the same response. */
export interface ResponseRow {
  readonly agent: string;
  readonly sessionId: string;
  /** Rows of one agent with different ids never tell of the same response. */
  readonly id: string;
  /** Rows with one id tell of the same response when they share a mark, directly or through others. At least one. */
  readonly marks: readonly string[];
  readonly at: number;
  readonly model: string | null;
  readonly cwd: string | null;
  /** told beside the main conversation, by a subagent: a main row of the same response knows better when and where it was */
  readonly isSidechain: boolean;
  /** told again in a copied history: every other row knows better */
  readonly isCopy: boolean;
  /** billed at the model's fast rate */
  readonly isFast: boolean;
  readonly tokens: TokenCounts;
  /** what the agent itself says that it cost, USD; null where it says nothing */
  readonly costUsd: number | null;
  /** what the model's context window holds, where the agent itself says so */
  readonly contextLimit?: number | null;
}

/** What a piece of a transcript tells the meter. */
export type Fact =
  | { readonly kind: 'response'; readonly row: ResponseRow }
  | { readonly kind: 'reading'; readonly reading: ToldReading }
  | { readonly kind: 'prompt'; readonly prompt: ToldPrompt }
  | { readonly kind: 'edits'; readonly edits: ToldEdits };

/** That a person asked for something: where a turn begins. What the agent, a hook or a command wrote in their name is none. */
export interface ToldPrompt {
  readonly agent: string;
  readonly sessionId: string;
  readonly at: number;
  readonly cwd: string | null;
  readonly features: PromptFeatures;
}

/** Files that the agent changed by its own tools; changes by shell commands are not told. */
export interface ToldEdits {
  readonly agent: string;
  readonly sessionId: string;
  readonly at: number;
  readonly files: readonly string[];
}

/** A reading as a transcript tells it. Whose account it is, is known from the folder that the transcript lies in. */
export type ToldReading = Omit<Reading, 'account'>;

/** The source of a reading that is a refused request, and no number that somebody remembered. */
export const limitRowSource = 'limit row in the transcript';

/** What was made of a piece: nothing if it does not concern the meter; `bad` if it is broken, which is counted. */
export type Told = readonly Fact[] | 'bad';

/** A line that does not concern the meter. */
export const nothingTold: readonly Fact[] = [];

/** A text file of lines that grows at its end. */
export interface LineFormat {
  readonly kind: 'lines';
  /** A line without any of these byte strings cannot concern the meter: it is passed over without parsing. */
  readonly markers: readonly string[];
  /** Finds the same lines faster, or their parts; missing: `markers` do. */
  readonly pick?: LinePicker;
  /** Begins a file, or continues it where `saved` was a parser's state; a state that is not understood begins anew. */
  open(sessionKey: string, saved: unknown): LineParser;
}

/** A line without its middle, whose meaning does not depend on that as far as can be seen without parsing it. */
export interface LinePart {
  readonly bytes: Buffer;
  readonly start: number;
  /** what is left out is between these */
  readonly cutStart: number;
  readonly cutEnd: number;
  readonly end: number;
  /** stands for what is left out */
  readonly instead: string;
}

/**
 * Goes through whole lines and hands out, in order, where each stands that may concern the meter, and the part that is to be read, which
 * holds until the next line; null: the whole line is.
 */
export type LinePicker = (lines: Buffer, visit: (start: number, end: number, part: LinePart | null) => void) => void;

/** Reads the lines of one file in order. */
export interface LineParser {
  /** Never throws. */
  parse(line: string): Told;
  /** What a line means by its part; null if that needs the whole line. Never throws. */
  parsePart?(part: LinePart): Told | null;
  /** Everything the next line's meaning depends on: small plain data, never changed in place. */
  readonly state: unknown;
}

/** A small text file that is written anew with every change. */
export interface DocumentFormat {
  readonly kind: 'document';
  /** Never throws. */
  parse(text: string, sessionKey: string): Told;
}

/** An SQLite database. */
export interface DatabaseFormat {
  readonly kind: 'database';
  /**
   * The statement that reads, given the columns of each table; null for a database that holds nothing for the meter. Its rows have a
   * `row` (their rowid) and `changed` (epoch milliseconds). It takes four numbers and gives, in order of `row`, at most the fourth's
   * count of those rows after the first that are after the second or changed after the third.
   */
  statement(columns: ReadonlyMap<string, ReadonlySet<string>>): string | null;
  /** Never throws. */
  parse(row: Readonly<Record<string, unknown>>): Told;
}

export type TranscriptFormat = LineFormat | DocumentFormat | DatabaseFormat;

/** How an agent's transcripts are found and read: all that the meter knows of an agent (ARCHITECTURE.md, To add an agent). */
export interface TranscriptSource {
  readonly agent: string;
  /** Folders that hold transcripts, existing or not, most specific first. */
  roots(surroundings: Surroundings): readonly TranscriptRoot[];
  /** Is this folder below a root worth looking into? Its path below the root, with `/`. */
  enters(folder: string): boolean;
  /**
   * Which transcript a file belongs to, by its full path, and how that is read: mostly itself; the log beside a database belongs to the
   * database. null for all other files.
   */
  match(path: string): TranscriptMatch | null;
  /**
   * Names the session a transcript belongs to, from its path below the root: the same for a session's main file and for the
   * files of its subagents. The part after the last `/` is the session's id where the lines do not tell one.
   */
  sessionKey(relativePath: string): string;
  /** What its transcripts tell of limits beside a response is what was used before that response. */
  readonly readingsPrecede?: boolean;
}

export interface TranscriptRoot {
  readonly path: string;
  /** whose use and limits its transcripts tell of: the agent's configuration folder */
  readonly account: string;
}

export interface TranscriptMatch {
  readonly path: string;
  readonly format: TranscriptFormat;
}

/** What the agent is about to do, or has done, told by its hook, in our own terms: the same for every agent. */
export type HookEvent =
  | (HookCommon & { readonly kind: 'session'; readonly source: SessionSource })
  | (HookCommon & {
      readonly kind: 'prompt';
      readonly prompt: string;
      /** the agent itself goes on after a limit's reset: nobody typed this */
      readonly isAutoContinuation: boolean;
      /** the agent is to plan and change nothing; missing: the agent does not say */
      readonly isPlanMode?: boolean;
    })
  /** before a tool that may change files or start work */
  | (HookCommon & ToolCall & { readonly kind: 'tool' })
  /** after a tool, or a batch of them: where text for the agent reaches its very next request */
  | (HookCommon & ToolCall & { readonly kind: 'tool-done' })
  /** the agent ends its turn; `isContinued`: it already went on once because a hook asked it to */
  | (HookCommon & { readonly kind: 'turn'; readonly isContinued: boolean })
  /**
   * the turn ended in an error of the model's API, or waits because of one for so long that it may as well have ended; `error` as the
   * agent names it, `resetsAt` (epoch milliseconds) where it says when it will go on
   */
  | (HookCommon & { readonly kind: 'failed'; readonly error: string; readonly resetsAt?: number | null })
  /** the conversation is about to be compacted */
  | (HookCommon & { readonly kind: 'compact' })
  | (HookCommon & { readonly kind: 'ended' })
  | (HookCommon & { readonly kind: 'other'; readonly name: string });

export type SessionSource = 'startup' | 'resume' | 'clear' | 'compact' | null;

export interface ToolCall {
  /** the agent's own name of it */
  readonly tool: string;
  /** absolute paths that it names */
  readonly files: readonly string[];
  /** a few words for lists; never a shell command itself, which may hold a secret */
  readonly summary: string;
  /** what it does, for the rules of landing; `other` changes no files and starts no work that we know of */
  readonly work: 'edit' | 'shell' | 'subagent' | 'other';
  /** the shell command, to be compared and never stored; null if it is none */
  readonly command: string | null;
}

export interface HookCommon {
  readonly agent: string;
  readonly sessionId: string;
  readonly cwd: string;
  readonly transcriptPath: string | null;
  /** set inside a subagent */
  readonly subagentId: string | null;
  /** the agent's own name of the event, where its answer has to repeat it */
  readonly hookName?: string;
  /** what stands in the transcript, letter by letter, once that has caught up with this event; missing: not known */
  readonly writtenLast?: string;
}

/** What a hook tells back. An empty answer prints nothing. Each agent has its own way of saying it (`AgentHooks.answer`). */
export interface HookAnswer {
  /** text that the model reads in its next request */
  readonly tellAgent?: string;
  /** text for the person, which the model does not read, as far as the agent can tell them apart */
  readonly tellUser?: string;
  /** a tool event: the tool is not run, and the model reads why; a prompt event: the prompt is not sent, and the person reads why */
  readonly deny?: string;
}

/** How an agent's hooks are read and answered. */
export interface AgentHooks {
  readonly agent: string;
  /** events at which text for the agent (`tellAgent`) reaches it; at all others it would be lost */
  readonly hearing: ReadonlySet<HookEvent['kind']>;
  /** its transcripts tell how much of its windows is used, before any is used up */
  readonly transcriptsTellLimits?: boolean;
  /** null for input that is no hook's of this agent. Never throws. */
  parse(stdin: string): HookEvent | null;
  /** What to print on stdout; '' for nothing to say, or where this agent cannot be told it at this event. */
  answer(event: HookEvent, answer: HookAnswer): string;
}
