import assert from 'node:assert/strict';
import { folder, inTurns, many, snapshot, typical } from './panelSnapshots.ts';
import { PanelSuite } from './panelSuite.ts';

const root = '/home/ada/app';

describe('the panel’s list of checkpoints', function () {
  this.timeout(60_000);
  const suite = new PanelSuite();

  const activeLabel = (): Promise<string | undefined> =>
    suite.page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant') ?? '';
      return document.getElementById(id)?.querySelector('.label')?.textContent ?? undefined;
    });

  it('works by keyboard alone, with one tab stop for the list', async () => {
    await suite.panel.show(snapshot());
    await suite.panel.sent();
    const focused = () => suite.page.evaluate(() => document.activeElement?.getAttribute('data-action'));
    await suite.page.keyboard.press('Tab');
    assert.equal(await focused(), 'filter');
    await suite.page.keyboard.press('Tab');
    assert.equal(await focused(), 'createCheckpoint');
    await suite.page.keyboard.press('Tab');
    assert.equal(await suite.list.evaluate((element) => element === document.activeElement), true);
    assert.equal(await activeLabel(), typical[2]?.label);
    await suite.page.keyboard.press('ArrowDown');
    assert.equal(await activeLabel(), 'Before trying the new router');
    await suite.page.keyboard.press('Enter');
    await suite.page.keyboard.press('r');
    await suite.page.keyboard.press('c');
    const reset = { type: 'reset', root, id: typical[3]?.id };
    assert.deepEqual(await suite.panel.sent(), [reset, reset, { type: 'createCheckpoint', root }]);
    await suite.page.keyboard.press('Control+r');
    assert.deepEqual(await suite.panel.sent(), []);
    await suite.page.keyboard.press('End');
    assert.equal(await activeLabel(), 'Release 1.4');
    await suite.page.keyboard.press('Home');
    assert.equal(await activeLabel(), typical[2]?.label);
  });

  it('does with a key whatever the context menu does', async () => {
    await suite.panel.show(snapshot());
    await suite.list.focus();
    await suite.page.keyboard.press('ArrowDown');
    await suite.panel.sent();
    const pinned = typical[3]?.id;
    const keys = ['p', 'F2', 'Delete', 'd', 'i', 'o', 'f', 'Control+c', 'v'];
    for (const key of keys) await suite.page.keyboard.press(key);
    const actions = ['unpin', 'rename', 'delete', 'changesSince', 'changesIn', 'openFile', 'resetFiles', 'copyId'];
    assert.deepEqual(await suite.panel.sent(), [
      ...actions.map((action) => ({ type: 'row', action, root, id: pinned })),
      { type: 'verify', root, id: pinned },
    ]);
    await suite.page.keyboard.press('ArrowDown');
    await suite.page.keyboard.press('p');
    assert.deepEqual(await suite.panel.sent(), [{ type: 'row', action: 'pin', root, id: typical[4]?.id }]);
  });

  it('puts the checkpoints of a prompt into one row, which opens and closes', async () => {
    await suite.panel.show(snapshot());
    await suite.panel.sent();
    const [turn] = await suite.rows.all();
    assert(turn !== undefined);
    assert.equal(await turn.getAttribute('aria-expanded'), 'false');
    assert.match(await turn.innerText(), /3 checkpoints/);
    // A prompt stands for the state before it.
    await turn.hover();
    await suite.page.getByRole('button', { name: `Reset to before “${typical[2]?.label ?? ''}”` }).click();
    assert.deepEqual(await suite.panel.sent(), [{ type: 'reset', root, id: typical[2]?.id }]);
    await suite.panel.show(snapshot());

    await suite.panel.settled();

    const count = await suite.rows.count();
    await turn.click();
    assert.equal(await turn.getAttribute('aria-expanded'), 'true');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), count + 3);
    const child = suite.rows.nth(2);
    assert.equal(await child.getAttribute('aria-level'), '2');
    assert.equal(await child.getAttribute('aria-posinset'), '2');
    assert.equal(await child.getAttribute('aria-setsize'), '3');
    assert.match(await child.innerText(), /Bash npm test/);

    await suite.list.focus();
    await suite.page.keyboard.press('Home');
    await suite.page.keyboard.press('ArrowRight');
    await suite.page.keyboard.press('r');
    assert.deepEqual(await suite.panel.sent(), [{ type: 'reset', root, id: typical[0]?.id }]);
    await suite.page.keyboard.press('ArrowLeft');
    await suite.page.keyboard.press('ArrowLeft');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), count);
    await suite.page.keyboard.press('Enter');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), count + 3);
    await suite.page.keyboard.press('Space');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), count);
    assert.deepEqual(await suite.panel.sent(), []);
  });

  it('filters by words, kind, agent and green', async () => {
    await suite.panel.show(snapshot());
    await suite.list.focus();
    await suite.page.keyboard.press('/');
    const words = suite.page.getByRole('searchbox');
    await suite.page.waitForFunction(() => document.activeElement?.matches('input'));
    await suite.page.keyboard.type('npm LOGIN');
    await suite.panel.settled();
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), 1);
    await suite.page.getByText('1 of 10 checkpoints').waitFor();
    // What is done to a part of a prompt is still done to the whole.
    await suite.page.keyboard.press('ArrowDown');
    await suite.panel.sent();
    await suite.page.keyboard.press('r');
    assert.deepEqual(await suite.panel.sent(), [{ type: 'reset', root, id: typical[2]?.id }]);
    await words.fill('no such words');
    await suite.page.getByText('No checkpoint matches.').waitFor();
    await suite.page.getByRole('button', { name: 'Clear Filter' }).click();
    await suite.page.getByLabel('All kinds').selectOption('manual');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), 2);
    await suite.page.getByLabel('All kinds').selectOption('');
    await suite.page.getByLabel('All agents').selectOption('codex');
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), 1);
    await suite.page.getByLabel('All agents').selectOption('');
    await suite.page.getByRole('button', { name: 'Green' }).click();
    await suite.panel.settled();
    assert.equal(await suite.rows.count(), 1);
    await words.focus();
    await suite.page.keyboard.press('Escape');
    await suite.panel.settled();
    assert.equal(await words.count(), 0);
    assert.equal(await suite.rows.count(), 8);
    assert.equal(await suite.list.evaluate((element) => element === document.activeElement), true);
  });

  it('asks for the sizes of what is in view, each once', async () => {
    const sizesAsked = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return suite.page.evaluate(
        () =>
          window.sent
            .splice(0)
            .flatMap(
              (message) => (message as { readonly type: string; readonly pairs?: readonly unknown[] }).pairs ?? [],
            ).length,
      );
    };
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: many(10_000) })] }));
    // On a busy machine in several goes, as the rows come: until none is asked for any more.
    let first = 0;
    for (let more = 0; more > 0 || first === 0; first += more) more = await sizesAsked();
    assert.ok(first > 5 && first <= 64, `${first} sizes`);
    assert.equal(await sizesAsked(), 0);
    await suite.page.locator('.added').first().waitFor();
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: many(10_000) })] }));
    assert.equal(await sizesAsked(), 0);
  });

  it('keeps a flat DOM over 10,000 checkpoints and 500 scrolls', async () => {
    const checkpoints = many(10_000);
    const data = snapshot({ folders: [folder({ checkpoints })] });
    await suite.panel.show(data);
    await suite.page.waitForFunction(() => document.querySelectorAll('.row:not(.pending)').length > 0);
    const counts = await suite.page.evaluate(async () => {
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
    await suite.page.locator('.row.pending').first().waitFor({ state: 'detached' });
    const last = suite.rows.last();
    assert.equal(await last.getAttribute('aria-setsize'), '10000');
    assert.equal(await last.getAttribute('aria-posinset'), '10000');
  });

  it('makes a turn of forty edits one row, also among ten thousand checkpoints', async () => {
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: inTurns(10_000, 40) })] }));
    assert.equal(await suite.rows.first().getAttribute('aria-setsize'), '250');
    await suite.page.getByText('10,000 checkpoints').waitFor();
    await suite.rows.first().click();
    await suite.panel.settled();
    assert.equal(await suite.page.locator('[aria-level="2"]').first().getAttribute('aria-setsize'), '40');
  });

  it('keeps the active row in the DOM, and Page and End reach it', async () => {
    const rows = many(10_000);
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: rows })] }));
    await suite.list.focus();
    await suite.page.keyboard.press('PageDown');
    const label = await activeLabel();
    assert.notEqual(label, rows[0]?.label);
    await suite.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 200_000));
    await suite.panel.settled();
    assert.equal(await activeLabel(), label);
    await suite.page.keyboard.press('End');
    await suite.panel.settled();
    assert.equal(await activeLabel(), rows.at(-1)?.label);
    assert.equal(await suite.page.getByRole('treeitem', { selected: true }).isVisible(), true);
  });

  it('holds what is being read while new checkpoints arrive', async () => {
    const rows = many(1000);
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: rows.slice(10) })] }));
    await suite.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 8000));
    await suite.panel.settled();
    const top = (): Promise<number | undefined> =>
      suite.page.evaluate(
        (id) => document.querySelector(`.row[data-id="${id}"]`)?.getBoundingClientRect().y,
        rows[200]?.id ?? '',
      );
    const before = await top();
    assert.notEqual(before, undefined);
    await suite.panel.show(snapshot({ folders: [folder({ checkpoints: rows })] }));
    assert.equal(await top(), before);
  });

  it('opens the menu of the row that is meant, by mouse and by keyboard', async () => {
    const [, , first, pinned, second] = typical;
    assert(first && second && pinned?.pinned === true);
    await suite.panel.show(snapshot());
    // What VS Code does with the event: all contexts from the element outwards, the innermost first.
    await suite.page.evaluate(() => {
      addEventListener('contextmenu', (event) => {
        let context = {};
        const from = event.target instanceof Element ? event.target : null;
        for (let at = from?.closest<HTMLElement>('[data-vscode-context]'); at;) {
          context = { ...(JSON.parse(at.dataset['vscodeContext'] ?? '') as object), ...context };
          at = at.parentElement?.closest<HTMLElement>('[data-vscode-context]') ?? null;
        }
        document.body.dataset['menu'] = JSON.stringify({ context, y: event.clientY });
      });
    });
    const menu = async (): Promise<{ context: unknown; y: number }> =>
      JSON.parse(await suite.page.evaluate(() => document.body.dataset['menu'] ?? 'null')) as {
        context: unknown;
        y: number;
      };
    const contextOf = (row: (typeof typical)[number]) => ({
      webviewSection: 'checkpoint',
      checkpointRoot: root,
      checkpointId: row.id,
      checkpointPinned: row.pinned,
      preventDefaultContextMenuItems: true,
    });
    await suite.rows.nth(1).click({ button: 'right' });
    assert.deepEqual((await menu()).context, contextOf(pinned));
    await suite.page.locator(`[data-action=reset][data-id="${pinned.id}"]`).click({ button: 'right' });
    assert.deepEqual((await menu()).context, contextOf(pinned));

    await suite.list.focus();
    await suite.page.keyboard.press('Home');
    await suite.page.keyboard.press('Shift+F10');
    const place = await suite.page.locator(`[role=treeitem][data-id="${first.id}"]`).boundingBox();
    const opened = await menu();
    assert.deepEqual(opened.context, contextOf(first));
    assert.ok(place && opened.y > place.y && opened.y < place.y + place.height + 1, 'beside its row');
    await suite.page.keyboard.press('ArrowDown');
    await suite.page.keyboard.press('ArrowDown');
    await suite.page.keyboard.press('ContextMenu');
    assert.deepEqual((await menu()).context, contextOf(second));
  });
});
