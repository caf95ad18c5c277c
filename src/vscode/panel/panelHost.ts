import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { translatedGauge } from '../../budget/gaugeNames.ts';
import { panelMessageSchema, type PanelMessage, type PanelSnapshot } from '../../protocol/panel.ts';
import type { HostMessage } from '../../protocol/panelPicture.ts';
import { panelStrings } from '../../protocol/panelStrings.ts';
import type { WorkspaceFolders } from '../checkpoints/workspaceFolders.ts';
import type { Log } from '../log.ts';
import { ChangeSizes } from './changeSizes.ts';
import { Pictures } from './pictures.ts';

/** What the panel's frame may do and load, and what it is told. */
export class PanelHost {
  readonly #folders: WorkspaceFolders;
  readonly #log: Log;
  readonly #pictures = new Pictures();
  readonly #sizes = new ChangeSizes();

  constructor(folders: WorkspaceFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Fills a frame. Of what it says, only what fits the schema is handed on. */
  open(webview: vscode.Webview, extensionUri: vscode.Uri, onMessage: (message: PanelMessage) => void): void {
    const folder = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, enableForms: false, localResourceRoots: [folder] };
    webview.onDidReceiveMessage((message: unknown) => {
      const parsed = v.safeParse(panelMessageSchema, message);
      if (parsed.success) onMessage(parsed.output);
      else this.#log.warn(`[panel] message refused problem="${parsed.issues[0].message}"`);
    });
    webview.html = panelHtml(webview, folder);
  }

  picture(snapshot: PanelSnapshot): HostMessage {
    return this.#pictures.picture({ ...snapshot, gauge: translatedGauge(snapshot.gauge, vscode.l10n.t) });
  }

  /** What the panel asked for; null where it asked for something to be done. */
  async answer(message: PanelMessage): Promise<HostMessage | null> {
    if (message.type === 'pages') return this.#pictures.pages(message.keys);
    if (message.type !== 'sizes') return null;
    const folder = this.#folders.find(message.root);
    if (folder === undefined) return null;
    return this.#sizes.answer(folder.view().checkpoints, message.pairs, (pairs) =>
      folder.inBackground((checkpoints) => checkpoints.view.sizes(pairs)),
    );
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
<div id="panel" data-strings="${attribute(JSON.stringify(panelStrings(vscode.l10n.t)))}"></div>
<script nonce="${nonce}" src="${asset('panel.js')}"></script>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
