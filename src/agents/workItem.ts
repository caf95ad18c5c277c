import type { InterruptionReason } from '../protocol/interruption.ts';

/** A point of the agent's own to-do list. */
export interface TodoItem {
  readonly text: string;
  readonly status: 'open' | 'begun' | 'done' | 'dropped';
}

/** Code that a tool call carries, as far as it can be saved where the call never ran. */
export interface CodePiece {
  /** as the agent named it; null: the piece itself names its files (a patch) */
  readonly path: string | null;
  /** `whole`: a file's content · `replacement`: what comes in the place of `before` · `patch`: a patch in the agent's own format */
  readonly form: 'whole' | 'replacement' | 'patch';
  readonly text: string;
  readonly before: string | null;
}

/** A change of the agent's to-do list: a list written anew, or one point of a list that is kept by number. */
export type TodoChange =
  | { readonly change: 'list'; readonly todos: readonly TodoItem[] }
  | { readonly change: 'add'; readonly text: string }
  | {
      readonly change: 'set';
      readonly id: string;
      readonly text: string | null;
      readonly status: TodoItem['status'] | null;
    };

export interface CallDetails {
  readonly tool: string;
  /** a few words for lists: the tool and what it is about; never the whole of a command */
  readonly summary: string;
  /** paths that it names, as the agent named them */
  readonly files: readonly string[];
  readonly pieces: readonly CodePiece[];
  /** null: it is not about the to-do list */
  readonly todo: TodoChange | null;
}

/**
 * What a piece of a transcript tells of the work itself, the same for every agent, in the order it happened: what was asked, said and
 * done, and how it ended. Times are epoch milliseconds.
 */
export type WorkItem = { readonly at: number } & (
  | {
      readonly kind: 'prompt';
      readonly text: string;
      /** `person`: typed, or given on a command line · `agent`: its own going-on after a limit · `event`: told by the program, e.g. that a
       * task in the background has ended · `command`: a slash command, which need not begin a turn */
      readonly by: 'person' | 'agent' | 'event' | 'command';
    }
  | { readonly kind: 'words'; readonly text: string }
  | ({ readonly kind: 'call'; readonly id: string } & CallDetails)
  | {
      readonly kind: 'result';
      readonly id: string;
      /** `lost`: the session ended before it was known · `refused`: by a person, a rule or a hook, before it ran */
      readonly outcome: 'done' | 'failed' | 'refused' | 'lost';
      /** the number that a new point of the to-do list was given */
      readonly todoId: string | null;
    }
  /** the turn broke off with an error */
  | {
      readonly kind: 'failure';
      readonly reason: InterruptionReason;
      readonly message: string;
      /** null: not told here */
      readonly resetsAt: number | null;
    }
  /** a request failed and is being tried again by the agent itself */
  | {
      readonly kind: 'retry';
      readonly reason: InterruptionReason;
      readonly message: string;
      /** when it is tried next; null: not told */
      readonly nextAt: number | null;
    }
  /** the turn ended: by the agent, or broken off by the user or one of their hooks */
  | { readonly kind: 'end'; readonly by: 'agent' | 'user' }
  | { readonly kind: 'compacted'; readonly isAutomatic: boolean }
  /** the agent says that it will (or will not) go on by itself once the limit resets */
  | { readonly kind: 'waits'; readonly willContinue: boolean }
  /** a limit's state, where the failure itself does not tell when it resets */
  | { readonly kind: 'limit'; readonly used: number; readonly resetsAt: number | null }
);

/** What else is known of a session from any of its lines. */
export interface SessionPlace {
  readonly sessionId: string | null;
  readonly cwd: string | null;
  /** a transcript of a subagent that has one of its own */
  readonly isSubagent?: boolean;
}

/** Reads the work out of an agent's transcript. */
export interface WorkFormat {
  /** whether session and folder stand at the file's beginning only */
  readonly placeAtBeginning: boolean;
  /** What one line tells; nothing where it does not concern the work, or is broken. Never throws. */
  items(json: unknown): readonly WorkItem[];
  place(json: unknown): SessionPlace;
}

/** The first words of something long, on one line. */
export function inShort(text: string, most = 120): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
