import assert from 'node:assert/strict';
import { panelMessageSchema, type PanelMessage } from '../../../src/protocol/panel.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelPage } from './panelPage.ts';
import { states } from './panelStates.ts';

/** Whether it is something the host is asked for; all else is done in the panel itself, or is a link. */
function isHosts(name: string): boolean {
  return panelMessageSchema.options.some(({ entries }) => entries.type.literal === name);
}

/** Where the keyboard is: what a button does, or what else it is; null: nowhere in the panel. */
const focusedThing = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return null;
  const name = at.dataset.action ?? at.getAttribute('role') ?? at.tagName.toLowerCase();
  const style = getComputedStyle(at);
  // The tree shows the focus on its active row.
  const isShown = name === 'tree' || style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return { name, isShown, isOff: at.getAttribute('aria-disabled') === 'true' };
})()`;

interface Focused {
  readonly name: string;
  readonly isShown: boolean;
  readonly isOff: boolean;
}

/** What somebody with a mouse could press. The rows' own buttons are left out: their keyboard way is the list's keys. */
const pressable = `[...document.querySelectorAll('button, a[href], select, input')]
  .filter((each) => each.tabIndex >= 0 && each.checkVisibility())
  .map((each) => each.dataset.action ?? each.tagName.toLowerCase())`;

describe('the panel by keyboard alone', function () {
  this.timeout(60_000);
  let browser: PanelBrowser;
  before(async () => {
    browser = await launchPanelBrowser();
  });
  after(() => browser.close());

  async function walk(panel: PanelPage): Promise<readonly { readonly at: Focused; readonly said: PanelMessage[] }[]> {
    const steps: { at: Focused; said: PanelMessage[] }[] = [];
    for (let press = 0; press < 60; press++) {
      await panel.page.keyboard.press('Tab');
      const at = await panel.page.evaluate<Focused | null>(focusedThing);
      if (at === null) return steps;
      await panel.sent();
      if (isHosts(at.name)) await panel.page.keyboard.press('Enter');
      steps.push({ at, said: await panel.sent() });
    }
    throw new Error('the keyboard is caught in the panel');
  }

  for (const state of states.filter(({ name }) => !name.startsWith('zoom') && name !== 'focused')) {
    it(`${state.name}: reaches everything in turn, shows where it is, and presses it`, async () => {
      const panel = await browser.open(state.options);
      if (state.snapshot !== null) await panel.show(state.snapshot);
      await state.before?.(panel);
      const wanted = await panel.page.evaluate<string[]>(pressable);
      // From the top, wherever the state has left the keyboard.
      await panel.page.evaluate(() => {
        const top = document.querySelector('h1');
        top?.setAttribute('tabindex', '-1');
        top?.focus();
      });
      const steps = await walk(panel);
      const reached = steps.map(({ at }) => at.name);
      assert.deepEqual(reached.filter((name) => name !== 'tree' && name !== 'pre').sort(), [...wanted].sort());
      for (const { at, said } of steps) {
        assert.ok(at.isShown, `nobody sees that the keyboard is on ${at.name}`);
        if (isHosts(at.name))
          assert.deepEqual(
            said.map(({ type }) => type),
            at.isOff ? [] : [at.name],
          );
      }
      assert.deepEqual(await panel.problems(), []);
      await panel.close();
    });
  }
});
