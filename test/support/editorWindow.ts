import type { FrameLocator, Locator, Page } from 'playwright-core';
import { startHost, type HostOptions } from '../../scripts/host/vscodeHost.ts';
import { openWorkbench } from '../../scripts/host/workbench.ts';
import { vsix } from './packaged.ts';
import { openViewContainer, screenshot, statusBarItem, until } from './workbench.ts';

/** The workbench with the packaged extension installed, as a person has it before them. */
export interface EditorWindow {
  readonly page: Page;
  /** our item in the status bar */
  readonly gauge: Locator;
  /** the document in our panel */
  readonly panel: FrameLocator;
  /** machines other than this one that were asked for something; must stay empty */
  foreignHosts(): readonly string[];
  close(): Promise<void>;
}

/**
 * How many times slower the window is to be than this machine makes it, for those who hunt a race between a test and the workbench:
 * `SOFT_LANDING_UI_SLOWDOWN=5 npm test -- ui`. The tests' own patience is not stretched by it.
 */
const slowdown = Number(process.env['SOFT_LANDING_UI_SLOWDOWN'] ?? 1);

export interface EditorOptions extends HostOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Starts VS Code with a fresh profile, installs the package (after the others asked for), and opens the window. */
export async function openEditor({ viewport, ...options }: EditorOptions): Promise<EditorWindow> {
  const host = await startHost({ ...options, vsix: [...(options.vsix ?? []), vsix] });
  try {
    const workbench = await openWorkbench(host, viewport === undefined ? {} : { viewport });
    const { page } = workbench;
    page.setDefaultTimeout(30_000);
    if (slowdown > 1) {
      const devTools = await page.context().newCDPSession(page);
      await devTools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    }
    // By its extension: walkthroughs and previews of pictures are in frames, too.
    const frame = page.locator('iframe.webview.ready[src*="extensionId=soft-landing.soft-landing"]').contentFrame();
    return {
      page,
      gauge: statusBarItem(page, 'softLanding.gauge'),
      panel: frame.locator('iframe#active-frame').contentFrame(),
      foreignHosts: () => [...workbench.foreignHosts],
      async close() {
        await workbench.close();
        await host.stop();
      },
    };
  } catch (error) {
    await host.stop();
    throw error;
  }
}

/** Opens our panel in the side bar and waits until it is drawn, with its heading in the editor's language. */
export async function openPanel({ page, panel }: EditorWindow, heading = 'Checkpoints'): Promise<void> {
  await openViewContainer(page, 'Soft Landing');
  await panel.getByRole('heading', { name: heading }).waitFor();
}

/**
 * Points at the gauge, and answers the hover that says this. Items of other extensions come and go beside it and push it along: then it is
 * pointed at anew.
 */
export async function hoverOverGauge({ page, gauge }: EditorWindow, text: string): Promise<Locator> {
  const hover = page.locator('.workbench-hover:visible, .monaco-hover:visible').filter({ hasText: text }).last();
  await until(`the hover of the gauge to say "${text}"`, async () => {
    await page.mouse.move(700, 20);
    await gauge.hover();
    return hover.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  });
  return hover;
}

/** Keeps a picture of the window as it was when a test failed. To be called inside `describe`. */
export function pictureFailures(page: () => Page): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await screenshot(page(), `FAILED-${this.currentTest.title}`);
  });
}
