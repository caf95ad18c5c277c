/*
 * What the commands do. A bundle of its own (`rareActions.cjs`), read just after activation, so that activation does not pay for it.
 */
import { CheckpointActions } from './checkpoints/checkpointActions.ts';
import { DiffActions } from './checkpoints/diffActions.ts';
import { FileHistoryActions } from './checkpoints/fileHistoryActions.ts';
import { GitAliasActions } from './checkpoints/gitAliasActions.ts';
import { ResetActions } from './checkpoints/resetActions.ts';
import { RetentionActions } from './checkpoints/retentionActions.ts';
import { StatuslineActions } from './statuslineActions.ts';
import { SquashActions } from './checkpoints/squashActions.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import { HookActions } from './hookActions.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';
import { DiagnosticsActions } from './diagnostics/diagnosticsActions.ts';
import { RemoveEverything } from './removeEverything/removeEverything.ts';
import { chooseReserve } from './walkthrough/chooseReserve.ts';
import { TryReset } from './walkthrough/tryReset.ts';
import type { LauncherTarget } from '../install/launcher.ts';

/** What actions are made of. */
export interface ActionParts {
  readonly folders: WorkspaceFolders;
  readonly launcher: Promise<LauncherTarget>;
  readonly settings: () => Settings;
  readonly log: Log;
  /** package.json, as the editor read it */
  readonly manifest: unknown;
  /** ends all that writes by itself in this window */
  readonly stop: () => Promise<void>;
}

export interface RareActions {
  readonly checkpointActions: CheckpointActions;
  readonly resetActions: ResetActions;
  readonly retentionActions: RetentionActions;
  readonly hookActions: HookActions;
  readonly diffActions: DiffActions;
  readonly fileHistoryActions: FileHistoryActions;
  readonly squashActions: SquashActions;
  readonly gitAliasActions: GitAliasActions;
  readonly statuslineActions: StatuslineActions;
  readonly tryReset: TryReset;
  readonly chooseReserve: typeof chooseReserve;
  /** What an update of the extension leaves behind is brought up to date. */
  keepCurrent(): Promise<void>;
  readonly diagnosticsActions: DiagnosticsActions;
  readonly removeEverything: RemoveEverything;
}

export function rareActions({ folders, launcher, settings, log, manifest, stop }: ActionParts): RareActions {
  const checkpointActions = new CheckpointActions(folders, log);
  const resetActions = new ResetActions(folders, log);
  const hookActions = new HookActions({ folders, launcher, settings, log });
  const gitAliasActions = new GitAliasActions(folders, launcher, log);
  const statuslineActions = new StatuslineActions({ folders, launcher, settings, log });
  return {
    checkpointActions,
    resetActions,
    retentionActions: new RetentionActions(folders, log),
    hookActions,
    diffActions: new DiffActions(folders, log),
    fileHistoryActions: new FileHistoryActions(folders, resetActions, log),
    squashActions: new SquashActions(folders, log),
    gitAliasActions,
    statuslineActions,
    tryReset: new TryReset(folders, checkpointActions, resetActions, log),
    chooseReserve,
    async keepCurrent() {
      await gitAliasActions.keepCurrent();
      await statuslineActions.keepCurrent();
    },
    diagnosticsActions: new DiagnosticsActions(manifest, launcher, settings, log),
    removeEverything: new RemoveEverything(launcher, settings, stop, log),
  };
}
