import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { everyEditTool, scenarioFiles } from '../support/claude/scenarios.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { root } from '../support/packaged.ts';
import { filesOnDisk } from '../support/workingTree.ts';
import { openEditor, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import {
  dialogBox,
  dialogButton,
  openViewContainer,
  paletteInput,
  paletteRow,
  runCommand,
  screenshot,
  toasts,
  until,
} from '../support/workbench.ts';

/** A newcomer's first minutes, with a fresh profile and the package: what they do, and how long each of it takes the machine. */
describe('a newcomer', function () {
  this.timeout(240_000);
  let place: Workplace;
  let window: EditorWindow;
  let page: Page;
  let panel: FrameLocator;
  const log: { readonly what: string; readonly seconds: number }[] = [];

  before(async () => {
    place = await openWorkplace({ files: scenarioFiles, name: 'harbour' });
    // Claude Code has run here before; it has no hooks.
    mkdirSync(join(place.home, '.claude'));
  });
  after(async () => {
    await window.close();
    await place.close();
    const all = [...log, { what: 'all', seconds: log.reduce((sum, { seconds }) => sum + seconds, 0) }];
    for (const { what, seconds } of all) console.log(`      ${seconds.toFixed(1).padStart(5)} s  ${what}`);
    mkdirSync(join(root, 'artifacts'), { recursive: true });
    writeFileSync(join(root, 'artifacts', 'newcomer.json'), `${JSON.stringify(all, null, 2)}\n`);
  });
  pictureFailures(() => page);

  async function timed<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
    const started = Date.now();
    const value = await work();
    log.push({ what, seconds: (Date.now() - started) / 1000 });
    return value;
  }

  const state = (): string => join(place.repository.outer, 'state of $USER');
  const rows = (): Locator => panel.getByRole('treeitem');
  const step = (id: string): Locator => page.locator(`.getting-started-step[data-step-id$="#start#${id}"]`);
  const isDone = (id: string): Promise<boolean> => step(id).locator('.codicon.complete').isVisible();
  const isOpen = (id: string): Promise<boolean> =>
    step(id).evaluate((element) => element.classList.contains('expanded'));
  /** The page opens and closes steps by itself, too. */
  const openStep = (id: string): Promise<void> =>
    until(`step "${id}" to be open`, async () => {
      if (!(await isOpen(id))) await step(id).click();
      return isOpen(id);
    });
  const press = async (id: string, name: string): Promise<void> => {
    await openStep(id);
    await step(id).getByRole('button', { name }).click();
  };

  it('installs the package, opens their folder, and sees the gauge', async () => {
    await timed('install the package and open the folder', async () => {
      window = await openEditor({
        open: place.repository.dir,
        home: place.home,
        env: { SOFT_LANDING_HOME: state() },
        settings: { 'files.autoSave': 'off' },
      });
      ({ page, panel } = window);
    });
    await timed('the gauge is there', async () => {
      const { gauge } = window;
      await gauge.waitFor({ timeout: 60_000 });
      await until('its first text', async () => (await gauge.innerText()).trim() !== '');
    });
  });

  it('is left alone: nothing opens by itself, and nothing is written into an agent’s settings', async () => {
    assert.equal(await page.locator('.gettingStartedContainer, .monaco-dialog-box').count(), 0);
    assert.equal(await toasts(page).count(), 0);
    assert.equal(existsSync(join(place.home, '.claude', 'settings.json')), false);
  });

  it('opens the walkthrough, and its first step is done by looking', async () => {
    await timed('open the walkthrough', async () => {
      await runCommand(page, 'Soft Landing: Open Walkthrough');
      await step('gauge').waitFor();
    });
    await screenshot(page, 'newcomer-1-walkthrough');
    await timed('step 1: see the gauge', async () => {
      await press('gauge', 'Open Panel');
      await panel.getByRole('heading', { name: 'Checkpoints' }).waitFor();
      await until('step 1 to be done', () => isDone('gauge'));
    });
  });

  it('installs the hooks after reading the exact change', async () => {
    await timed('step 2: install the hooks', async () => {
      await press('protect', 'Install Hooks…');
      await paletteRow(page, 'All my folders').click();
      const dialog = dialogBox(page);
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /PreToolUse/);
      assert.equal(existsSync(join(place.home, '.claude', 'settings.json')), false, 'written before consent');
      await screenshot(page, 'newcomer-2-consent');
      await dialogButton(page, 'Install').click();
      await toasts(page, 'Hooks installed').waitFor();
      await until('step 2 to be done', () => isDone('protect'));
    });
    assert.match(readFileSync(join(place.home, '.claude', 'settings.json'), 'utf8'), /soft-landing-hook/);
  });

  it('tries a reset on a scratch file', async () => {
    const before = filesOnDisk(place.repository.dir);
    await timed('step 3: a first checkpoint and a first reset', async () => {
      await press('reset', 'Try a Reset');
      await toasts(page, 'Take it back?').getByRole('button', { name: 'Reset the File' }).click();
      await screenshot(page, 'newcomer-3-reset');
      await dialogButton(page, 'Reset 1 File').click();
      await toasts(page, 'That was a reset').waitFor();
    });
    assert.match(place.repository.read('soft-landing-scratch.md'), /notes of an afternoon/);
    await toasts(page, 'That was a reset').getByRole('button', { name: 'Delete soft-landing-scratch.md' }).click();
    await until('the scratch file to be gone', () =>
      Promise.resolve(!existsSync(join(place.repository.dir, 'soft-landing-scratch.md'))),
    );
    assert.deepEqual(filesOnDisk(place.repository.dir), before);
    // Its editor closes by itself, and takes the focus from a palette that is open then.
    await page.locator('.tab', { hasText: 'soft-landing-scratch.md' }).waitFor({ state: 'detached' });
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('sets the reserve', async () => {
    await runCommand(page, 'Soft Landing: Open Walkthrough');
    await until('step 3 to be done', () => isDone('reset'));
    await timed('step 4: set the reserve', async () => {
      await press('reserve', 'Set Reserve…');
      await paletteRow(page, '25%').click();
      await until('step 4 to be done', () => isDone('reserve'));
    });
  });

  it('says how the work is tested', async () => {
    await timed('step 5: set the verify command', async () => {
      await press('verify', 'Set Verify Command…');
      await paletteRow(page, 'Another Command…').click();
      // The box for it takes the list's place, and has the list's input.
      await page.locator('.quick-input-titlebar').getByText('Verify Command', { exact: true }).waitFor();
      await paletteInput(page).fill('node --check app.js');
      await page.keyboard.press('Enter');
      await until('step 5 to be done', () => isDone('verify'));
    });
    await screenshot(page, 'newcomer-4-done');
    const { verified } = await place.cliJson<{ readonly verified: string }>('checkpoint', 'verify', '--now');
    assert.equal(verified, 'green');
  });

  it('lets the agent work, and takes all of it back', async () => {
    const before = filesOnDisk(place.repository.dir);
    await timed('the agent’s first turn (its own time)', async () => {
      const outcome = await place.fly(everyEditTool(place.witness), 'Fix add() and write the notes');
      assert.equal(outcome.exitCode, 0, outcome.stderr);
    });
    assert.notDeepEqual(filesOnDisk(place.repository.dir), before);
    await timed('its checkpoints are in the panel', async () => {
      await openViewContainer(page, 'Soft Landing');
      await rows().first().waitFor();
    });
    const made = (await place.checkpoints()).filter(({ session }) => session !== null);
    assert.ok(made.length > 2, `${made.length} checkpoints of the session`);
    await screenshot(page, 'newcomer-5-checkpoints');
    // The whole turn is one row, under its prompt.
    await timed('reset to before the agent’s turn', async () => {
      const turn = rows().filter({ hasText: 'Fix add()' }).first();
      await turn.click();
      const id = (await turn.getAttribute('data-id')) ?? '';
      await panel.locator(`[data-action=reset][data-id="${id}"]`).first().click();
      await dialogButton(page, 'Reset').click();
      await toasts(page, 'Reset to').waitFor();
    });
    assert.deepEqual(filesOnDisk(place.repository.dir), before);
  });

  it('goes again: everything that was written is listed first, and then gone', async () => {
    for (const what of [['claude-statusline'], ['git-checkpoint', '--scope', 'global']]) {
      const { exitCode, stderr } = await place.cli('install', ...what);
      assert.equal(exitCode, 0, stderr);
    }
    const settings = join(place.home, '.claude', 'settings.json');
    const alias = (): string => readFileSync(join(place.home, '.gitconfig'), 'utf8');
    const refs = (): string => place.repository.git('for-each-ref', 'refs/soft-landing');
    assert.match(readFileSync(settings, 'utf8'), /"statusLine"/);
    assert.match(alias(), /checkpoint/);
    assert.notEqual(refs(), '');
    const before = filesOnDisk(place.repository.dir);
    await timed('remove everything', async () => {
      await runCommand(page, 'Soft Landing: Remove Everything…');
      const dialog = dialogBox(page);
      await dialog.waitFor();
      const listed = await dialog.innerText();
      for (const one of [
        /our entries in|settings\.json/,
        /tee in/,
        /git checkpoint/,
        /checkpoints in/,
        /state of \$USER/,
      ])
        assert.match(listed, one);
      assert.ok(existsSync(settings) && existsSync(state()), 'something went before it was agreed to');
      await screenshot(page, 'newcomer-6-remove-everything');
      await dialogButton(page, 'Remove Everything').click();
      await toasts(page, 'Everything is removed').waitFor({ timeout: 60_000 });
    });
    await screenshot(page, 'newcomer-7-removed');
    assert.equal(existsSync(settings), false, 'the agent’s settings were not there before');
    assert.doesNotMatch(alias(), /checkpoint/);
    assert.equal(refs(), '');
    assert.equal(existsSync(state()), false);
    assert.deepEqual(filesOnDisk(place.repository.dir), before);
  });

  it('and nobody else was asked for anything', () => {
    assert.deepEqual(window.foreignHosts(), []);
  });
});
