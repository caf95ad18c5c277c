import assert from 'node:assert/strict';
import * as v from 'valibot';
import { panelMessageSchema } from '../../../src/protocol/panel.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { checkpoint, folder, gauge, many, snapshot, typical } from './panelSnapshots.ts';

const root = '/home/ada/app';

describe('panel behaviour', function () {
  this.timeout(60_000);
  let browser: PanelBrowser;
  let panel: PanelPage;

  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    panel = await browser.open();
  });
  afterEach(async () => {
    assert.deepEqual(await panel.problems(), []);
    await panel.close();
  });

  /** What the panel has sent since last asked, each message valid by the host's schema. */
  async function sent(): Promise<unknown[]> {
    const messages = await panel.sent();
    for (const message of messages) v.parse(panelMessageSchema, message);
    return messages;
  }

  const list = () => panel.page.getByRole('listbox');
  const activeLabel = (): Promise<string | undefined> =>
    panel.page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant') ?? '';
      return document.getElementById(id)?.querySelector('.label')?.textContent ?? undefined;
    });

  it('says ready once, and keeps the bundle in its budget', async () => {
    assert.deepEqual(await sent(), [{ type: 'ready' }]);
    assert.ok((browser.files.get('/panel.js')?.length ?? Infinity) <= 40_000);
  });

  it('sends what each button says', async () => {
    await sent();
    const press = async (name: string | RegExp): Promise<unknown[]> => {
      await panel.page.getByRole('button', { name }).click();
      return sent();
    };
    const bare = folder({ checkpoints: [], hooksInstalled: false });
    await panel.show(snapshot({ folders: [] }));
    assert.deepEqual(await press('Open Folder'), [{ type: 'openFolder' }]);
    await panel.show(snapshot({ folders: [folder({ ...bare, problem: 'untrusted' })] }));
    assert.deepEqual(await press('Manage Workspace Trust'), [{ type: 'manageTrust' }]);
    await panel.show(snapshot({ folders: [folder({ ...bare, problem: 'not-a-repository' })] }));
    assert.deepEqual(await press('Create Checkpoint'), [{ type: 'createCheckpoint', root }]);
    assert.deepEqual(await press('Initialize Repository'), [{ type: 'initRepository', root }]);
    await panel.show(snapshot({ folders: [folder({ ...bare, problem: 'failed', detail: 'Disk full.' })] }));
    assert.deepEqual(await press('Show Log'), [{ type: 'showLog' }]);
    await panel.show(snapshot({ folders: [bare] }));
    assert.deepEqual(await press('Install Agent Hooks'), [{ type: 'installHooks', root }]);
    assert.deepEqual(await press('Create Checkpoint'), [{ type: 'createCheckpoint', root }]);
    await panel.show(snapshot({ folders: [folder({ undoable: 'Fix the login' })] }));
    assert.deepEqual(await press('Undo Reset'), [{ type: 'undo', root }]);
    for (const problem of ['no-git', 'git-too-old'] as const) {
      await panel.show(snapshot({ folders: [folder({ ...bare, problem })] }));
      const link = panel.page.getByRole('link', { name: /Git$/ });
      assert.equal(await link.getAttribute('href'), 'https://git-scm.com/downloads');
    }
  });

  it('asks for the reset of the row that is pointed at, once', async () => {
    await panel.show(snapshot());
    await sent();
    await panel.page.getByRole('option').nth(3).hover();
    const button = panel.page.getByRole('button', { name: 'Reset to “Before trying the new router”' });
    await button.click();
    assert.deepEqual(await sent(), [{ type: 'reset', root, id: typical[3]?.id }]);
    await panel.show(snapshot({ folders: [folder({ busy: 'reset' })] }));
    const running = panel.page.getByRole('button', { name: 'Resetting…' });
    assert.equal(await running.getAttribute('aria-disabled'), 'true');
    await running.click({ force: true });
    await panel.page.getByRole('button', { name: 'Create Checkpoint' }).click({ force: true });
    assert.deepEqual(await sent(), []);
    await panel.show(snapshot());
    assert.equal(await running.count(), 0);
  });

  it('works by keyboard alone, with one tab stop for the list', async () => {
    await panel.show(snapshot());
    await sent();
    await panel.page.keyboard.press('Tab');
    assert.equal(await panel.page.evaluate(() => document.activeElement?.textContent), 'Create Checkpoint');
    await panel.page.keyboard.press('Tab');
    assert.equal(await list().evaluate((element) => element === document.activeElement), true);
    assert.equal(await activeLabel(), typical[0]?.label);
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    assert.equal(await activeLabel(), 'Before trying the new router');
    await panel.page.keyboard.press('Enter');
    await panel.page.keyboard.press('r');
    await panel.page.keyboard.press('c');
    const reset = { type: 'reset', root, id: typical[3]?.id };
    assert.deepEqual(await sent(), [reset, reset, { type: 'createCheckpoint', root }]);
    await panel.page.keyboard.press('Control+r');
    assert.deepEqual(await sent(), []);
    await panel.page.keyboard.press('End');
    assert.equal(await activeLabel(), 'Release 1.4');
    await panel.page.keyboard.press('Home');
    assert.equal(await activeLabel(), typical[0]?.label);
  });

  it('keeps a flat DOM over 10,000 checkpoints and 500 scrolls', async () => {
    const rows = many(10_000);
    const data = snapshot({ folders: [folder({ checkpoints: rows })] });
    const paint = await panel.page.evaluate(async (message) => {
      const start = performance.now();
      window.postMessage(message, '*');
      await new Promise<void>((resolve) => {
        new MutationObserver((_, observer) => {
          if (document.querySelector('.row') === null) return;
          observer.disconnect();
          resolve();
        }).observe(document.body, { childList: true, subtree: true });
      });
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now() - start;
    }, data);
    console.log(`        first paint of 10,000 checkpoints: ${paint.toFixed(0)} ms`);
    const counts = await panel.page.evaluate(async () => {
      const main = document.querySelector('main');
      const counts: number[] = [];
      for (let step = 1; step <= 500; step++) {
        main?.scrollTo(0, step * 880);
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
        counts.push(document.querySelectorAll('*').length);
      }
      return counts;
    });
    assert.ok(Math.max(...counts) < 800, `at most ${Math.max(...counts)} elements`);
    assert.ok(Math.max(...counts.slice(250)) <= Math.max(...counts.slice(0, 250)) + 40, 'no growth');
    const last = panel.page.getByRole('option').last();
    assert.equal(await last.getAttribute('aria-setsize'), '10000');
    assert.equal(await last.getAttribute('aria-posinset'), '10000');
  });

  it('keeps the active row in the DOM, and Page and End reach it', async () => {
    const rows = many(10_000);
    await panel.show(snapshot({ folders: [folder({ checkpoints: rows })] }));
    await list().focus();
    await panel.page.keyboard.press('PageDown');
    const label = await activeLabel();
    assert.notEqual(label, rows[0]?.label);
    await panel.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 200_000));
    await panel.settled();
    assert.equal(await activeLabel(), label);
    await panel.page.keyboard.press('End');
    await panel.settled();
    assert.equal(await activeLabel(), rows.at(-1)?.label);
    assert.equal(await panel.page.getByRole('option', { selected: true }).isVisible(), true);
  });

  it('holds what is being read while new checkpoints arrive', async () => {
    const rows = many(1000);
    await panel.show(snapshot({ folders: [folder({ checkpoints: rows.slice(10) })] }));
    await panel.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 8000));
    await panel.settled();
    const top = (): Promise<number | undefined> =>
      panel.page.evaluate(
        (id) => document.querySelector(`.row[data-id="${id}"]`)?.getBoundingClientRect().y,
        rows[200]?.id ?? '',
      );
    const before = await top();
    assert.notEqual(before, undefined);
    await panel.show(snapshot({ folders: [folder({ checkpoints: rows })] }));
    assert.equal(await top(), before);
  });

  it('drops an older snapshot that arrives late', async () => {
    const older = snapshot({ folders: [] });
    await panel.show(snapshot());
    await panel.show(older);
    assert.equal(await panel.page.getByRole('option').count(), typical.length);
  });

  it('remembers where the user was, and nothing else', async () => {
    await panel.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    await panel.page.getByRole('option').nth(2).click();
    await panel.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 4000));
    await panel.page.waitForFunction(() => JSON.stringify(window.state).includes('4000'));
    const state = await panel.page.evaluate(() => window.state);
    assert.deepEqual(state, { scroll: 4000, active: { [root]: many(500)[2]?.id }, collapsed: [] });
    const again = await browser.open({ state });
    await again.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    assert.equal(await again.page.evaluate(() => document.querySelector('main')?.scrollTop), 4000);
    await again.close();
  });

  it('opens the menu of the row that is meant, by mouse and by keyboard', async () => {
    const [first, second, , pinned] = typical;
    assert(first && second && pinned?.pinned === true);
    await panel.show(snapshot());
    // What VS Code does with the event: all contexts from the element outwards, the innermost first.
    await panel.page.evaluate(() => {
      addEventListener('contextmenu', (event) => {
        let context = {};
        const from = event.target instanceof Element ? event.target : null;
        for (let at = from?.closest<HTMLElement>('[data-vscode-context]'); at;) {
          context = { ...(JSON.parse(at.dataset['vscodeContext'] ?? '') as object), ...context };
          at = at.parentElement?.closest<HTMLElement>('[data-vscode-context]') ?? null;
        }
        window.sent.push({ context, y: event.clientY });
      });
    });
    const menu = async (): Promise<{ context: unknown; y: number } | undefined> =>
      (await panel.sent()).at(-1) as { context: unknown; y: number } | undefined;
    const contextOf = (row: (typeof typical)[number]) => ({
      webviewSection: 'checkpoint',
      checkpointRoot: root,
      checkpointId: row.id,
      checkpointPinned: row.pinned,
      preventDefaultContextMenuItems: true,
    });
    await panel.page.getByRole('option').nth(3).click({ button: 'right' });
    assert.deepEqual((await menu())?.context, contextOf(pinned));
    await panel.page.locator(`[data-action=reset][data-id="${pinned.id}"]`).click({ button: 'right' });
    assert.deepEqual((await menu())?.context, contextOf(pinned));

    await list().focus();
    await panel.page.keyboard.press('Home');
    await panel.page.keyboard.press('Shift+F10');
    const place = await panel.page.locator(`[role=option][data-id="${first.id}"]`).boundingBox();
    const opened = await menu();
    assert.deepEqual(opened?.context, contextOf(first));
    assert.ok(place && opened.y > place.y && opened.y < place.y + place.height + 1, 'beside its row');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ContextMenu');
    assert.deepEqual((await menu())?.context, contextOf(second));
  });

  it('says how many there are and what they take, and offers to prune them', async () => {
    await panel.show(snapshot());
    await panel.page.getByText('10 checkpoints', { exact: true }).waitFor();
    await panel.show(snapshot({ folders: [folder({ disk: { bytes: 1_234_567_890, policy: 'All stay.' } })] }));
    await panel.sent();
    const button = panel.page.getByRole('button', { name: '10 checkpoints, 1.2 GB' });
    assert.match((await button.getAttribute('title')) ?? '', /^All stay\.\nPrune Old Checkpoints…$/);
    await button.click();
    assert.deepEqual(await sent(), [{ type: 'prune', root }]);
  });

  it('folds a folder among several', async () => {
    await panel.show(snapshot({ folders: [folder(), folder({ root: '/b', name: 'b', checkpoints: [] })] }));
    const heading = panel.page.getByRole('button', { name: 'app', exact: true });
    assert.equal(await heading.getAttribute('aria-expanded'), 'true');
    await heading.click();
    assert.equal(await heading.getAttribute('aria-expanded'), 'false');
    assert.equal(await list().count(), 0);
  });

  it('tells a screen reader of new checkpoints, at most once in five seconds', async () => {
    const region = panel.page.getByRole('status');
    const withNew = (count: number) =>
      snapshot({
        folders: [
          folder({
            checkpoints: [
              ...Array.from({ length: count }, (_, index) => checkpoint(index - count, { changedFiles: 3 })),
              ...typical,
            ],
          }),
        ],
      });
    await panel.show(withNew(0));
    assert.equal(await region.textContent(), '');
    await panel.show(withNew(1));
    assert.equal(await region.textContent(), 'Checkpoint created, 3 files changed');
    await panel.show(withNew(2));
    await panel.show(withNew(4));
    assert.equal(await region.textContent(), 'Checkpoint created, 3 files changed');
    await panel.page.waitForFunction(
      () => document.querySelector('[role=status]')?.textContent === '3 checkpoints created',
    );
  });

  it('describes each window to a screen reader', async () => {
    await panel.show(snapshot({ gauge }));
    const meter = panel.page.getByRole('meter', { name: '5-hour window' });
    assert.equal(await meter.getAttribute('aria-valuenow'), '62');
    assert.equal(
      await meter.getAttribute('aria-valuetext'),
      '5-hour window: 62 percent used, the last 20 percent are the reserve, On course, resets 16:24',
    );
  });
});
