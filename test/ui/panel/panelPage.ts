import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import * as v from 'valibot';
// @ts-expect-error -- plain JavaScript
import { bundles as untypedBundles } from '../../../esbuild.config.mjs';
import { panelMessageSchema, type PanelMessage, type PanelSnapshot } from '../../../src/protocol/panel.ts';
import type { HostMessage } from '../../../src/protocol/panelPicture.ts';
import { panelStrings } from '../../../src/protocol/panelStrings.ts';
import { Pictures } from '../../../src/vscode/panel/pictures.ts';
import { type Theme, themes } from '../../support/themes.ts';

const bundles = untypedBundles as readonly (BuildOptions & { entryPoints: Record<string, string> })[];
const nonce = 'bm9uY2U';
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core')), 'utf8');

// What a webview gets from VS Code, and ears for what must not happen. Plain text: it runs in the page, before its scripts.
const fakeHost = `
  window.sent = [];
  window.problems = [];
  window.state = JSON.parse(sessionStorage.getItem('state') ?? 'null');
  let given = false;
  window.acquireVsCodeApi = () => {
    if (given) throw new Error('acquireVsCodeApi may be called once');
    given = true;
    return {
      postMessage: (message) => {
        window.sent.push(message);
        window.answer(message).then((answer) => { if (answer) window.postMessage(answer, '*'); });
      },
      getState: () => window.state ?? undefined,
      setState: (state) => { window.state = state; },
    };
  };
  addEventListener('securitypolicyviolation', (event) => window.problems.push('csp ' + event.violatedDirective + ' ' + event.blockedURI));
  addEventListener('error', (event) => window.problems.push('error ' + event.message));
`;

declare global {
  interface Window {
    sent: unknown[];
    problems: string[];
    state: unknown;
    axe: {
      run(
        context: Document,
        options: object,
      ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    };
  }
}

export interface PanelOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** what an earlier panel left with setState */
  readonly state?: unknown;
  readonly forcedColors?: boolean;
  readonly scale?: number;
  /** of the editor; English without one */
  readonly language?: 'de';
}

/** The built panel in a browser frame like VS Code's: same policy, same globals, one theme's variables. */
export class PanelPage {
  readonly page: Page;
  /** the host's side of it */
  readonly pictures: Pictures;

  constructor(page: Page, pictures: Pictures) {
    this.page = page;
    this.pictures = pictures;
  }

  /** As the host does it: with the host's own code. */
  async show(snapshot: PanelSnapshot): Promise<void> {
    await this.post(this.pictures.picture(snapshot));
    await this.settled();
  }

  async post(message: HostMessage): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** Three frames: one in which the message is drawn, one in which the list is measured for it, one after what that changes. */
  async settled(): Promise<void> {
    await this.page.evaluate(async () => {
      for (let frames = 0; frames < 3; frames += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
      await new Promise((done) => setTimeout(done, 0));
    });
  }

  async apply(theme: Theme): Promise<void> {
    await this.page.evaluate(
      ({ bodyClass, variables }) => {
        document.body.className = bodyClass;
        document.documentElement.style.cssText = '';
        for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
        // A webview is transparent: what lies behind it is the side bar.
        document.documentElement.style.background = 'var(--vscode-sideBar-background)';
      },
      { bodyClass: theme.bodyClass, variables: { ...theme.variables } },
    );
    await this.settled();
  }

  /** What the panel has sent since last asked, beside what it asks for by itself; each message valid by the host's schema. */
  async sent(): Promise<PanelMessage[]> {
    const all = await this.page.evaluate(() => window.sent.splice(0));
    return all
      .map((message) => v.parse(panelMessageSchema, message))
      .filter(({ type }) => type !== 'pages' && type !== 'sizes');
  }

  problems(): Promise<string[]> {
    return this.page.evaluate(() => window.problems);
  }

  /** By all rules, or by those alone that look at colours: the only thing that another theme changes. */
  async axeViolations(rules: 'all' | 'colours' = 'all'): Promise<string[]> {
    if (!(await this.page.evaluate(() => 'axe' in window))) await this.page.evaluate(axe);
    const runOnly = rules === 'all' ? {} : { runOnly: ['color-contrast', 'link-in-text-block'] };
    return this.page.evaluate(
      async (options) =>
        (await window.axe.run(document, options)).violations.flatMap((violation) =>
          violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
        ),
      { resultTypes: ['violations'], ...runOnly },
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Pages come from the host's own keeper of them; sizes are made up, but the same each time. */
function answer(message: PanelMessage, pictures: Pictures): HostMessage | null {
  if (message.type === 'pages') return pictures.pages(message.keys);
  if (message.type !== 'sizes') return null;
  const sizes = message.pairs.map(([from, to]) => {
    const seed = Array.from(`${from}${to}`).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
    return { from, to, files: (seed % 5) + 1, added: seed % 211, deleted: seed % 37 };
  });
  return { type: 'sizes', sizes };
}

const german = v.parse(
  v.record(v.string(), v.string()),
  JSON.parse(readFileSync(new URL('../../../l10n/bundle.l10n.de.json', import.meta.url), 'utf8')),
);

function html(theme: Theme, origin: string, language: string): string {
  const strings = panelStrings((text) => (language === 'de' ? (german[text] ?? text) : text));
  const policy = `default-src 'none'; style-src ${origin}; font-src ${origin}; img-src ${origin}; script-src 'nonce-${nonce}'`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Soft Landing</title>
<link rel="stylesheet" href="/panel.css">
</head>
<body class="${theme.bodyClass}" data-vscode-theme-kind="${theme.kind}">
<div id="panel" data-strings="${JSON.stringify(strings).replaceAll('"', '&quot;')}"></div>
<script nonce="${nonce}" src="/panel.js"></script>
</body>
</html>`;
}

/** The bundle by the project's own options, in memory: `dist` may be of another day. */
async function bundle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const options: BuildOptions | undefined = bundles.find(({ entryPoints }) => 'panel' in entryPoints);
  if (options === undefined) throw new Error('esbuild.config.mjs has no panel bundle');
  const { outputFiles } = await build({ ...options, write: false });
  return new Map(outputFiles.map((file) => [`/${path.basename(file.path)}`, file.contents]));
}

/** One browser and one loopback server, shared by the tests of a file. */
export class PanelBrowser {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly #browser: Browser;
  readonly #server: Server;
  readonly #origin: string;

  constructor(files: ReadonlyMap<string, Uint8Array>, browser: Browser, server: Server, origin: string) {
    this.files = files;
    this.#browser = browser;
    this.#server = server;
    this.#origin = origin;
  }

  async open(options: PanelOptions = {}): Promise<PanelPage> {
    const {
      theme = themes[0],
      width = 300,
      height = 720,
      state,
      forcedColors = false,
      scale = 1,
      language = 'en',
    } = options;
    if (theme === undefined) throw new Error('no theme');
    const context = await this.#browser.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      locale: language === 'de' ? 'de-DE' : 'en-GB',
      timezoneId: 'UTC',
      forcedColors: forcedColors ? 'active' : 'none',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    if (state !== undefined) {
      const text = JSON.stringify(JSON.stringify(state));
      await page.addInitScript({ content: `sessionStorage.setItem('state', ${text});` });
    }
    const pictures = new Pictures();
    await page.exposeFunction('answer', (message: PanelMessage) => answer(message, pictures));
    await page.addInitScript({ content: fakeHost });
    await page.goto(`${this.#origin}/${theme.name}?${language}`);
    const panel = new PanelPage(page, pictures);
    await panel.apply(theme);
    return panel;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

export async function launchPanelBrowser(): Promise<PanelBrowser> {
  const files = await bundle();
  const server = createServer((request, response) => {
    const [address = '/', language = 'en'] = (request.url ?? '/').split('?');
    const file = files.get(address);
    const theme = themes.find((candidate) => address === `/${candidate.name}`);
    if (file !== undefined) {
      response.setHeader('content-type', types[path.extname(address)] ?? 'text/plain');
      response.end(file);
    } else if (theme !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(html(theme, `http://${request.headers.host ?? ''}`, language));
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return new PanelBrowser(files, browser, server, `http://127.0.0.1:${address.port}`);
}
