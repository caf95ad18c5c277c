import assert from 'node:assert/strict';
import { budgets } from '../../support/budgets.ts';
import { checkpoint, folder, gauge, many, plan, snapshot, typical } from './panelSnapshots.ts';
import { PanelSuite } from './panelSuite.ts';

const root = '/home/ada/app';

describe('panel behaviour', function () {
  this.timeout(60_000);
  const suite = new PanelSuite();

  it('says ready once, and keeps the bundle in its budget', async () => {
    assert.deepEqual(await suite.panel.sent(), [{ type: 'ready' }]);
    assert.ok((suite.browser.files.get('/panel.js')?.length ?? Infinity) <= (budgets['webview/panel.js'] ?? 0));
  });

  it('sends what each button says', async () => {
    await suite.panel.sent();
    const press = async (name: string | RegExp): Promise<unknown[]> => {
      await suite.page.getByRole('button', { name }).click();
      return suite.panel.sent();
    };
    const bare = folder({ checkpoints: [], hooksInstalled: false });
    await suite.panel.show(snapshot({ folders: [] }));
    assert.deepEqual(await press('Open Folder'), [{ type: 'openFolder' }]);
    await suite.panel.show(snapshot({ folders: [folder({ ...bare, problem: 'untrusted' })] }));
    assert.deepEqual(await press('Manage Workspace Trust'), [{ type: 'manageTrust' }]);
    await suite.panel.show(snapshot({ folders: [folder({ ...bare, problem: 'not-a-repository' })] }));
    assert.deepEqual(await press('Create Checkpoint'), [{ type: 'createCheckpoint', root }]);
    assert.deepEqual(await press('Initialize Repository'), [{ type: 'initRepository', root }]);
    await suite.panel.show(snapshot({ folders: [folder({ ...bare, problem: 'failed', detail: 'Disk full.' })] }));
    assert.deepEqual(await press('Show Log'), [{ type: 'showLog' }]);
    await suite.panel.show(snapshot({ folders: [bare] }));
    assert.deepEqual(await press('Install Agent Hooks'), [{ type: 'installHooks', root }]);
    assert.deepEqual(await press('Create Checkpoint'), [{ type: 'createCheckpoint', root }]);
    await suite.panel.show(snapshot({ folders: [folder({ undoable: 'Fix the login' })] }));
    assert.deepEqual(await press('Undo Reset'), [{ type: 'undo', root }]);
    for (const problem of ['no-git', 'git-too-old'] as const) {
      await suite.panel.show(snapshot({ folders: [folder({ ...bare, problem })] }));
      const link = suite.page.getByRole('link', { name: /Git$/ });
      assert.equal(await link.getAttribute('href'), 'https://git-scm.com/downloads');
    }
  });

  it('says what it will do with the chunk that is next', async () => {
    const start = suite.page.locator('[data-action=startNextChunk]');
    for (const [status, label] of [
      ['open', 'Start Next Chunk'],
      ['begun', 'Continue Chunk'],
      ['red', 'Fix Chunk'],
    ] as const) {
      const chunks = plan.chunks.map((chunk) => (chunk.number === plan.next ? { ...chunk, status } : chunk));
      await suite.panel.show(snapshot({ folders: [folder({ plan: { ...plan, chunks } })] }));
      assert.equal(await start.innerText(), label);
    }
  });

  it('asks for the reset of the row that is pointed at, once', async () => {
    await suite.panel.show(snapshot());
    await suite.panel.sent();
    await suite.rows.nth(1).hover();
    const button = suite.page.getByRole('button', { name: 'Reset to “Before trying the new router”' });
    await button.click();
    assert.deepEqual(await suite.panel.sent(), [{ type: 'reset', root, id: typical[3]?.id }]);
    await suite.panel.show(snapshot({ folders: [folder({ busy: 'reset' })] }));
    const running = suite.page.getByRole('button', { name: 'Resetting…' });
    assert.equal(await running.getAttribute('aria-disabled'), 'true');
    await running.click({ force: true });
    await suite.page.getByRole('button', { name: 'Create Checkpoint' }).click({ force: true });
    assert.deepEqual(await suite.panel.sent(), []);
    await suite.panel.show(snapshot());
    assert.equal(await running.count(), 0);
  });

  it('drops an older snapshot that arrives late', async () => {
    const older = snapshot({ folders: [] });
    await suite.panel.show(snapshot());
    await suite.panel.show(older);
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), 8);
  });

  it('remembers where the user was, and nothing else', async () => {
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    await suite.rows.nth(2).click();
    await suite.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 4000));
    await suite.page.waitForFunction(() => JSON.stringify(window.state).includes('4000'));
    const state = await suite.page.evaluate(() => window.state);
    assert.deepEqual(state, {
      scroll: 4000,
      active: { [root]: many(500)[2]?.id },
      collapsed: [],
      open: [],
      filters: {},
    });
    const again = await suite.browser.open({ state });
    await again.show(snapshot({ folders: [folder({ checkpoints: many(500) })] }));
    assert.equal(await again.page.evaluate(() => document.querySelector('main')?.scrollTop), 4000);
    await again.close();
  });

  it('says how many there are and what they take, and offers to prune them', async () => {
    await suite.panel.show(snapshot());
    await suite.page.getByText('10 checkpoints', { exact: true }).waitFor();
    await suite.panel.show(snapshot({ folders: [folder({ disk: { bytes: 1_234_567_890, policy: 'All stay.' } })] }));
    await suite.panel.sent();
    const button = suite.page.getByRole('button', { name: '10 checkpoints, 1.2 GB' });
    assert.match((await button.getAttribute('title')) ?? '', /^All stay\.\nPrune Old Checkpoints…$/);
    await button.click();
    assert.deepEqual(await suite.panel.sent(), [{ type: 'prune', root }]);
  });

  it('folds a folder among several', async () => {
    await suite.panel.show(snapshot({ folders: [folder(), folder({ root: '/b', name: 'b', checkpoints: [] })] }));
    const heading = suite.page.getByRole('button', { name: 'app', exact: true });
    assert.equal(await heading.getAttribute('aria-expanded'), 'true');
    await heading.click();
    assert.equal(await heading.getAttribute('aria-expanded'), 'false');
    assert.equal(await suite.list.count(), 0);
  });

  it('tells a screen reader of new checkpoints, at most once in five seconds', async () => {
    const region = suite.page.getByRole('status');
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
    await suite.panel.show(withNew(0));
    assert.equal(await region.textContent(), '');
    await suite.panel.show(withNew(1));
    assert.equal(await region.textContent(), 'Checkpoint created, 3 files changed');
    await suite.panel.show(withNew(2));
    await suite.panel.show(withNew(4));
    assert.equal(await region.textContent(), 'Checkpoint created, 3 files changed');
    await suite.page.waitForFunction(
      () => document.querySelector('[role=status]')?.textContent === '3 checkpoints created',
    );
  });

  it('describes each window to a screen reader', async () => {
    await suite.panel.show(snapshot({ gauge }));
    const meter = suite.page.getByRole('meter', { name: '5-hour window' });
    assert.equal(await meter.getAttribute('aria-valuenow'), '62');
    assert.equal(
      await meter.getAttribute('aria-valuetext'),
      '5-hour window: 62 percent used, the last 20 percent are the reserve, On course, resets 16:24',
    );
  });
});
