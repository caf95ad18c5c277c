import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { calculator, calculatorFiles, planText, writesTheCalculator } from '../support/claude/chunkScenarios.ts';
import { agreeToEverything, subscriberEnvironment } from '../support/claude/claudeTerminal.ts';
import type { Scenario, Step } from '../support/claude/messagesApi.ts';
import { claudeConfigFolder } from '../support/claude/runClaude.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';
import { installClaude } from '../support/installAgents.ts';
import { openEditor, openPanel, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import { dialogBox, dialogButton, resizeSidebar, runCommand, screenshot, toasts, until } from '../support/workbench.ts';

const longCriterion = `add works${' with numbers of every kind'.repeat(40)}`;

interface PlanReport {
  readonly plan: { readonly chunks: readonly { readonly status: string; readonly costTokens: number | null }[] };
}

// Who runs in which terminal is told by `ps`.
if (process.platform === 'linux' || process.platform === 'darwin')
  describe('a plan, chunk by chunk, with the real Claude Code in the integrated terminal', function () {
    this.timeout(120_000);
    let place: Workplace;
    let window: EditorWindow;
    let page: Page;
    let panel: FrameLocator;

    before(async () => {
      const program = await installClaude();
      place = await openWorkplace({ files: calculatorFiles, name: 'calculator' });
      await place.cliJson('install', 'claude', '--scope', 'user');
      // Its first prompt is longer than what Claude Code takes for typed.
      place.repository.write('.soft-landing/plan.md', planText.replace('add works', longCriterion));
      place.repository.write('.soft-landing/.gitignore', '*\n');
      agreeToEverything(place.home, realpathSync(place.repository.dir));
      const { PATH = '', ...login } = subscriberEnvironment(place.home, place.api);
      // A setting takes a variable away by null.
      const variables = Object.fromEntries(Object.entries(login).map(([name, value]) => [name, value ?? null]));
      const environment = { ...variables, PATH: `${dirname(program)}:${PATH}`, SOFT_LANDING_HOME: place.state };
      window = await openEditor({
        viewport: { width: 1440, height: 900 },
        open: place.repository.dir,
        home: place.home,
        env: { SOFT_LANDING_HOME: place.state },
        settings: {
          'softLanding.budgets': { tokensPerDay: 200_000 },
          'softLanding.verify.command': 'node test.js',
          'terminal.integrated.env.linux': environment,
          'terminal.integrated.env.osx': environment,
          'terminal.integrated.profiles.linux': { sh: { path: '/bin/sh' } },
          'terminal.integrated.defaultProfile.linux': 'sh',
          'terminal.integrated.shellIntegration.enabled': false,
        },
      });
      ({ page, panel } = window);
    });
    after(async () => {
      await window.close();
      await place.close();
    });
    pictureFailures(() => page);

    const statuses = async (): Promise<string> =>
      (await place.cliJson<PlanReport>('plan', 'show')).plan.chunks.map(({ status }) => status).join();
    const toBe = (wanted: string): Promise<void> =>
      until(`the plan to be ${wanted}`, async () => (await statuses()) === wanted, 60_000);
    const startNext = (): Locator => panel.locator('[data-action=startNextChunk]');
    const press = (text: string | RegExp, button: string): Promise<void> =>
      toasts(page, text).getByRole('button', { name: button }).click();
    const chunk = (number: number): Locator => panel.locator('.chunk').nth(number - 1);
    /** What Claude Code says of itself; null while it does not run. */
    const agentStatus = (): string | null => {
      const folder = join(claudeConfigFolder(place.home), 'sessions');
      const [file] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
      if (file === undefined) return null;
      return (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { status?: string }).status ?? null;
    };
    const idle = (): Promise<void> =>
      until('the agent to be idle', () => Promise.resolve(agentStatus() === 'idle'), 60_000);
    const write = (operations: Parameters<typeof calculator>[0], wrong?: Parameters<typeof calculator>[1]): Scenario =>
      writesTheCalculator(place.repository.dir, calculator(operations, wrong));
    /** The prompts that came to the model, newest last. */
    const prompts = (): readonly string[] =>
      place.api.requests
        .filter(({ lane, body }) => lane === 'main' && body.tools.length > 0)
        .map(({ body }) => JSON.stringify(body.messages));

    it('the plan is in the panel, with the budget of each chunk', async () => {
      await openPanel(window);
      await chunk(3).waitFor();
      await resizeSidebar(page, 380);
      assert.match(await chunk(1).innerText(), /add\s+.*20K/s);
      await screenshot(page, 'plan-1-before');
    });

    it("Estimate Task, from the panel's title, asks for the task and answers with a range, what it rests on and a way on", async () => {
      await page.getByRole('button', { name: 'Estimate Task…' }).click();
      await page.getByPlaceholder('Refactor the parser in src/parse.ts').fill('Fix the rounding in calculator.js');
      await screenshot(page, 'plan-1-estimate-question');
      await page.keyboard.press('Enter');
      const toast = toasts(page, 'It rests on rules of thumb; there is no history yet.');
      await toast.waitFor();
      assert.match(
        await toast.innerText(),
        /There is room for this task\. Likely \S+ tokens \(\S+ to \S+\)\. Up to \S+ % of the daily budget; 80 % are left above the reserve\./,
      );
      await screenshot(page, 'plan-1-estimate');
      await toast.getByRole('button', { name: 'Split into Chunks' }).click();
      await toasts(page, 'The task and the request to split it are in the clipboard').waitFor();
      assert.match(
        await page.evaluate('navigator.clipboard.readText()'),
        /^Fix the rounding in calculator\.js\n\n[\s\S]*write them to \.soft-landing\/plan\.md/,
      );
      await runCommand(page, 'Notifications: Clear All Notifications');
    });

    it('Start Next Chunk types the prompt into the terminal in which the agent waits; green is ticked, with its cost', async () => {
      await runCommand(page, 'Terminal: Create New Terminal');
      const terminal = page.locator('.terminal-wrapper.active .xterm-helper-textarea');
      await terminal.waitFor({ state: 'attached' });
      await terminal.focus();
      await page.keyboard.type('claude --permission-mode acceptEdits');
      await page.keyboard.press('Enter');
      await idle();
      place.api.play(write(['add']));
      await page.keyboard.type('Half a thought');
      const screen = page.locator('.terminal-wrapper.active .xterm-rows');
      const isOnScreen = async () => /Half\s+a\s+thought/.test(await screen.innerText());
      await until('what is typed to be on the screen', isOnScreen);
      // The row of its session pushes the plan down when it comes: a click in that very moment hits nothing.
      await panel.getByText('Idle', { exact: false }).first().waitFor();
      await startNext().click();
      await toBe('done,open,open');
      // As long as it is pointed at, it stays.
      await toasts(page, 'Chunk 1 is green: add').hover();
      const prompt = prompts().at(0) ?? '';
      assert.match(prompt, /Work on chunk 1 of 3: add \(plan .* do not begin the next one\./);
      assert.ok(prompt.includes(longCriterion));
      assert.doesNotMatch(prompt, /Half a thought/);
      const named = (await place.checkpoints()).filter(({ label }) => label.startsWith('Work on chunk 1 of 3'));
      assert.ok(named.length > 0, 'checkpoints are named after the prompt');
      assert.equal(await isOnScreen(), false);
      await terminal.focus();
      await page.keyboard.press('Control+y');
      await until('what was typed to be back', isOnScreen);
      await page.keyboard.press('Control+u');
      await until('the line to be empty', async () => !(await isOnScreen()));
      await until('the cost in the panel', async () => (await chunk(1).innerText()).includes('3.2K of 20K'));
      await screenshot(page, 'plan-2-green');
    });

    it('an agent at work is not typed to: the prompt is in the clipboard, and goes to the terminal later', async () => {
      let answer: (step: Step) => void = () => undefined;
      const held = new Promise<Step>((give) => (answer = give));
      place.api.play({ main: [() => held] });
      await idle();
      await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
      await page.keyboard.type('What is a calculator?');
      await page.keyboard.press('Enter');
      await until('the agent to be at work', () => Promise.resolve(agentStatus() === 'busy'));
      await press('Chunk 1 is green', 'Start Next Chunk');
      await toasts(page, 'the agent is at work').waitFor();
      assert.match(await page.evaluate('navigator.clipboard.readText()'), /^Work on chunk 2 of 3/);
      await screenshot(page, 'plan-3-busy');
      answer({ text: 'A machine that adds.' });
      await idle();
      assert.doesNotMatch(prompts().at(-1) ?? '', /Work on chunk 2/);

      place.api.play(write(['add', 'subtract']));
      assert.equal(await startNext().innerText(), 'Continue Chunk');
      await startNext().click();
      await toBe('done,done,open');
      await toasts(page, 'Chunk 2 is green: subtract').waitFor();
    });

    it('red: what failed is shown; Reset to Last Green opens the chunk again', async () => {
      await runCommand(page, 'Notifications: Clear All Notifications');
      await idle();
      place.api.play(write(['add', 'subtract', 'multiply'], 'multiply'));
      await startNext().click();
      await toBe('done,done,red');
      await toasts(page, 'Chunk 3 is red: node test.js failed with exit code 1.').waitFor();
      await panel.locator('.failure').waitFor();
      assert.match(await panel.locator('.failure').innerText(), /8 !== 6|ERR_ASSERTION/);
      assert.equal(await startNext().innerText(), 'Fix Chunk');
      await screenshot(page, 'plan-4-red');
      await press('Chunk 3 is red', 'Reset to Last Green');
      await dialogBox(page).waitFor();
      await screenshot(page, 'plan-5-reset-question');
      await dialogButton(page, /^Reset \d+ Files?$/).click();
      await toBe('done,done,open');
      assert.equal(place.repository.read('calculator.js'), calculator(['add', 'subtract']));
      await panel.locator('.failure').waitFor({ state: 'detached' });
      await screenshot(page, 'plan-6-reset');
    });

    it('red again: Fix hands the agent what failed, and the chunk comes out green', async () => {
      await runCommand(page, 'Notifications: Clear All Notifications');
      await idle();
      place.api.play(write(['add', 'subtract', 'multiply'], 'multiply'));
      await startNext().click();
      await toasts(page, 'Chunk 3 is red').waitFor();
      await idle();
      place.api.play(write(['add', 'subtract', 'multiply']));
      await press('Chunk 3 is red', 'Fix');
      await toBe('done,done,done');
      assert.match(prompts().at(-1) ?? '', /Chunk 3 of the plan .* is not finished: its verify command failed\./);
      await toasts(page, 'Nothing is left to do in the plan').waitFor();
      await screenshot(page, 'plan-7-done');
    });

    it('an agent that was cut off by a limit, and goes on by itself, is not typed to', async () => {
      await runCommand(page, 'Notifications: Clear All Notifications');
      place.repository.write(
        '.soft-landing/plan.md',
        `${place.repository.read('.soft-landing/plan.md').trimEnd()}\n- [ ] divide\n`,
      );
      await chunk(4).waitFor();
      await idle();
      place.api.play({ main: [{ refused: { message: 'Your limit is reached.', headers: rejected() } }] });
      await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
      await page.keyboard.type('Go on');
      await page.keyboard.press('Enter');
      const before = prompts().length;
      await until('the request', () => Promise.resolve(prompts().length > before));
      await until('the limit on the screen', async () =>
        /limit/i.test(await page.locator('.terminal-wrapper.active .xterm-rows').innerText()),
      );
      await idle();
      // It comes above the plan, and moves the button.
      await panel.locator('.recovery').waitFor();
      const asked = prompts().length;
      // The agent shows a limit before it writes it down.
      await panel.locator('.window', { hasText: 'Used up' }).first().waitFor();
      await startNext().click();
      // Nothing is left of the window, and that is asked first.
      const dialog = dialogBox(page);
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /Chunk 4 does not fit .*“5-hour window” is used up, and resets in 2 h/s);
      await screenshot(page, 'plan-8-no-room');
      await dialogButton(page, 'Begin Anyway').click();
      await toasts(page, 'the agent was cut off, and may go on by itself').waitFor();
      assert.equal(prompts().length, asked);
      await screenshot(page, 'plan-9-cut-off');
    });

    it('asked no other host for anything', () => {
      assert.deepEqual(window.foreignHosts(), []);
      // Its terminal interface asks for news of itself; the proxy that leads nowhere says no.
      assert.deepEqual(
        place.api.surprises.filter((surprise) => !surprise.startsWith('CONNECT ')),
        [],
      );
    });
  });

/** As the vendor tells a subscriber that the five hours are used up. */
function rejected(): Readonly<Record<string, string>> {
  const resetAt = String(Math.floor(Date.now() / 1000) + 7200);
  const prefix = 'anthropic-ratelimit-unified';
  return {
    [`${prefix}-status`]: 'rejected',
    [`${prefix}-representative-claim`]: 'five_hour',
    [`${prefix}-reset`]: resetAt,
    [`${prefix}-5h-status`]: 'rejected',
    [`${prefix}-5h-utilization`]: '1.01',
    [`${prefix}-5h-reset`]: resetAt,
    [`${prefix}-overage-status`]: 'rejected',
  };
}
