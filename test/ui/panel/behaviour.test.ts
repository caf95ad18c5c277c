import assert from 'node:assert/strict';
import * as v from 'valibot';
import { panelMessageSchema } from '../../../src/protocol/panel.ts';
import { budgets } from '../../support/budgets.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { checkpoint, folder, gauge, many, plan, snapshot, typical } from './panelSnapshots.ts';

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

  const list = () => panel.page.getByRole('tree');
  const rows = () => panel.page.getByRole('treeitem');

  it('says ready once, and keeps the bundle in its budget', async () => {
    assert.deepEqual(await sent(), [{ type: 'ready' }]);
    assert.ok((browser.files.get('/panel.js')?.length ?? Infinity) <= (budgets['webview/panel.js'] ?? 0));
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

  it('says what it will do with the chunk that is next', async () => {
    const start = panel.page.locator('[data-action=startNextChunk]');
    for (const [status, label] of [
      ['open', 'Start Next Chunk'],
      ['begun', 'Continue Chunk'],
      ['red', 'Fix Chunk'],
    ] as const) {
      const chunks = plan.chunks.map((chunk) => (chunk.number === plan.next ? { ...chunk, status } : chunk));
      await panel.show(snapshot({ folders: [folder({ plan: { ...plan, chunks } })] }));
      assert.equal(await start.innerText(), label);
    }
  });

  it('asks for the reset of the row that is pointed at, once', async () => {
    await panel.show(snapshot());
    await sent();
    await rows().nth(1).hover();
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

  it('drops an older snapshot that arrives late', async () => {
    const older = snapshot({ folders: [] });
    await panel.show(snapshot());
    await panel.show(older);
    await panel.settled();
    assert.equal(await rows().count(), 8);
  });

  it('remembers where the user was, and nothing else', async () => {
    await panel.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    await rows().nth(2).click();
    await panel.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 4000));
    await panel.page.waitForFunction(() => JSON.stringify(window.state).includes('4000'));
    const state = await panel.page.evaluate(() => window.state);
    assert.deepEqual(state, {
      scroll: 4000,
      active: { [root]: many(500)[2]?.id },
      collapsed: [],
      open: [],
      filters: {},
    });
    const again = await browser.open({ state });
    await again.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    assert.equal(await again.page.evaluate(() => document.querySelector('main')?.scrollTop), 4000);
    await again.close();
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
