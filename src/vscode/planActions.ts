/*
 * Verify and plan. A bundle of its own (`planActions.cjs`), read after activation: it follows the plan files, and runs nothing until
 * somebody asks.
 */
import * as vscode from 'vscode';
import type { Surroundings } from '../agents/agent.ts';
import { stateFolder } from '../store/stateFolder.ts';
import type { FolderCheckpoints } from './checkpoints/folderCheckpoints.ts';
import type { ResetActions } from './checkpoints/resetActions.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import type { Log } from './log.ts';
import { ChunkActions } from './plan/chunkActions.ts';
import type { Meter } from './plan/chunkHands.ts';
import { FolderPlan } from './plan/folderPlan.ts';
import { TurnWatch } from './plan/turnWatch.ts';
import { planFileSetting } from './settings.ts';
import { VerifyActions } from './plan/verifyActions.ts';
import { VerifyCommands } from './plan/verifyCommand.ts';
import { told } from './unwaited.ts';

export interface PlanActions {
  readonly verifyActions: VerifyActions;
  readonly chunkActions: ChunkActions;
  dispose(): void;
}

export interface PlanActionsOptions {
  readonly folders: WorkspaceFolders;
  readonly resetActions: () => Promise<ResetActions>;
  readonly surroundings: () => Surroundings;
  readonly meter: Meter;
  readonly log: Log;
}

export function planActions({ folders, resetActions, surroundings, meter, log }: PlanActionsOptions): PlanActions {
  const state = stateFolder(surroundings());
  const plans = new Map<FolderCheckpoints, FolderPlan>();
  const planOf = (folder: FolderCheckpoints): FolderPlan => {
    const known = plans.get(folder);
    if (known) return known;
    const made = new FolderPlan(folder, planFileSetting(), state, log);
    plans.set(folder, made);
    return made;
  };
  // Folders of one repository have one plan, and are shown as one.
  const follow = (): void => {
    const present = new Set(folders.representatives());
    for (const [folder, plan] of plans) {
      if (present.has(folder)) continue;
      plan.dispose();
      plans.delete(folder);
    }
    for (const folder of present) if (!plans.has(folder)) void planOf(folder).refresh();
  };
  const forget = (): void => {
    for (const plan of plans.values()) plan.dispose();
    plans.clear();
  };
  const commands = new VerifyCommands(folders, log);
  const verifyActions = new VerifyActions(folders, resetActions, commands, log);
  const chunkActions = new ChunkActions({
    folders,
    planOf,
    plans: () => [...plans.values()],
    surroundings,
    stateFolder: state,
    meter,
    commands,
    verifyActions,
    log,
  });
  const turns = new TurnWatch(state, log);
  let happening = Promise.resolve();
  const subscriptions = [
    folders.onDidChange(follow),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('softLanding.plan.file')) return;
      forget();
      follow();
    }),
    verifyActions.onDidGoBack(({ folder, green }) =>
      told(chunkActions.wentBack(folder, green), '[plan] not reopened', log),
    ),
    // One after the other: the second event of a session has to find what the first one said.
    turns.onDidHappen((event) => {
      happening = happening
        .then(() => chunkActions.happened(event))
        .catch((error: unknown) => log.error('[plan]', error));
    }),
  ];
  follow();
  return {
    verifyActions,
    chunkActions,
    dispose: () => {
      forget();
      vscode.Disposable.from(...subscriptions, turns, verifyActions, commands).dispose();
    },
  };
}
