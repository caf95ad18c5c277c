import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { changeState, listInterruptions } from '../../src/recovery/interruptionStore.ts';
import type { StoredInterruption } from '../../src/recovery/report.ts';
import { eventLogFile } from '../../src/store/eventLog.ts';
import { usedUp } from '../support/claude/limitHeaders.ts';
import type { StepSource, ToolCall } from '../support/claude/messagesApi.ts';
import { asSubscriber } from '../support/claude/runClaude.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { chunks, projectFiles, verifyCommand } from '../support/flight/project.ts';
import { MovedClock } from '../support/movedClock.ts';
import { filesInTree, filesOnDisk, type Files } from '../support/workingTree.ts';
import { openEditor, openPanel, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import {
  dialogBox,
  dialogButton,
  resizeSidebar,
  runCommand,
  screenshot,
  switchTheme,
  themes,
  toasts,
  until,
} from '../support/workbench.ts';

const task = 'Rename fmt to formatMoney and vat to taxShare';
const [rename] = chunks;
assert.ok(rename);

/** What a window that should say nothing gets to say it in. */
const silenceMs = 1500;

describe('an agent reaches its limit, in the real workbench', function () {
  this.timeout(120_000);
  let place: Workplace;
  let window: EditorWindow;
  let page: Page;
  let panel: FrameLocator;
  let gauge: Locator;
  /** as they were when the tests passed */
  let green: { readonly files: Files; readonly state: ReturnType<Workplace['repository']['state']> };
  /** as the cut left them */
  let cutOff: typeof green;
  let flight: ReturnType<Workplace['fly']>;
  let clock: MovedClock;
  /** the model may answer */
  let answer: () => void = () => undefined;
  const resetsAt = Math.floor(Date.now() / 1000) + 2 * 3600;

  before(async () => {
    place = await openWorkplace({ files: projectFiles(), name: 'till' });
    await place.cli('install', 'claude', '--scope', 'user');
    place.repository.write('notes.txt', 'mine, and in no commit\n');
    const verified = await place.cli('checkpoint', 'verify', '--now', '--command', verifyCommand);
    assert.equal(verified.exitCode, 0, verified.stderr);
    green = present();
    clock = new MovedClock(join(place.repository.outer, 'clock'));
    window = await openEditor({
      open: place.repository.dir,
      home: place.home,
      vsix: [await clock.pack()],
      env: { SOFT_LANDING_HOME: place.state },
      settings: {
        'softLanding.budgets': { tokensPerSession: 100_000 },
        'terminal.integrated.env.linux': { PATH: '/usr/bin:/bin' },
        'terminal.integrated.profiles.linux': { sh: { path: '/bin/sh' } },
        'terminal.integrated.defaultProfile.linux': 'sh',
        'terminal.integrated.shellIntegration.enabled': false,
      },
    });
    ({ page, gauge, panel } = window);
    await gauge.waitFor({ timeout: 60_000 });
    await openPanel(window);
  });
  after(async () => {
    answer();
    await flight;
    await window.close();
    await place.close();
  });
  pictureFailures(() => page);

  /** Without our own folder, which ignores itself: a reset leaves it alone. */
  const present = () => ({
    files: Object.fromEntries(
      Object.entries(filesOnDisk(place.repository.dir)).filter(([path]) => !path.startsWith('.soft-landing/')),
    ),
    state: place.repository.state(),
  });
  const banner = (): Locator => panel.locator('.recovery');
  const inBanner = (action: string): Locator => banner().locator(`[data-action=${action}]`);
  const edit = (path: string): ToolCall => ({
    name: 'Edit',
    input: {
      file_path: join(place.repository.dir, path),
      old_string: rename.before,
      new_string: rename.after,
      replace_all: true,
    },
  });
  const read = (path: string): ToolCall => ({
    name: 'Read',
    input: { file_path: join(place.repository.dir, path) },
  });
  const onlyInterruption = async (): Promise<StoredInterruption> => {
    const [only, ...others] = await listInterruptions(place.state);
    assert.ok(only, 'none is recorded');
    assert.deepEqual(others, []);
    return only;
  };
  const reload = async (): Promise<void> => {
    await page.reload();
    await gauge.waitFor({ timeout: 60_000 });
    await openPanel(window);
  };
  const staysSilent = async (): Promise<void> => {
    await page.waitForTimeout(silenceMs);
    assert.deepEqual(await toasts(page).allInnerTexts(), []);
  };

  it('gauge and panel enter the reserve, the model is told to land, and the panel says that it was', async () => {
    const held = new Promise<void>((open) => (answer = open));
    const main: readonly StepSource[] = [
      { text: 'Looking.', tools: [read('src/money.js'), read('src/cart.js')], tokens: { output: 900 } },
      // Of a budget of 100,000 this leaves 16 %, inside the reserve of 20 %.
      { text: 'I begin.', tools: [edit('src/money.js')], tokens: { cacheWrite5m: 82_000, output: 1000 } },
      async () => {
        await held;
        return { tools: [edit('src/cart.js')], tokens: { output: 300 } };
      },
      { refused: usedUp(resetsAt) },
    ];
    // A key would be refused in another way.
    flight = place.fly(
      { main, side: [{ text: 'Renaming' }, { text: 'Renaming' }] },
      task,
      place.repository.dir,
      asSubscriber,
    );
    const requests = () =>
      place.api.requests.filter(({ lane }) => lane === 'main').map(({ body }) => JSON.stringify(body.messages));
    await until('the request after the edit', () => Promise.resolve(requests().length === 3), 60_000);

    const advice = /Soft Landing \(a tool of the user.*?Session budget at 8\d %.*?Land now:/g;
    const told = requests().map((request) => [...request.matchAll(advice)].length);
    assert.deepEqual(told, [0, 0, 1]);
    assert.ok(requests()[2]?.includes(`Run \`${verifyCommand}\``));
    assert.ok(requests()[2]?.includes('.soft-landing/HANDOVER.md'));

    await until('the gauge in the reserve', async () => /\b8\d%/.test(await gauge.innerText()));
    assert.match((await gauge.getAttribute('class')) ?? '', /warning-kind/);
    await panel.locator('.gauge .level-landing', { hasText: 'In reserve' }).waitFor();
    await panel.locator('.agent-session .told', { hasText: 'Told to land' }).waitFor();
    assert.equal(await banner().count(), 0);
    await screenshot(page, 'landing-1-in-the-reserve');
  });

  it('Estimate Task goes by the budget of the session that the panel shows', async () => {
    await runCommand(page, 'Soft Landing: Estimate Task…');
    await page.getByPlaceholder('Refactor the parser in src/parse.ts').fill('Fix the rounding in src/money.js');
    await page.keyboard.press('Enter');
    await toasts(page, /The reserve of 20 % of the session budget is reached: 8\d % are used\./i).waitFor();
    await screenshot(page, 'landing-1-estimate');
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('the cut is told once, saved, and shown with every way on', async () => {
    answer();
    const outcome = await flight;
    assert.notEqual(outcome.exitCode, 0);
    cutOff = present();
    assert.notDeepEqual(cutOff.files, green.files);
    // As long as it is pointed at, it stays.
    await toasts(page, `Claude Code was cut off in “${task}”: its usage limit was reached.`).hover();
    await banner().waitFor();
    await until('the gauge used up', async () => ((await gauge.getAttribute('class')) ?? '').includes('error-kind'));
    assert.equal(await toasts(page).count(), 1);
    const choices = await toasts(page)
      .locator('.notification-list-item-buttons-container .monaco-button')
      .allInnerTexts();
    assert.match(choices.join(' | '), /^Keep and Go On at .* \| Reset to Last Green \| Details$/);

    const { report, state } = await onlyInterruption();
    assert.equal(report.reason, 'usage-limit');
    assert.equal(report.resetsAt, resetsAt * 1000);
    assert.equal(report.continuesItself, false);
    assert.ok(state.toldAt);
    const saved = (await place.checkpoints()).find(({ id }) => id === report.checkpoint);
    assert.equal(saved?.kind, 'interrupted');
    assert.deepEqual(filesInTree(place.repository, saved.ref), cutOff.files);

    const words = await banner().innerText();
    assert.match(words, /Claude Code was cut off/);
    assert.match(words, /The usage limit was reached\./);
    assert.ok(words.includes(task));
    assert.match(words, /2 files changed/);
    assert.equal(await inBanner('resetToLastGreen').innerText(), 'Reset to Last Green');
    assert.match(await inBanner('goOn').innerText(), /^Keep and Go On at \S/);
    await screenshot(page, 'landing-2-cut-off');
  });

  it('the banner looks right in every theme and in a narrow side bar', async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    for (const theme of themes) {
      await switchTheme(page, theme);
      await screenshot(page, `landing-3-${theme}`);
    }
    const width = (await page.locator('.part.sidebar').boundingBox())?.width ?? 300;
    await resizeSidebar(page, 240);
    await screenshot(page, 'landing-3-240-px');
    const overflow = await banner().evaluate((element) => element.scrollWidth - element.clientWidth);
    assert.ok(overflow <= 0, `${overflow} px of the banner are cut off`);
    await resizeSidebar(page, Math.round(width));
  });

  it('Reset to Last Green asks once and brings back every byte; Undo brings the cut-off state', async () => {
    await inBanner('resetToLastGreen').click();
    await dialogBox(page).waitFor();
    await screenshot(page, 'landing-4-asking');
    await dialogButton(page, 'Reset 2 Files').click();
    await toasts(page, 'Reset to “').waitFor();
    assert.deepEqual(present(), green);
    const verified = await place.cli('checkpoint', 'verify', '--now');
    assert.equal(verified.exitCode, 0, verified.stderr);
    await inBanner('undo').waitFor();
    assert.match(await banner().innerText(), /Was reset to “Verify: /);
    assert.equal(await inBanner('resetToLastGreen').count(), 0);
    await screenshot(page, 'landing-5-green-again');

    await inBanner('undo').click();
    await toasts(page, 'The reset was taken back').waitFor();
    await inBanner('resetToLastGreen').waitFor();
    assert.deepEqual(present(), cutOff);
    await screenshot(page, 'landing-6-undone');
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('Keep and Go On waits over a restart of the window, which says nothing twice', async () => {
    const { report } = await onlyInterruption();
    const offered = (await inBanner('goOn').innerText()).replace('Keep and Go On at ', '');
    await inBanner('goOn').click();
    await toasts(page, /At [\d: -]+ you are asked whether to go on\./).waitFor();
    await banner().getByText(`Set to go on at ${offered}.`).waitFor();
    assert.equal(await inBanner('goOn').count(), 0);
    assert.equal((await onlyInterruption()).state.goOnAt, resetsAt * 1000 + 60_000);
    await screenshot(page, 'landing-7-goes-on-later');

    await reload();
    await banner().getByText(`Set to go on at ${offered}.`).waitFor();
    await staysSilent();

    // The window is opened again when the hours until then are over.
    clock.move(resetsAt * 1000 + 60_000 - Date.now());
    await reload();
    const question = toasts(page, `Time to go on with “${task}”`);
    await question.waitFor();
    const command = `claude --resume ${report.sessionId}`;
    assert.ok((await question.innerText()).includes(command));
    await screenshot(page, 'landing-8-time-to-go-on');
    await question.getByRole('button', { name: 'Copy Command' }).click();
    await until('the command on the clipboard', async () =>
      page.evaluate(async (text) => (await navigator.clipboard.readText()) === text, command),
    );
    assert.ok((await onlyInterruption()).state.goOnToldAt);

    await changeState(place.state, report.id, () => ({ goOnAt: clock.now() + 500, goOnToldAt: null }));
    await question.getByRole('button', { name: 'Run in Terminal' }).click();
    // No agent is on this terminal's path: what was typed there is enough.
    await until('the command in a terminal', async () =>
      (await page.locator('.terminal-wrapper.active .xterm-rows').innerText())
        .replaceAll('\u00A0', ' ')
        .includes(command),
    );
    await screenshot(page, 'landing-8-run-in-terminal');
    await runCommand(page, 'Terminal: Kill All Terminals');

    await reload();
    await banner().waitFor();
    await staysSilent();
    assert.deepEqual(present(), cutOff);
  });

  it('what is dismissed stays away', async () => {
    await inBanner('dismissInterruption').click();
    await banner().waitFor({ state: 'detached' });
    await screenshot(page, 'landing-9-dismissed');
    await reload();
    await staysSilent();
    assert.equal(await banner().count(), 0);
    const { dismissedAt } = (await onlyInterruption()).state;
    assert.ok(dismissedAt);
    assert.equal((await place.cliJson<{ interruption: unknown }>('status')).interruption, null);
  });

  it('asked no other host for anything', () => {
    assert.deepEqual(window.foreignHosts(), []);
    assert.deepEqual(place.api.surprises, []);
    const events = readFileSync(eventLogFile(place.state), 'utf8');
    assert.equal(events.match(/"landing\.told"/g)?.length, 1);
  });
});
