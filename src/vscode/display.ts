/*
 * What is shown: status bar, panel, and who is at work. A bundle of its own (`display.cjs`), loaded right after activation, so that
 * activation does not pay for it.
 */
import { stateFolder } from '../store/stateFolder.ts';
import type { WorkspaceFolders } from './checkpoints/workspaceFolders.ts';
import { LearnedReserve } from './learnedReserve.ts';
import { LiveState } from './liveState.ts';
import type { Log } from './log.ts';
import { PanelHost } from './panel/panelHost.ts';
import type { Settings } from './settings.ts';
import { StatusBar } from './statusBar.ts';
import { editorSurroundings } from './surroundings.ts';

export interface Display {
  readonly statusBar: StatusBar;
  readonly live: LiveState;
  readonly reserve: LearnedReserve;
  readonly panelHost: PanelHost;
  dispose(): void;
}

export function display(folders: WorkspaceFolders, settings: () => Settings, log: Log): Display {
  const statusBar = new StatusBar(settings);
  const live = new LiveState(() => editorSurroundings(settings()), log);
  const reserve = new LearnedReserve(() => stateFolder(editorSurroundings(settings())), log);
  return {
    statusBar,
    live,
    reserve,
    panelHost: new PanelHost(folders, log),
    dispose() {
      statusBar.dispose();
      live.dispose();
      reserve.dispose();
    },
  };
}
