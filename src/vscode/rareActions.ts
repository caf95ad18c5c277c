/*
 * Commands that most sessions of the editor never use. A bundle of its own (`rareActions.cjs`), loaded by the first of them, so that
 * activation does not pay for it.
 */
import { DiffActions } from './checkpoints/diffActions.ts';
import { FileHistoryActions } from './checkpoints/fileHistoryActions.ts';
import { GitAliasActions } from './checkpoints/gitAliasActions.ts';
import { HookActions } from './hookActions.ts';
import type { ResetActions } from './checkpoints/resetActions.ts';
import { StatuslineActions } from './statuslineActions.ts';
import { SquashActions } from './checkpoints/squashActions.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';
import type { LauncherTarget } from '../install/launcher.ts';

export interface RareActions {
  readonly diffActions: DiffActions;
  readonly fileHistoryActions: FileHistoryActions;
  readonly squashActions: SquashActions;
  readonly gitAliasActions: GitAliasActions;
  readonly hookActions: HookActions;
  readonly statuslineActions: StatuslineActions;
  /** What an update of the extension leaves behind is brought up to date. */
  keepCurrent(): Promise<void>;
}

export function rareActions(
  folders: WorkspaceFolders,
  resetActions: ResetActions,
  launcher: Promise<LauncherTarget>,
  settings: () => Settings,
  log: Log,
): RareActions {
  const gitAliasActions = new GitAliasActions(folders, launcher, log);
  const statuslineActions = new StatuslineActions(folders, launcher, settings, log);
  return {
    diffActions: new DiffActions(folders, log),
    fileHistoryActions: new FileHistoryActions(folders, resetActions, log),
    squashActions: new SquashActions(folders, log),
    gitAliasActions,
    statuslineActions,
    hookActions: new HookActions(folders, launcher, settings, log),
    async keepCurrent() {
      await gitAliasActions.keepCurrent();
      await statuslineActions.keepCurrent();
    },
  };
}
