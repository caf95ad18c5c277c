import type { FolderState } from './folderState.ts';

// What the doctor saw, without judgement. Times are epoch milliseconds.

/** What was passed over for one reason. */
export interface SkippedFacts {
  readonly reason: string;
  readonly count: number;
  readonly example: string;
}

/** One folder in which an agent's transcripts are looked for. */
export interface SourceFacts {
  readonly agent: string;
  readonly root: string;
  readonly state: FolderState;
  readonly files: number;
  readonly bytes: number;
  /** pieces that told something of use */
  readonly rows: number;
  readonly skipped: readonly SkippedFacts[];
  /** time of the newest row, null if none told one */
  readonly newestAt: number | null;
  /** what this program would need to read it, null if nothing is missing */
  readonly problem: string | null;
}

/** The newest statement of a window's state. */
export interface ReadingFacts {
  readonly agent: string;
  /** the agent's configuration folder */
  readonly account: string;
  readonly window: string;
  readonly usedPercent: number;
  readonly resetsAt: number | null;
  readonly capturedAt: number;
  readonly source: string;
}

export interface StateFolderFacts {
  readonly path: string;
  readonly state: FolderState;
  /** permission bits; null where the platform has none */
  readonly mode: number | null;
  readonly isWritable: boolean;
  readonly freeBytes: number | null;
  readonly bytes: number;
  /** the folder holds more than was counted */
  readonly isMore: boolean;
  /** files of ours that are no JSON (torn, flipped bytes) */
  readonly damaged: readonly string[];
  /** folders without git that are not there (deleted, moved, on a disk that is not), and where their checkpoints are */
  readonly lostFolders: readonly { readonly folder: string; readonly store: string }[];
}

/** A file of an agent's that may start our hooks. */
export interface SettingsFacts {
  readonly agent: string;
  /** the agent's name as its makers write it */
  readonly title: string;
  readonly file: string;
  /** user, project, local; null for a file of another folder that was installed into */
  readonly scope: string | null;
  readonly hooks:
    | { readonly kind: 'none' }
    | { readonly kind: 'unreadable'; readonly why: string }
    | {
        readonly kind: 'installed';
        readonly launchers: readonly string[];
        readonly missingEvents: readonly string[];
        readonly isDisabled: boolean;
        /** events at which the agent does not run our hooks until a person agrees to them in it (Codex) */
        readonly untrustedEvents: readonly string[];
        /** why the agent's version does not take them; null: it does, as far as is known */
        readonly misfit: string | null;
      };
}

/** An agent on this machine, and whether our hooks are in any file that it reads for this folder. */
export interface AgentHookFacts {
  readonly agent: string;
  readonly title: string;
  /** it has run here, or its program is on the PATH */
  readonly isFound: boolean;
  readonly state: 'installed' | 'not-trusted' | 'missing';
}

export interface LauncherFacts {
  readonly file: string;
  readonly state: 'absent' | 'present' | 'not-ours';
  readonly isExecutable: boolean;
  readonly hook: string | null;
  readonly hookExists: boolean;
  /** the program that will run the hook, null if none of its choices is there */
  readonly runtime: string | null;
}

export interface HookRunFacts {
  readonly lastRunAt: number | null;
  readonly lastFailure: { readonly at: number; readonly text: string } | null;
}

export interface GitFacts {
  readonly path: string | null;
  /** as git says it, null if it could not be run */
  readonly version: string | null;
  readonly isRecentEnough: boolean;
  readonly needed: string;
}

export interface CheckpointFacts {
  /** where they are kept: the repository's git directory, or a store of ours */
  readonly place: string;
  readonly count: number;
  readonly newestAt: number | null;
  /** refs whose objects are not there any more */
  readonly broken: readonly string[];
  readonly leftovers: readonly { readonly file: string; readonly ageMs: number; readonly isInUse: boolean }[];
}

export interface RepositoryFacts {
  readonly dir: string;
  /** null: no checkpoints can be looked for, `why` tells */
  readonly checkpoints: readonly CheckpointFacts[];
  readonly why: string | null;
}

/** What the meter keeps of what it read. */
export interface StoreFacts {
  readonly path: string;
  readonly state: 'missing' | 'newer' | 'unreadable' | 'readable';
  readonly bytes: number;
  readonly responses: number;
  readonly oldestAt: number | null;
  /** parts that could not be read */
  readonly damaged: number;
  /** of an unreadable one */
  readonly why?: string;
}

/** What programs that read no transcripts go by. */
export interface LimitsFacts {
  readonly path: string;
  readonly state: 'missing' | 'unusable' | 'readable';
  readonly at: number | null;
  readonly windows: number;
  /** windows of which it is known how use moves them on */
  readonly counted: number;
}

/** A statusline setting of ours. */
export interface TeeFacts {
  readonly file: string;
  readonly launcher: string;
  readonly isThere: boolean;
  /** it runs no command of the user's own */
  readonly isAlone: boolean;
  /** settings that count before these here, and name a statusline that tells us nothing */
  readonly hiddenBy: string | null;
}

export interface MeterFacts {
  readonly store: StoreFacts;
  readonly limits: LimitsFacts;
  /** null if they cannot be read */
  readonly preferences: {
    readonly reservePercent: number;
    readonly budgets: readonly string[];
    readonly prices: number;
  } | null;
  readonly tees: readonly TeeFacts[];
  readonly spool: { readonly files: number; readonly newestAt: number | null };
}

export interface DoctorFacts {
  readonly meter: MeterFacts;
  readonly sources: readonly SourceFacts[];
  readonly readings: readonly ReadingFacts[];
  readonly stateFolder: StateFolderFacts;
  readonly settings: readonly SettingsFacts[];
  readonly agentHooks: readonly AgentHookFacts[];
  readonly launcher: LauncherFacts;
  readonly hookRuns: HookRunFacts;
  readonly git: GitFacts;
  readonly repository: RepositoryFacts;
}
