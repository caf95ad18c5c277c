import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { Checkpoints } from '../../src/checkpoints/checkpoints.ts';
import type { CheckpointKind } from '../../src/protocol/checkpoint.ts';
import { png } from '../support/png.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { openEditor, openPanel, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import {
  chooseInMenu,
  dialogButton,
  menuItem,
  paletteInput,
  pressInNotifications,
  runCommand,
  screenshot,
  switchTheme,
  themes,
  toasts,
  until,
} from '../support/workbench.ts';

const odd = 'odd #1 100%? ünï.txt';

describe('the tools for checkpoints, in the real workbench with the packaged extension', function () {
  this.timeout(240_000);
  this.bail(true);
  let repository: Repository;
  let window: EditorWindow;
  let page: Page;
  let panel: FrameLocator;

  async function create(label: string, kind: CheckpointKind = 'tool'): Promise<string> {
    const opened = await Checkpoints.open(repository.dir);
    assert.ok(opened.ok);
    const made = await opened.value.create({ kind, label, agent: 'claude', tool: 'Edit src/app.js' });
    assert.ok(made.ok);
    return made.value.id;
  }

  async function ids(): Promise<string[]> {
    const opened = await Checkpoints.open(repository.dir);
    const listed = opened.ok ? await opened.value.list() : opened;
    assert.ok(listed.ok);
    return listed.value.map(({ id }) => id);
  }

  before(async () => {
    repository = makeRepository({
      name: 'harbour',
      files: {
        'src/app.js': Array.from({ length: 30 }, (_, at) => `export const value${at} = ${at};\n`).join(''),
        'logo.png': png(96, 64, [30, 90, 200]),
        'data.bin': Buffer.from([0, 1, 2, 255]),
        [odd]: 'one\ntwo\n',
        'old.txt': 'goes\n',
      },
    });
    symlinkSync('src/app.js', join(repository.dir, 'link'));
    await create('Start of the session', 'session');
    repository.write('src/app.js', repository.read('src/app.js').replace('value3 = 3', 'value3 = 33'));
    const pinned = await create('Fix the failing login test and cover the expired session');
    const opened = await Checkpoints.open(repository.dir);
    assert.ok(opened.ok && (await opened.value.keeping.pin(pinned, true)).ok);
    repository.write('src/app.js', repository.read('src/app.js').replace('value9 = 9', 'value9 = 99'));
    repository.write('logo.png', png(96, 64, [220, 120, 30]));
    repository.write('data.bin', Buffer.from([0, 9, 9, 9]));
    repository.write(odd, 'one\n2\nthree\n');
    repository.write('new.txt', 'comes\n');
    rmSync(join(repository.dir, 'old.txt'));
    rmSync(join(repository.dir, 'link'));
    symlinkSync('new.txt', join(repository.dir, 'link'));
    window = await openEditor({
      open: repository.dir,
      env: { SOFT_LANDING_HOME: join(repository.outer, 'state') },
      settings: { 'softLanding.checkpoints.ambient': { enabled: false }, 'files.autoSave': 'off' },
    });
    ({ page, panel } = window);
    await openPanel(window);
  });
  after(async () => {
    await window.close();
    repository.remove();
  });
  pictureFailures(() => page);

  const row = (label: string): Locator => panel.getByRole('treeitem').filter({ hasText: label });
  const pickRows = (): Locator => page.locator('.quick-input-list .monaco-list-row');

  it('a pinned checkpoint says so, for eyes and ears', async () => {
    const pinned = row('Fix the failing');
    await pinned.waitFor();
    assert.match((await pinned.textContent()) ?? '', /Pinned/);
    assert.equal(await row('Start of the session').locator('.pinned').count(), 0);
  });

  it('a row has the menu of the editor, by mouse and by keyboard', async () => {
    await row('Fix the failing').click({ button: 'right' });
    await menuItem(page, 'Unpin Checkpoint').waitFor();
    assert.equal(await menuItem(page, 'Pin Checkpoint').filter({ hasText: /^Pin/ }).count(), 0);
    await screenshot(page, 'tools-menu');
    await page.keyboard.press('Escape');
    await menuItem(page, 'Unpin Checkpoint').waitFor({ state: 'hidden' });

    // The menu takes it from the panel, which gives it back to the list.
    await until('the keyboard to be in the list again', () =>
      panel.getByRole('tree').evaluate((list) => document.hasFocus() && document.activeElement === list),
    );
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+F10');
    // The active row is the one that has no pin.
    await menuItem(page, 'Pin Checkpoint').waitFor();
    await screenshot(page, 'tools-menu-by-keyboard');
    await chooseInMenu(page, 'Pin Checkpoint');
    await row('Start of the session').locator('.pinned').waitFor();
    await row('Start of the session').click({ button: 'right' });
    await chooseInMenu(page, 'Unpin Checkpoint');
    await row('Start of the session').locator('.pinned').waitFor({ state: 'detached' });
  });

  it('shows what has changed since, text in one editor and pictures in theirs', async () => {
    await row('Fix the failing').click({ button: 'right' });
    await chooseInMenu(page, 'Show Changes Since This Checkpoint');
    const editor = page.locator('.multiDiffEntry');
    await editor.filter({ hasText: 'app.js' }).first().waitFor();
    await editor.getByText('value9 = 99').first().waitFor();
    await toasts(page, '2 binary files have changed too').waitFor();
    await screenshot(page, 'tools-multi-diff');
    await toasts(page, '2 binary files').getByRole('button', { name: 'Show Binary Files' }).click();
    await pickRows().filter({ hasText: 'logo.png' }).waitFor();
    await screenshot(page, 'tools-binary-files');
    await pickRows().filter({ hasText: 'logo.png' }).click();
    await page.locator('.tab.active', { hasText: 'logo.png' }).waitFor();
    await page.locator('iframe.webview.ready').nth(2).waitFor();
    await until('both pictures to be drawn', async () => {
      const frames = page.frames();
      const images = await Promise.all(
        frames.map((frame) =>
          frame
            .locator('img')
            .count()
            .catch(() => 0),
        ),
      );
      return images.reduce((sum, count) => sum + count, 0) >= 2;
    });
    await screenshot(page, 'tools-picture');
    // Afterwards and anew: the notification does not wait for so many pictures, and the first editor was only a preview.
    await row('Fix the failing').click({ button: 'right' });
    await chooseInMenu(page, 'Show Changes Since This Checkpoint');
    await editor.getByText('value9 = 99').first().waitFor();
    for (const theme of themes) {
      await switchTheme(page, theme);
      await screenshot(page, `tools-multi-diff-${theme}`);
    }
  });

  it('lists the checkpoints of a file, and opens one', async () => {
    await page.keyboard.press('Control+P');
    await paletteInput(page).fill('app.js');
    await pickRows().filter({ hasText: 'app.js' }).first().click();
    await page.locator('.tab.active', { hasText: 'app.js' }).waitFor();
    await runCommand(page, 'Soft Landing: Show Checkpoints of This File');
    await pickRows().filter({ hasText: 'Fix the failing' }).waitFor();
    assert.equal(await pickRows().count(), 2);
    assert.match(await pickRows().first().innerText(), /\+1 −1/);
    await pickRows().first().hover();
    await screenshot(page, 'tools-file-history');
    await pickRows().filter({ hasText: 'Start of the session' }).click();
    await page.locator('.tab.active', { hasText: 'Start of the session ↔ now' }).waitFor();
    // It takes the focus long after its tab is there, and with that it would close the next menu or question.
    await page.locator('.modified-in-monaco-diff-editor.focused').waitFor();
    await screenshot(page, 'tools-file-diff');
  });

  it('resets chosen files only', async () => {
    await row('Fix the failing').click({ button: 'right' });
    await chooseInMenu(page, 'Reset Chosen Files…');
    await pickRows().filter({ hasText: 'old.txt' }).waitFor();
    await screenshot(page, 'tools-choose-files');
    await pickRows().filter({ hasText: 'old.txt' }).locator('.monaco-checkbox, input[type=checkbox]').first().click();
    // What is ticked stays, also while the files are looked at.
    await page.locator('.modified-in-monaco-diff-editor .view-lines').click();
    await page.locator('.modified-in-monaco-diff-editor.focused').waitFor();
    await page.locator('.quick-input-widget').getByText('1 Selected').waitFor();
    await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await dialogButton(page, 'Reset 1 File').click();
    await until('the file to be back', () => Promise.resolve(existsSync(join(repository.dir, 'old.txt'))));
    assert.ok(existsSync(join(repository.dir, 'new.txt')));
    assert.equal(repository.read(odd), 'one\n2\nthree\n');
    await toasts(page, 'Reset to').getByRole('button', { name: 'Undo' }).click();
    await until('it to be gone again', () => Promise.resolve(!existsSync(join(repository.dir, 'old.txt'))));
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('shows the list before the first deletion, and deletes nothing without consent', async () => {
    for (let at = 0; at < 6; at++) {
      repository.write('src/app.js', `// edit ${at}\n`);
      await create(`Edit number ${at}`);
    }
    const before = await ids();
    const settings = (maxCount: number): void =>
      repository.write('.vscode/settings.json', `{"softLanding.checkpoints.retention.maxCount": ${maxCount}}`);
    settings(4);
    const question = toasts(page, /would delete \d+ old checkpoints/);
    await question.waitFor();
    await screenshot(page, 'tools-retention-question');
    assert.deepEqual(await ids(), before);

    await runCommand(page, 'Soft Landing: Prune Old Checkpoints…');
    await pickRows().filter({ hasText: 'more than the policy keeps' }).first().waitFor();
    await screenshot(page, 'tools-retention-preview');
    await page.keyboard.press('Escape');
    await pickRows().first().waitFor({ state: 'hidden' });
    assert.deepEqual(await ids(), before);

    await pressInNotifications(page, /would delete \d+ old checkpoints/, 'Review…');
    await page.locator('.quick-input-widget').getByRole('button', { name: 'OK' }).click();
    await screenshot(page, 'tools-retention-confirm');
    await dialogButton(page, 'Delete').click();
    await until('the checkpoints to be gone', async () => (await ids()).length < before.length);
    const left = await ids();
    assert.deepEqual(
      left,
      before.filter((id) => left.includes(id)),
    );
    await until('the consent to be kept', () =>
      Promise.resolve(
        readFileSync(join(repository.dir, '.git', 'soft-landing', 'settings.json'), 'utf8').includes(
          '"pruningApproved":true',
        ),
      ),
    );

    // Agreed to once: a policy that keeps less is followed without a question.
    settings(3);
    await until('one more to be gone', async () => (await ids()).length === left.length - 1);
  });

  it('lets what takes long be cancelled, and leaves nothing behind', async () => {
    const isFree = (lock: string) => Promise.resolve(!existsSync(join(repository.dir, '.git', lock)));
    const ourLock = join('soft-landing', 'lock');
    // The pruning before has deleted what it was to delete, which is not its last step.
    await until('the pruning to be over', () => isFree(ourLock));
    const before = await ids();
    const refs = repository.git('for-each-ref');
    repository.git('config', 'filter.slow.clean', 'sleep 300');
    repository.write('.gitattributes', '*.slow filter=slow\n');
    repository.write('large.slow', 'never read to its end\n');
    await runCommand(page, 'Soft Landing: Create Checkpoint');
    const progress = toasts(page, 'Creating a checkpoint…');
    await progress.waitFor();
    await screenshot(page, 'tools-progress');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    const createButton = panel.locator('[data-action=createCheckpoint]').first();
    await until('the panel to be free', async () => (await createButton.getAttribute('aria-disabled')) === 'false');
    assert.deepEqual(await ids(), before);
    assert.equal(repository.git('for-each-ref'), refs);
    // The filter would keep them for five minutes.
    for (const lock of ['index.lock', ourLock]) await until(`${lock} to be given back`, () => isFree(lock), 5000);

    repository.git('config', '--unset', 'filter.slow.clean');
    await runCommand(page, 'Soft Landing: Create Checkpoint');
    await until('a checkpoint', async () => (await ids()).length === before.length + 1);
  });

  it('asked no other host for anything', () => {
    assert.deepEqual(window.foreignHosts(), []);
  });
});
