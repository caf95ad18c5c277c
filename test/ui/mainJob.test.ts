import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { everyEditTool, scenarioFiles } from '../support/claude/scenarios.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { filesOnDisk } from '../support/workingTree.ts';
import { hoverOverGauge, openEditor, openPanel, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import {
  dialogBox,
  dialogButton,
  openViewContainer,
  resizeSidebar,
  runCommand,
  screenshot,
  switchTheme,
  themes,
  toasts,
  until,
} from '../support/workbench.ts';

/** A response row as Claude Code writes it. */
function transcriptLine(cwd: string, id: string, output: number): string {
  const usage = {
    input_tokens: 1000,
    output_tokens: output,
    cache_read_input_tokens: 50_000,
    cache_creation_input_tokens: 0,
  };
  const message = { id, type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [], usage };
  const common = {
    sessionId: 'a-session',
    cwd,
    timestamp: new Date().toISOString(),
    version: '2.1.330',
    isSidechain: false,
  };
  return `${JSON.stringify({ type: 'assistant', uuid: `u-${id}`, requestId: `r-${id}`, message, ...common })}\n`;
}

describe('the main job, in the real workbench with the packaged extension', function () {
  this.timeout(240_000);
  let place: Workplace;
  let window: EditorWindow;
  let page: Page;
  let panel: FrameLocator;
  let gauge: Locator;

  before(async () => {
    place = await openWorkplace({ files: scenarioFiles, name: 'harbour' });
    await place.cli('install', 'claude', '--scope', 'user');
    // Staged and untracked work of the person's own, from before the agent came.
    place.repository.write('staged.txt', 'staged\n');
    place.repository.git('add', 'staged.txt');
    place.repository.write('staged.txt', 'staged, then changed again\n');
    place.repository.write('untracked/own.txt', 'mine\n');
    window = await openEditor({
      open: place.repository.dir,
      home: place.home,
      env: { SOFT_LANDING_HOME: join(place.repository.outer, 'state of $USER') },
      // In a browser VS Code saves by itself, and there would be no unsaved editor to lose.
      settings: { 'softLanding.budgets': { tokensPerSession: 100_000 }, 'files.autoSave': 'off' },
    });
    ({ page, gauge, panel } = window);
  });
  after(async () => {
    await window.close();
    await place.close();
  });
  pictureFailures(() => page);

  const rows = (): Locator => panel.getByRole('treeitem');

  it('shows the gauge in the status bar', async () => {
    await gauge.waitFor({ timeout: 60_000 });
    await until('the first picture', async () => (await gauge.innerText()).includes('no session'));
  });

  it('shows the panel, empty, with the hooks found', async () => {
    await openPanel(window);
    assert.equal(await panel.locator('[data-action=installHooks]').count(), 0);
    await screenshot(page, '1-empty');
  });

  it('the gauge follows each new transcript line by itself, and turns to warning and error colours', async () => {
    const folder = join(place.home, '.claude', 'projects', '-harbour');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'a-session.jsonl');
    writeFileSync(file, '');
    const shows = async (id: string, output: number, text: RegExp, color: RegExp): Promise<void> => {
      appendFileSync(file, transcriptLine(place.repository.dir, id, output));
      const written = Date.now();
      await until(`the gauge to show ${String(text)}`, async () => text.test(await gauge.innerText()));
      console.log(`      ${Date.now() - written} ms from the line on disk to the status bar`);
      assert.match((await gauge.getAttribute('class')) ?? '', color);
    };
    // Of a budget of 100,000: 2 %, 83 % (inside the reserve of 20 %), 104 %.
    await shows('msg_1', 1000, /\b2%/, /^(?!.*(warning|error)-kind)/);
    await shows('msg_2', 80_000, /\b83%/, /warning-kind/);
    await screenshot(page, '2-in-the-reserve');
    await shows('msg_3', 20_000, /\b104%/, /error-kind/);
  });

  it('"Create Checkpoint" in the palette makes one, and the panel lists it', async () => {
    await runCommand(page, 'Soft Landing: Create Checkpoint');
    await rows().first().waitFor();
    assert.equal(await rows().count(), 1);
    assert.match(await rows().first().innerText(), /Manual checkpoint/);
    const [made] = await place.checkpoints();
    assert.equal(made?.kind, 'manual');
  });

  it('Reset takes back what the real agent did, untracked and staged state included; Undo brings it forward', async () => {
    const before = { files: filesOnDisk(place.repository.dir), state: place.repository.state() };
    const outcome = await place.fly(everyEditTool(place.witness), 'Fix add() and write the notes');
    assert.equal(outcome.exitCode, 0, outcome.stderr);
    const after = { files: filesOnDisk(place.repository.dir), state: place.repository.state() };
    assert.notDeepEqual(after.files, before.files);

    // The list follows by itself: the hook made these.
    const wanted = (await place.checkpoints()).length;
    await until('the panel to count them all', async () =>
      (await panel.locator('.folder-count').innerText()).startsWith(`${wanted} checkpoints`),
    );
    await screenshot(page, '3-after-the-flight');

    const row = rows().filter({ hasText: 'Manual checkpoint' }).last();
    await row.click();
    const id = (await row.getAttribute('data-id')) ?? '';
    await panel.locator(`[data-action=reset][data-id="${id}"]`).click();
    const dialog = dialogBox(page);
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /Reset to “Manual checkpoint”\?/);
    await screenshot(page, '4-asking');
    const changed = Object.keys({ ...before.files, ...after.files }).filter(
      (path) => before.files[path] !== after.files[path],
    ).length;
    await dialogButton(page, `Reset ${changed} Files`).click();
    await toasts(page, 'Reset to “Manual checkpoint”').waitFor();
    assert.deepEqual(filesOnDisk(place.repository.dir), before.files);
    assert.deepEqual(place.repository.state(), before.state);
    await screenshot(page, '5-reset');

    await panel.locator('[data-action=undo]').click();
    await toasts(page, 'The reset was taken back').waitFor();
    assert.deepEqual(filesOnDisk(place.repository.dir), after.files);
    assert.deepEqual(place.repository.state(), after.state);
    await screenshot(page, '6-undone');
  });

  it('an editor with unsaved text loses nothing by a reset', async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    await openViewContainer(page, 'Explorer');
    // The tree still moves while the explorer takes in the agent's new files, so a click may hit its neighbour.
    await until('app.js to open', async () => {
      await page.getByRole('treeitem', { name: 'app.js' }).click();
      return page.locator('.tab.active', { hasText: 'app.js' }).isVisible();
    });
    await openViewContainer(page, 'Soft Landing');
    await page.locator('.editor-instance .view-lines', { hasText: 'add' }).waitFor();
    await page.locator('.editor-instance .view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('// typed and not saved ');
    await page.locator('.tab.dirty').waitFor();

    const row = rows().filter({ hasText: 'Manual checkpoint' }).last();
    await row.click();
    const id = (await row.getAttribute('data-id')) ?? '';
    await panel.locator(`[data-action=reset][data-id="${id}"]`).click();
    assert.match(await dialogBox(page).innerText(), /1 unsaved editor/);
    await dialogButton(page, /^Reset \d+ Files?$/).click();
    await toasts(page, 'Reset to “Manual checkpoint”').waitFor();
    assert.equal(place.repository.read('app.js'), scenarioFiles['app.js']);
    await toasts(page, 'Reset to “Manual checkpoint”').getByRole('button', { name: 'Undo' }).click();
    const file = join(place.repository.dir, 'app.js');
    await until('the typed text to be back', () =>
      // git takes the old file away before it puts the new one there.
      Promise.resolve(existsSync(file) && readFileSync(file, 'utf8').startsWith('// typed and not saved ')),
    );
  });

  it('looks right in every theme and in a narrow side bar', async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    for (const theme of themes) {
      await switchTheme(page, theme);
      await screenshot(page, `7-${theme}`);
    }
    await resizeSidebar(page, 300);
    await screenshot(page, '8-300-px');
  });

  it('speaks German in an editor that does: status bar, hover, panel, palette', async () => {
    // What a language pack sets; the editor's own words would come from it, ours are in the package.
    await page.addInitScript({ content: "globalThis._VSCODE_NLS_LANGUAGE = 'de';" });
    await page.reload();
    await gauge.waitFor({ timeout: 60_000 });
    await openPanel(window, 'Verbrauch');
    await until('the gauge in German', async () => /^\S*13\s%$/.test((await gauge.innerText()).trim()));
    await hoverOverGauge(window, 'Sitzungsbudget');
    await screenshot(page, '9-German');
    await page.mouse.move(700, 300);
    await runCommand(page, 'Soft Landing: Checkpoint erstellen');
  });

  it('and says in German what the parts without an editor have found out: a failure, and the room for a chunk', async () => {
    await runCommand(page, 'Soft Landing: Nächsten Abschnitt beginnen');
    await toasts(page, /^.*In .*plan\.md ist kein Plan\./).waitFor();
    const plan = ['# Plan: Hafen', '', '- [ ] Kran', '  - Budget: 99K tokens', ''].join('\n');
    place.repository.write('.soft-landing/plan.md', plan);
    await runCommand(page, 'Soft Landing: Nächsten Abschnitt beginnen');
    const dialog = page.locator('.monaco-dialog-box', {
      hasText: 'Abschnitt 1 passt nicht in das, was übrig ist: Kran',
    });
    await dialog.waitFor();
    await screenshot(page, '9-German-room');
    const detail = await dialog.innerText();
    assert.match(
      detail,
      /„Sitzungsbudget“ hat noch [\d,]+K Tokens, und der Plan sieht für diesen Abschnitt 99K vor: teile ihn auf\./,
    );
    assert.match(detail, /Vermutlich .* Tokens \(.* bis .*\)\. Grundlage: /);
    await dialogButton(page, 'Cancel').click();
  });

  it('asked no other host for anything', () => {
    assert.deepEqual(window.foreignHosts(), []);
    assert.deepEqual(place.api.surprises, []);
  });
});
