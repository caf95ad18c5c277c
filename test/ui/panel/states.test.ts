import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { themes } from '../../support/themes.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from './panelPage.ts';
import { folder, snapshot } from './panelSnapshots.ts';
import { disk, states, type State } from './panelStates.ts';

const pictures = 'artifacts/screenshots/panel';

describe('panel states', function () {
  this.timeout(60_000);
  let browser: PanelBrowser;

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());

  async function open(state: State, options: PanelOptions): Promise<PanelPage> {
    const panel = await browser.open({ ...options, ...state.options });
    if (state.snapshot !== null) await panel.show(state.snapshot);
    await state.before?.(panel);
    await panel.settled();
    return panel;
  }

  for (const state of states) {
    it(`${state.name}: accessible in every theme, inside its policy, no wider than its place`, async () => {
      const panel = await open(state, {});
      for (const theme of themes) {
        // As VS Code does it when the user changes the theme: other variables and another class, same page.
        await panel.apply(theme);
        await panel.page.screenshot({ path: `${pictures}/${state.name}.${theme.name}.png` });
        assert.deepEqual(await panel.axeViolations(theme === themes[0] ? 'all' : 'colours'), [], theme.name);
      }
      const overflow = await panel.page.evaluate(() => {
        const main = document.querySelector('main');
        return main === null ? -1 : main.scrollWidth - main.clientWidth;
      });
      assert.equal(overflow, 0, 'nothing is wider than the panel');
      assert.deepEqual(await panel.problems(), []);
      await panel.close();
    });
  }

  for (const name of ['landing', 'focused', 'narrow']) {
    it(`${name} in forced colours`, async () => {
      const state = states.find((candidate) => candidate.name === name);
      const theme = themes[2];
      assert(state !== undefined && theme !== undefined);
      const panel = await open(state, { theme, forcedColors: true });
      await panel.page.screenshot({ path: `${pictures}/${name}.forced-colors.png` });
      await panel.close();
    });
  }

  it('moves nothing when the size becomes known', async () => {
    const panel = await browser.open();
    await panel.show(snapshot());
    const places = (): Promise<unknown[]> =>
      panel.page.evaluate(() =>
        [...document.querySelectorAll('.folder h2, .folder-count, .row, .section-header .button')].map((element) => {
          const { x, y, height } = element.getBoundingClientRect();
          return [x, y, height];
        }),
      );
    const before = await places();
    assert.ok(before.length > 10);
    await panel.show(snapshot({ folders: [folder({ disk })] }));
    await panel.page.getByRole('button', { name: '10 checkpoints, 34 MB' }).waitFor();
    assert.deepEqual(await places(), before);
    await panel.close();
  });

  it('moves nothing when the folders have been read', async () => {
    const panel = await browser.open();
    await panel.show(snapshot({ loaded: false, folders: [] }));
    const places = (): Promise<(number | undefined)[]> =>
      panel.page.evaluate(() =>
        ['.gauge', '.folder h2', '.skeleton-row, .row'].map(
          (at) => document.querySelector(at)?.getBoundingClientRect().y,
        ),
      );
    const before = await places();
    await panel.show(snapshot());
    assert.deepEqual(await places(), before);
    await panel.close();
  });
});
