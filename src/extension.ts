import * as vscode from 'vscode';
import { publishPreferences } from './store/preferences.ts';
import { stateFolder } from './store/stateFolder.ts';
import { AmbientCheckpoints } from './vscode/ambient/ambientCheckpoints.ts';
import { AppState } from './vscode/appState.ts';
import { AutomaticPruning } from './vscode/checkpoints/automaticPruning.ts';
import { CheckpointFiles } from './vscode/checkpoints/checkpointFiles.ts';
import { registerCommands, runPanelMessage } from './vscode/commands.ts';
import { commandIds, panelViewId } from './vscode/commandIds.ts';
import { ContextKeys } from './vscode/contextKeys.ts';
import { CheckpointModeSetting } from './vscode/checkpoints/checkpointModeSetting.ts';
import { CheckpointSizes } from './vscode/checkpoints/checkpointSizes.ts';
import { refreshLauncher } from './install/launcher.ts';
import { launcherTarget } from './vscode/launcherTarget.ts';
import { createLog } from './vscode/log.ts';
import { registerMcpServers } from './vscode/mcpServers.ts';
import { PanelView } from './vscode/panelView.ts';
import { RetentionSetting } from './vscode/checkpoints/retentionSetting.ts';
import type { Meter } from './vscode/plan/chunkHands.ts';
import type { PlanActions } from './vscode/planActions.ts';
import { RecoveryPart } from './vscode/recovery/recoveryPart.ts';
import type { RareActions } from './vscode/rareActions.ts';
import { readSettings, userPreferences } from './vscode/settings.ts';
import { editorSurroundings } from './vscode/surroundings.ts';
import { UsageFeed } from './vscode/usageFeed.ts';
import { WorkspaceFolders } from './vscode/checkpoints/workspaceFolders.ts';

/** Composition root of the editor side: builds, wires, disposes; nothing else. */
export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  let current = readSettings(log);
  const settings = () => current;
  const launcher = launcherTarget(context.extensionPath, current);

  let isAtRest = false;
  const publish = () => {
    if (isAtRest) return;
    publishPreferences(stateFolder(editorSurroundings(current)), userPreferences()).then(
      () => usage.publishLimits(),
      (error: unknown) => log.error('[settings] not published for the command line', error),
    );
  };

  const folders = new WorkspaceFolders(settings, launcher, log);
  const ambient = new AmbientCheckpoints(folders, settings, log);
  const usage = new UsageFeed(
    context.extensionPath,
    () => editorSurroundings(current),
    () => current.prices,
    log,
  );
  const recovery = new RecoveryPart(folders, () => editorSurroundings(current), log);
  const state = new AppState(folders, usage.onDidChange, settings, recovery);
  const contextKeys = new ContextKeys();
  const display = async () => (await import('./vscode/display.ts')).display(folders, settings, log);
  const shown = new Promise((resolve) => setImmediate(resolve)).then(display);
  const panel = new PanelView(context.extensionUri, shown, () => state.snapshot(), log);
  /** For "Remove Everything": what would be written again the next moment. */
  const stop = async (): Promise<void> => {
    isAtRest = true;
    for (const part of [ambient, pruning, retention, mode, recovery, folders]) part.dispose();
    await usage.stop();
  };
  let rare: Promise<RareActions> | undefined;
  const rarely = () =>
    (rare ??= import('./vscode/rareActions.ts').then((part) =>
      part.rareActions({ folders, launcher, settings, log, manifest: context.extension.packageJSON, stop }),
    ));
  const meter: Meter = {
    look: () => usage.look(),
    gauge: () => state.gauge(),
    budgets: () => state.budgets(),
    sessions: () => state.sessions(),
  };
  let plan: Promise<PlanActions> | undefined;
  const planned = () =>
    (plan ??= import('./vscode/planActions.ts').then((part) => {
      const surroundings = () => editorSurroundings(current);
      const resetActions = async () => (await rarely()).resetActions;
      const made = part.planActions({ folders, resetActions, surroundings, meter, log });
      context.subscriptions.push(made);
      return made;
    }));
  const retention = new RetentionSetting(folders, log);
  const mode = new CheckpointModeSetting(folders, log);
  const pruning = new AutomaticPruning(
    folders,
    retention,
    async () => (await rarely()).retentionActions,
    context.globalState,
    log,
  );

  let isOver = false;
  // Its bundle is read in the next turn of the loop: not in activation's time.
  shown.then(
    (parts) => {
      if (isOver) {
        parts.dispose();
        return;
      }
      context.subscriptions.push(parts);
      state.onDidChange((snapshot) => parts.statusBar.draw(snapshot));
      state.join(parts.live, parts.reserve);
    },
    (error: unknown) => log.error('[display] not loaded', error instanceof Error ? error : String(error)),
  );
  state.onDidChange((snapshot) => {
    panel.draw(snapshot);
    contextKeys.follow(snapshot);
  });
  panel.onDidReceive((message) => runPanelMessage(message, log));
  folders.onDidFindCutOffReset((folder) => void rarely().then(({ resetActions }) => resetActions.offerUndo(folder)));
  context.subscriptions.push(
    log,
    { dispose: () => (isOver = true) },
    folders,
    ambient,
    usage,
    state,
    recovery,
    panel,
    mode,
    new CheckpointFiles(folders).register(),
    new CheckpointSizes(folders),
    retention,
    pruning,
    registerCommands({
      recovery,
      rarely,
      planned,
      estimate: async (root, task) =>
        (await import('./vscode/estimateTask.ts')).estimateTask(root, task, {
          surroundings: editorSurroundings(current),
          extensionPath: context.extensionPath,
          look: () => usage.look(),
          log,
        }),
      log,
    }),
    registerMcpServers(context.extension, launcher, settings),
    vscode.window.registerWebviewViewProvider(panelViewId, panel),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('softLanding') && !event.affectsConfiguration('claudeCode')) return;
      const { claudeConfigDirectory, prices } = current;
      current = readSettings(log);
      const isElsewhere = current.claudeConfigDirectory !== claudeConfigDirectory;
      if (isElsewhere || JSON.stringify(current.prices) !== JSON.stringify(prices)) usage.restart();
      publish();
      ambient.update();
      state.update();
    }),
  );
  publish();
  // An update of the extension moves the hook program; the launcher that agents call follows.
  void launcher.then(refreshLauncher);
  // Its bundle is read in the next turn of the loop: not in activation's time.
  setImmediate(() => {
    void rarely().then((rarer) => rarer.keepCurrent());
    void planned();
  });
  // For `npm start`: somebody who tries the extension wants to see it.
  if (process.env['SOFT_LANDING_OPEN_PANEL'] === '1') void vscode.commands.executeCommand(commandIds.openPanel);
  state.update();
}
