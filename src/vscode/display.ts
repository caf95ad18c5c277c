/*
 * What is shown: status bar, panel, and who is at work. A bundle of its own (`display.cjs`), loaded right after activation, so that
 * activation does not pay for it.
 */
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import { LiveState } from './liveState.ts';
import type { Log } from './log.ts';
import { PanelHost } from './panel/panelHost.ts';
import type { Settings } from './settings.ts';
import { StatusBar } from './statusBar.ts';
import { editorSurroundings } from './surroundings.ts';

export interface Display {
  readonly statusBar: StatusBar;
  readonly live: LiveState;
  readonly panelHost: PanelHost;
  dispose(): void;
}

export function display(folders: WorkspaceFolders, settings: () => Settings, log: Log): Display {
  const statusBar = new StatusBar(settings);
  const live = new LiveState(() => editorSurroundings(settings()), log);
  return {
    statusBar,
    live,
    panelHost: new PanelHost(folders, log),
    dispose() {
      statusBar.dispose();
      live.dispose();
    },
  };
}
