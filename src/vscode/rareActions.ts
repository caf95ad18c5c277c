/*
 * Commands that most sessions of the editor never use. A bundle of its own (`rareActions.cjs`), loaded by the first of them, so that
 * activation does not pay for it.
 */
import { DiffActions } from './checkpoints/diffActions.ts';
import { FileHistoryActions } from './checkpoints/fileHistoryActions.ts';
import { GitAliasActions } from './checkpoints/gitAliasActions.ts';
import { HookActions } from './hookActions.ts';
import type { ResetActions } from './checkpoints/resetActions.ts';
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
}

export function rareActions(
  folders: WorkspaceFolders,
  resetActions: ResetActions,
  launcher: Promise<LauncherTarget>,
  settings: () => Settings,
  log: Log,
): RareActions {
  return {
    diffActions: new DiffActions(folders, log),
    fileHistoryActions: new FileHistoryActions(folders, resetActions, log),
    squashActions: new SquashActions(folders, log),
    gitAliasActions: new GitAliasActions(folders, launcher, log),
    hookActions: new HookActions(folders, launcher, settings, log),
  };
}
