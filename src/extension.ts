import * as vscode from 'vscode';
import { publishPreferences } from './store/preferences.ts';
import { stateFolder } from './store/stateFolder.ts';
import { AmbientCheckpoints } from './vscode/ambient/ambientCheckpoints.ts';
import { AppState } from './vscode/appState.ts';
import { AutomaticPruning } from './vscode/checkpoints/automaticPruning.ts';
import { CheckpointActions } from './vscode/checkpoints/checkpointActions.ts';
import { CheckpointFiles } from './vscode/checkpoints/checkpointFiles.ts';
import { registerCommands, runPanelMessage } from './vscode/commands.ts';
import { commandIds, panelViewId } from './vscode/commandIds.ts';
import { CheckpointModeSetting } from './vscode/checkpoints/checkpointModeSetting.ts';
import { CheckpointSizes } from './vscode/checkpoints/checkpointSizes.ts';
import { HookActions, launcherTarget } from './vscode/hookActions.ts';
import { createLog } from './vscode/log.ts';
import { PanelView } from './vscode/panelView.ts';
import { ResetActions } from './vscode/checkpoints/resetActions.ts';
import { RetentionActions } from './vscode/checkpoints/retentionActions.ts';
import { RetentionSetting } from './vscode/checkpoints/retentionSetting.ts';
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

  const publish = () => {
    publishPreferences(stateFolder(editorSurroundings(current)), userPreferences()).catch((error: unknown) =>
      log.error('[settings] not published for the command line', error),
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
  const state = new AppState(folders, usage.onDidChange, settings);
  const display = async () => (await import('./vscode/display.ts')).display(folders, settings, log);
  const shown = new Promise((resolve) => setImmediate(resolve)).then(display);
  const panel = new PanelView(context.extensionUri, shown, () => state.snapshot(), log);
  const checkpointActions = new CheckpointActions(folders, log);
  const resetActions = new ResetActions(folders, log);
  let rare: Promise<RareActions> | undefined;
  const rarely = () =>
    (rare ??= import('./vscode/rareActions.ts').then((part) => part.rareActions(folders, resetActions, launcher, log)));
  const retentionActions = new RetentionActions(folders, log);
  const retention = new RetentionSetting(folders, log);
  const hookActions = new HookActions(folders, launcher, settings, log);

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
      state.join(parts.live);
    },
    (error: unknown) => log.error('[display] not loaded', error instanceof Error ? error : String(error)),
  );
  state.onDidChange((snapshot) => panel.draw(snapshot));
  panel.onDidReceive((message) => runPanelMessage(message, log));
  folders.onDidFindCutOffReset((folder) => void resetActions.offerUndo(folder));
  context.subscriptions.push(
    log,
    { dispose: () => (isOver = true) },
    folders,
    ambient,
    usage,
    state,
    panel,
    new CheckpointModeSetting(folders, log),
    new CheckpointFiles(folders).register(),
    new CheckpointSizes(folders),
    retention,
    new AutomaticPruning(folders, retention, retentionActions, context.globalState, log),
    registerCommands({
      checkpointActions,
      resetActions,
      retentionActions,
      hookActions,
      rarely,
      log,
    }),
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
  void hookActions.keepCurrent();
  // Its bundle is read in the next turn of the loop: not in activation's time.
  setImmediate(() => void rarely().then(({ gitAliasActions }) => gitAliasActions.keepCurrent()));
  // For `npm start`: somebody who tries the extension wants to see it.
  if (process.env['SOFT_LANDING_OPEN_PANEL'] === '1') void vscode.commands.executeCommand(commandIds.openPanel);
  state.update();
}
