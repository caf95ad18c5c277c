import * as vscode from 'vscode';
import { AppState } from './vscode/appState.ts';
import { CheckpointActions } from './vscode/checkpointActions.ts';
import { registerCommands, runPanelMessage } from './vscode/commands.ts';
import { commandIds, panelViewId } from './vscode/commandIds.ts';
import { HookActions, launcherTarget } from './vscode/hookActions.ts';
import { createLog } from './vscode/log.ts';
import { PanelView } from './vscode/panelView.ts';
import { readSettings } from './vscode/settings.ts';
import { StatusBar } from './vscode/statusBar.ts';
import { editorSurroundings } from './vscode/surroundings.ts';
import { UsageFeed } from './vscode/usageFeed.ts';
import { WorkspaceFolders } from './vscode/workspaceFolders.ts';

/** Composition root of the editor side: builds, wires, disposes; nothing else. */
export function activate(context: vscode.ExtensionContext): void {
  const log = createLog();
  let current = readSettings(log);
  const settings = () => current;
  const launcher = launcherTarget(context.extensionPath, current);

  const statusBar = new StatusBar();
  const folders = new WorkspaceFolders(settings, launcher, log);
  const usage = new UsageFeed(context.extensionPath, () => editorSurroundings(current), log);
  const state = new AppState(folders, usage.onDidChange, settings);
  const panel = new PanelView(context.extensionUri, () => state.snapshot(), log);
  const checkpointActions = new CheckpointActions(folders, log);
  const hookActions = new HookActions(folders, launcher, settings, log);

  state.onDidChange((snapshot) => {
    statusBar.draw(snapshot);
    panel.draw(snapshot);
  });
  panel.onDidReceive((message) => runPanelMessage(message, log));
  folders.onDidFindCutOffReset((folder) => void checkpointActions.offerUndo(folder));
  context.subscriptions.push(
    log,
    statusBar,
    folders,
    usage,
    state,
    panel,
    registerCommands({ checkpointActions, hookActions, log }),
    vscode.window.registerWebviewViewProvider(panelViewId, panel),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('softLanding') && !event.affectsConfiguration('claudeCode')) return;
      const { claudeConfigDirectory } = current;
      current = readSettings(log);
      if (current.claudeConfigDirectory !== claudeConfigDirectory) usage.restart();
      state.update();
    }),
  );
  void hookActions.keepCurrent();
  // For `npm start`: somebody who tries the extension wants to see it.
  if (process.env['SOFT_LANDING_OPEN_PANEL'] === '1') void vscode.commands.executeCommand(commandIds.openPanel);
  state.update();
}
