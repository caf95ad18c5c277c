import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** Where screenshots are kept as build artifacts. */
export const screenshotFolder = resolve(import.meta.dirname, '..', '..', 'artifacts', 'screenshots');

export type Theme = 'Dark Modern' | 'Light Modern' | 'Dark High Contrast' | 'Light High Contrast';

/** Runs a command through the palette, by its full title ("Soft Landing: Create Checkpoint"). */
export async function runCommand(page: Page, title: string): Promise<void> {
  const input = paletteInput(page);
  await until(`the palette to offer "${title}"`, async () => {
    // Whatever takes the focus meanwhile, such as an editor that opens or closes by itself, closes the palette.
    await openPalette(page);
    // Not Enter: it would run what was first before the list was filtered, and a similar title may stay first after.
    const choose = input
      .fill(`>${title}`, { timeout: 3000 })
      .then(() => paletteRow(page, title).click({ timeout: 5000 }));
    const isChosen = await choose.then(
      () => true,
      () => false,
    );
    // What it lists it gathers when it opens: asked too early, it knows no extension's commands until it is opened anew.
    if (!isChosen) await page.keyboard.press('Escape');
    return isChosen;
  });
  // Accepted: the palette has closed, or the command has replaced it by a question of its own.
  await until(`the palette to run "${title}"`, async () => {
    return !(await input.isVisible()) || (await input.inputValue({ timeout: 500 }).catch(() => '')) !== `>${title}`;
  });
}

/** The box of the palette, and of the quick pick or input box a command opens. */
export function paletteInput(page: Page): Locator {
  return page.locator('.quick-input-widget input.input');
}

/** The row of the palette or of a quick pick that has exactly this label. */
export function paletteRow(page: Page, label: string): Locator {
  const rows = page.locator('.quick-input-list .monaco-list-row');
  return rows.filter({ has: page.getByText(label, { exact: true }) }).first();
}

/** F1 is lost while the focus is on its way into a webview that is still loading, so it is pressed until the palette is there. */
async function openPalette(page: Page): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      await paletteInput(page).waitFor({ state: 'visible', timeout: 3000 });
      return;
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

/** A status bar item of our extension, by the id given to createStatusBarItem. */
export function statusBarItem(page: Page, id: string): Locator {
  return page.locator(`[id="soft-landing.soft-landing.${id}"]`);
}

/** The document inside a webview, of whichever extension. The iframe around it is the workbench's loader page. */
export function webviewFrame(page: Page, nth = 0): FrameLocator {
  return page.locator('iframe.webview.ready').nth(nth).contentFrame().locator('iframe#active-frame').contentFrame();
}

/** Notifications, those with this text when one is given: as toasts, or in the list of all of them while that is open. */
export function toasts(page: Page, text?: string | RegExp): Locator {
  const all = page.locator('.notifications-toasts, .notifications-center').locator('.notification-list-item:visible');
  return text === undefined ? all : all.filter({ hasText: text });
}

/**
 * Presses a button of a notification that has been there for a while. Toasts go after ten seconds, by a clock that nobody sees; the list of
 * all notifications keeps them.
 */
export async function pressInNotifications(page: Page, text: string | RegExp, button: string): Promise<void> {
  await runCommand(page, 'Notifications: Show Notifications');
  const listed = page.locator('.notifications-center .notification-list-item').filter({ hasText: text });
  await listed.getByRole('button', { name: button }).click();
}

/** The modal dialog. */
export function dialogBox(page: Page): Locator {
  return page.locator('.monaco-dialog-box');
}

/** The buttons of modal dialogs ("Reset", "Cancel"). */
export function dialogButton(page: Page, name: string | RegExp): Locator {
  return dialogBox(page).getByRole('button', { name });
}

/** An entry of the editor's context menu. */
export function menuItem(page: Page, name: string): Locator {
  return page.locator('.monaco-menu').getByRole('menuitem', { name });
}

/**
 * Chooses from the context menu that is open or opens. The editor passes over a click that comes as soon as the menu is there: it could be
 * the one that opened it.
 */
export async function chooseInMenu(page: Page, name: string): Promise<void> {
  const item = menuItem(page, name);
  await item.waitFor();
  await until(`the menu to take "${name}"`, async () => {
    // Gone: a click was taken, and perhaps only after it had been looked at.
    await item.click({ timeout: 1000 }).catch(() => undefined);
    return !(await item.isVisible());
  });
}

/** Opens the side bar's view container of this title and waits until it is the one shown. */
export async function openViewContainer(page: Page, title: string): Promise<void> {
  const tab = page.locator('.part.activitybar').getByRole('tab', { name: title });
  await tab.waitFor();
  const header = page.locator('.part.sidebar .composite.title', { hasText: new RegExp(title, 'i') });
  // A click on the tab of the container that is shown would hide it.
  if (!(await header.isVisible())) await tab.click();
  await header.waitFor();
}

/** Drags the side bar's edge until it is this wide, within a pixel. VS Code keeps 170 pixels as the least. */
export async function resizeSidebar(page: Page, width: number): Promise<void> {
  const sidebar = page.locator('.part.sidebar');
  await until(`the side bar to be ${width} pixels wide`, async () => {
    const box = await sidebar.boundingBox();
    if (box === null) throw new Error('the side bar is hidden');
    if (Math.abs(box.width - width) <= 1) return true;
    const edge = box.x + box.width;
    const middle = box.y + box.height / 2;
    await page.mouse.move(edge, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + width, middle, { steps: 8 });
    await page.mouse.up();
    return false;
  });
}

/** Switches the colour theme and waits until the workbench is drawn in it. */
export async function switchTheme(page: Page, theme: Theme): Promise<void> {
  await runCommand(page, 'Preferences: Color Theme');
  const input = paletteInput(page);
  await input.fill(theme);
  await paletteRow(page, theme).click();
  await page.locator(`.monaco-workbench.${kinds[theme]}`).waitFor();
  await input.waitFor({ state: 'hidden' });
}

/** The class by which the workbench says what kind of theme it is in. */
const kinds: Readonly<Record<Theme, string>> = {
  'Dark Modern': 'vs-dark',
  'Light Modern': 'vs',
  'Dark High Contrast': 'hc-black',
  'Light High Contrast': 'hc-light',
};

/** Dark last, which is what a window has in the beginning. */
export const themes: readonly Theme[] = ['Light Modern', 'Dark High Contrast', 'Light High Contrast', 'Dark Modern'];

/** Takes a screenshot of the whole window and returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(screenshotFolder, { recursive: true });
  const path = join(screenshotFolder, `${name.replace(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path });
  return path;
}

/** Asks again and again until the answer is yes; throws after the time given. */
export async function until(what: string, isSo: () => Promise<boolean>, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
