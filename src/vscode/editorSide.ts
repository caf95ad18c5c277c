import * as vscode from 'vscode';
import { publishPreferences } from '../store/preferences.ts';
import { stateFolder } from '../store/stateFolder.ts';
import { AmbientCheckpoints } from './ambient/ambientCheckpoints.ts';
import { AppState } from './appState.ts';
import { AutomaticPruning } from './checkpoints/automaticPruning.ts';
import { readCheckpointFile } from './checkpoints/checkpointFileAddress.ts';
import { commandHandlers, type CommandHandlers } from './commandHandlers.ts';
import { ContextKeys } from './contextKeys.ts';
import { CheckpointModeSetting } from './checkpoints/checkpointModeSetting.ts';
import { CheckpointSizes } from './checkpoints/checkpointSizes.ts';
import { refreshLauncher } from '../install/launcher.ts';
import { launcherTarget } from './launcherTarget.ts';
import type { Log } from './log.ts';
import { versionIn } from './manifestVersion.ts';
import { mcpServerDefinitions } from './mcpServers.ts';
import { runPanelMessage } from './panel/panelCommands.ts';
import { PanelView } from './panelView.ts';
import { RetentionSetting } from './checkpoints/retentionSetting.ts';
import type { Meter } from './plan/chunkHands.ts';
import type { PlanActions } from './planActions.ts';
import { RecoveryPart } from './recovery/recoveryPart.ts';
import type { RareActions } from './rareActions.ts';
import { readSettings, userPreferences } from './settings.ts';
import { editorSurroundings } from './surroundings.ts';
import { logged, told } from './unwaited.ts';
import { UsageFeed } from './usageFeed.ts';
import { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';

/** What the editor can ask of us. */
export interface EditorSide {
  readonly handlers: CommandHandlers;
  readonly panel: PanelView;
  readCheckpointFile(uri: vscode.Uri): Promise<Uint8Array>;
  mcpServers(): Promise<vscode.McpStdioServerDefinition[]>;
  /** Resolves when no thread of ours is at work any more; to be disposed of afterwards. */
  end(): Promise<void>;
  dispose(): void;
}

/**
 * Composition root of the editor side: builds, wires, disposes; nothing else. A bundle of its own (`editorSide.cjs`), read in the turn
 * after activation.
 */
export function editorSide(context: vscode.ExtensionContext, log: Log): EditorSide {
  let current = readSettings(log);
  const settings = () => current;
  const launcher = launcherTarget(context.extensionPath, current);

  const subscriptions: { dispose(): unknown }[] = [];
  let isOver = false;
  let isAtRest = false;
  const publish = () => {
    if (isAtRest) return;
    const published = publishPreferences(stateFolder(editorSurroundings(current)), userPreferences());
    logged(
      published.then(() => usage.publishLimits()),
      '[settings] not published for the command line',
      log,
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
  const display = async () => (await import('./display.ts')).display(folders, settings, log);
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
    (rare ??= import('./rareActions.ts').then((part) =>
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
    (plan ??= import('./planActions.ts').then((part) => {
      const surroundings = () => editorSurroundings(current);
      const resetActions = async () => (await rarely()).resetActions;
      const made = part.planActions({ folders, resetActions, surroundings, meter, log });
      if (isOver) made.dispose();
      else subscriptions.push(made);
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

  // Its bundle is read in the next turn of the loop: each turn is short.
  const joined = shown.then((parts) => {
    if (isOver) {
      parts.dispose();
      return;
    }
    subscriptions.push(parts);
    state.onDidChange((snapshot) => parts.statusBar.draw(snapshot));
    state.join(parts.live, parts.reserve);
  });
  logged(joined, '[display] not loaded', log);
  state.onDidChange((snapshot) => {
    // First, so that the menu of a row that has just been drawn is never grey.
    contextKeys.follow(snapshot);
    panel.draw(snapshot);
  });
  panel.onDidReceive((message) => runPanelMessage(message, log));
  folders.onDidFindCutOffReset((folder) => {
    const offered = rarely().then(({ resetActions }) => resetActions.offerUndo(folder));
    told(offered, '[checkpoints] undo not offered', log);
  });
  subscriptions.push(
    folders,
    ambient,
    usage,
    state,
    recovery,
    panel,
    mode,
    new CheckpointSizes(folders),
    retention,
    pruning,
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
  logged(launcher.then(refreshLauncher), '[hooks] launcher not renewed', log);
  // Its bundle is read in the next turn of the loop: not in activation's time.
  setImmediate(() => {
    const renewed = rarely().then((rarer) => rarer.keepCurrent());
    logged(renewed, '[start] other launchers not renewed', log);
    logged(planned(), '[plan] not started', log);
  });
  state.update();
  return {
    handlers: commandHandlers({
      recovery,
      rarely,
      planned,
      estimate: async (root, task) =>
        (await import('./estimateTask.ts')).estimateTask(root, task, {
          surroundings: editorSurroundings(current),
          extensionPath: context.extensionPath,
          meter,
          log,
        }),
      log,
    }),
    panel,
    readCheckpointFile: (uri) => readCheckpointFile(folders, uri),
    mcpServers: () => mcpServerDefinitions(versionIn(context.extension.packageJSON), launcher, current),
    end: () => usage.stop(),
    dispose: () => {
      isOver = true;
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}
