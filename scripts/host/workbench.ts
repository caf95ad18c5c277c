import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { installChromium } from './installChromium.ts';
import type { VscodeHost } from './vscodeHost.ts';

export interface WorkbenchOptions {
  /** extensions under development, loaded from their folders */
  readonly extensionDevelopmentPaths?: readonly string[];
  /** module with `run()`, loaded inside the extension host */
  readonly extensionTestsPath?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** A workbench in headless Chromium. */
export interface Workbench {
  readonly page: Page;
  readonly context: BrowserContext;
  /** the exit code VS Code reports when the tests in the extension host have ended */
  readonly testsDone: Promise<number>;
  readonly consoleLines: readonly string[];
  /** hosts other than the server's own that the page asked for; must stay empty */
  readonly foreignHosts: ReadonlySet<string>;
  /** resolves when the extension host went away without being asked to: VS Code then reports success */
  readonly extensionHostLost: Promise<undefined>;
  close(): Promise<void>;
}

/** Opens the host's window in headless Chromium that can reach nothing but 127.0.0.1. */
export async function openWorkbench(host: VscodeHost, options: WorkbenchOptions = {}): Promise<Workbench> {
  const context = await chromium.launchPersistentContext(join(host.folder, `chromium-${Date.now()}`), {
    executablePath: await installChromium(),
    headless: true,
    viewport: options.viewport ?? { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    env: browserEnvironment(host),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  try {
    return await prepare(host, context, options);
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function prepare(host: VscodeHost, context: BrowserContext, options: WorkbenchOptions): Promise<Workbench> {
  const page = context.pages()[0] ?? (await context.newPage());
  const consoleLines: string[] = [];
  const foreignHosts = new Set<string>();
  const lost = signal<undefined>();
  page.on('console', (message) => {
    consoleLines.push(`${message.type()}: ${message.text()}`);
    if (/\[remote-connection\]\[ExtensionHost\].*starting reconnecting loop/.test(message.text())) lost.give(undefined);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    // Webview resources have addresses on vscode-cdn.net but are answered by a service worker.
    const own = url.host === new URL(host.origin).host || url.host.endsWith('.vscode-resource.vscode-cdn.net');
    if (/^(http|ws)s?:$/.test(url.protocol) && !own) foreignHosts.add(url.host);
  });
  const done = signal<number>();
  await page.exposeFunction('codeAutomationExit', (code: number) => done.give(code));
  await page.addInitScript({ content: configurationScript(developmentOptions(host, options)) });
  await page.goto(host.url);
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  return {
    page,
    context,
    testsDone: done.promise,
    consoleLines,
    foreignHosts,
    extensionHostLost: lost.promise,
    close: () => context.close(),
  };
}

/** A promise and what fulfils it (Promise.withResolvers needs Node 22). */
function signal<T>(): { readonly promise: Promise<T>; give(value: T): void } {
  let resolve: ((value: T) => void) | null = null;
  const promise = new Promise<T>((give) => (resolve = give));
  return { promise, give: (value) => resolve?.(value) };
}

/** Chromium's own home, so that it writes nothing where the extension under test looks. */
function browserEnvironment(host: VscodeHost): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(inherited), HOME: join(host.folder, 'tmp') };
}

function developmentOptions(host: VscodeHost, options: WorkbenchOptions): Record<string, unknown> {
  const remote = (path: string): Record<string, unknown> => ({
    $mid: 1,
    scheme: 'vscode-remote',
    authority: new URL(host.origin).host,
    path: realpathSync(path),
  });
  const extensions = (options.extensionDevelopmentPaths ?? []).map(remote);
  return {
    ...(extensions.length > 0 ? { extensions } : {}),
    ...(options.extensionTestsPath === undefined ? {} : { extensionTestsPath: remote(options.extensionTestsPath) }),
  };
}

/**
 * A script for the page that fills in the workbench's configuration before the workbench reads it ("interactive": the page is parsed, its
 * modules have not started). Not through the address, which a built workbench ignores, and not by answering the page's request ourselves:
 * Chromium then no longer counts the page as local and refuses its WebSocket.
 */
function configurationScript(development: Record<string, unknown>): string {
  return `if (window === window.top) document.addEventListener('readystatechange', () => {
    const meta = document.getElementById('vscode-workbench-web-configuration');
    if (document.readyState !== 'interactive' || !meta) return;
    const configuration = JSON.parse(meta.getAttribute('data-settings'));
    configuration.developmentOptions = { ...configuration.developmentOptions, ...${JSON.stringify(development)} };
    delete configuration.productConfiguration.extensionsGallery;
    delete configuration.productConfiguration.updateEndpoint;
    meta.setAttribute('data-settings', JSON.stringify(configuration));
  });`;
}
