import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';

/** A browser for a suite, and for each of its tests a panel of its own, in which nothing that is forbidden may happen. */
export class PanelSuite {
  #browser: PanelBrowser | undefined;
  #panel: PanelPage | undefined;

  /** To be made in the suite's `describe`. */
  constructor() {
    before(async () => {
      this.#browser = await launchPanelBrowser();
    });
    after(() => this.browser.close());
    beforeEach(async () => {
      this.#panel = await this.browser.open();
    });
    afterEach(async () => {
      assert.deepEqual(await this.panel.problems(), []);
      await this.panel.close();
    });
  }

  get browser(): PanelBrowser {
    assert.ok(this.#browser);
    return this.#browser;
  }

  get panel(): PanelPage {
    assert.ok(this.#panel);
    return this.#panel;
  }

  get page(): Page {
    return this.panel.page;
  }

  get list() {
    return this.page.getByRole('tree');
  }

  get rows() {
    return this.page.getByRole('treeitem');
  }
}
