import type { PanelMessage } from '../protocol/panel.ts';
import { parseSavedState, type SavedState } from './savedState.ts';

interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

// VS Code gives it out once per page, hence the module scope.
const api = acquireVsCodeApi();

export function send(message: PanelMessage): void {
  api.postMessage(message);
}

export const savedState: SavedState = parseSavedState(api.getState());

export function saveState(state: SavedState): void {
  api.setState(state);
}
