import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { panelMessageSchema, type PanelMessage, type PanelSnapshot } from '../protocol/panel.ts';
import type { Log } from './log.ts';

/** The sidebar panel's host side: sends snapshots while the view is visible, hands on its messages once they are checked. */
export class PanelView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #received = new vscode.EventEmitter<PanelMessage>();
  readonly onDidReceive = this.#received.event;
  readonly #extensionUri: vscode.Uri;
  readonly #log: Log;
  readonly #snapshot: () => PanelSnapshot;
  #view: vscode.WebviewView | undefined;

  constructor(extensionUri: vscode.Uri, snapshot: () => PanelSnapshot, log: Log) {
    this.#extensionUri = extensionUri;
    this.#snapshot = snapshot;
    this.#log = log;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const folder = vscode.Uri.joinPath(this.#extensionUri, 'dist', 'webview');
    this.#view = view;
    view.webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [folder] };
    view.webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(panelMessageSchema, message);
      if (!parsed.success) this.#log.warn(`[panel] message refused problem="${parsed.issues[0].message}"`);
      else if (parsed.output.type === 'ready') this.draw(this.#snapshot());
      else this.#received.fire(parsed.output);
    });
    view.onDidChangeVisibility(() => this.draw(this.#snapshot()));
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = panelHtml(view.webview, folder);
  }

  /** A hidden view is sent nothing; it gets the newest picture when it shows again. */
  draw(snapshot: PanelSnapshot): void {
    if (this.#view?.visible) void this.#view.webview.postMessage(snapshot);
  }

  dispose(): void {
    this.#received.dispose();
  }
}

function panelHtml(webview: vscode.Webview, folder: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Soft Landing</title>
<link rel="stylesheet" href="${asset('panel.css')}">
</head>
<body>
<div id="panel"></div>
<script nonce="${nonce}" src="${asset('panel.js')}"></script>
</body>
</html>`;
}
