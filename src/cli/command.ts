import type { ParseArgsConfig } from 'node:util';
import type { Surroundings } from '../agents/agent.ts';

export type CommandOptions = NonNullable<ParseArgsConfig['options']>;
export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** What every command gets; nothing in a command reads process state by itself. */
export interface CommandContext {
  readonly surroundings: Surroundings;
  /** the state folder (store/stateFolder.ts) */
  readonly stateFolder: string;
  /** `--repo`, or the working directory */
  readonly repoDir: string;
  /** the folder of the running bundle; hook.cjs lies beside it */
  readonly programDir: string;
  readonly now: () => number;
  readonly stdin: AsyncIterable<Uint8Array>;
}

/** `json` is printed with --json, `text` without it; the exit code is 0, 1 for a refusal, or that of a command that was run. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode?: number;
}

/** Wrong usage: exit 2, one line on stderr. */
export class UsageError extends Error {}

/** Refused or failed: exit 1; with --json `{"error": {"reason", "message"}}`. `reason` comes from a closed set of the domain. */
export class CommandError extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface Command {
  /** the words after `soft-landing`, e.g. "checkpoint create" */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: CommandOptions;
  /** Ctrl-C lets it finish: broken off, it would leave the user's index locked until our next command */
  readonly finishesWhenInterrupted?: boolean;
  /** it passes on what another program prints, and says nothing of its own meanwhile */
  readonly isTee?: boolean;
  /** it answers an agent: whatever else is wrong, it exits 0 and says nothing beside its answer */
  readonly isHook?: boolean;
  run(context: CommandContext, values: OptionValues, positionals: readonly string[]): Promise<CommandResult>;
}
