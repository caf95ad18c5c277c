import * as vscode from 'vscode';
import type { PanelMessage, PanelSnapshot } from '../protocol/panel.ts';
import type { Display } from './display.ts';
import type { Log } from './log.ts';

/** The sidebar panel's view: shows pictures while it is visible, hands on what its buttons ask for. */
export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #received = new vscode.EventEmitter<PanelMessage>();
  readonly onDidReceive = this.#received.event;
  readonly #extensionUri: vscode.Uri;
  readonly #display: Promise<Display>;
  readonly #log: Log;
  readonly #snapshot: () => PanelSnapshot;
  #shown: { readonly view: vscode.WebviewView; readonly host: Display['panelHost'] } | undefined;

  constructor(extensionUri: vscode.Uri, display: Promise<Display>, snapshot: () => PanelSnapshot, log: Log) {
    this.#extensionUri = extensionUri;
    this.#display = display;
    this.#snapshot = snapshot;
    this.#log = log;
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    const { panelHost: host } = await this.#display;
    this.#shown = { view, host };
    view.onDidChangeVisibility(() => this.draw(this.#snapshot()));
    view.onDidDispose(() => {
      this.#shown = undefined;
    });
    host.open(view.webview, this.#extensionUri, (message) => void this.#onMessage(message));
  }

  async #onMessage(message: PanelMessage): Promise<void> {
    if (message.type === 'ready') this.draw(this.#snapshot());
    else if (message.type === 'pages' || message.type === 'sizes') await this.#answer(message);
    else this.#received.fire(message);
  }

  async #answer(message: PanelMessage): Promise<void> {
    try {
      const answer = await this.#shown?.host.answer(message);
      if (answer) void this.#shown?.view.webview.postMessage(answer);
    } catch (error) {
      this.#log.error(`[panel] no answer to=${message.type}`, error instanceof Error ? error : String(error));
    }
  }

  /** A hidden view is sent nothing; it gets the newest picture when it shows again. */
  draw(snapshot: PanelSnapshot): void {
    if (this.#shown?.view.visible) void this.#shown.view.webview.postMessage(this.#shown.host.picture(snapshot));
  }

  dispose(): void {
    this.#received.dispose();
  }
}
