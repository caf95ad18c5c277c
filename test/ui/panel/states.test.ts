import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { GaugeState } from '../../../src/protocol/gauge.ts';
import type { PanelSnapshot } from '../../../src/protocol/panel.ts';
import { themes } from '../../support/themes.ts';
import { launchPanelBrowser, type PanelBrowser, type PanelOptions, type PanelPage } from './panelPage.ts';
import { folder, gauge, now, session, snapshot, typical, weekly, window } from './panelSnapshots.ts';

interface State {
  readonly name: string;
  readonly snapshot: PanelSnapshot | null;
  readonly options?: PanelOptions;
  readonly before?: (panel: PanelPage) => Promise<void>;
}

const pictures = 'artifacts/screenshots/panel';

const none: GaugeState = { level: 'unknown', windows: [], session: null, progress: null };
const tokensOnly: GaugeState = { level: 'unknown', windows: [], session, progress: null };
const landing: GaugeState = {
  level: 'landing',
  windows: [window({ usedPercent: 86, headroomPercent: 0 }), weekly],
  session,
  progress: null,
};
const exhausted: GaugeState = {
  level: 'exhausted',
  windows: [window({ usedPercent: 100, headroomPercent: 0, capturedAt: gauge.windows[0]?.capturedAt ?? 0 })],
  session,
  progress: null,
};
const caution: GaugeState = {
  level: 'caution',
  windows: [window({ usedPercent: 76, headroomPercent: 4 })],
  session,
  progress: null,
};
const disk = {
  bytes: 34_200_000,
  policy: 'Automatic checkpoints are kept: all of 24 hours, hourly for 7 days, daily for 30 days, 500 at most.',
};
const unloaded = folder({ checkpoints: [], hooksInstalled: false });

async function focusList(panel: PanelPage): Promise<void> {
  await panel.page.getByRole('listbox').first().focus();
  await panel.page.keyboard.press('ArrowDown');
  await panel.settled();
}

const states: readonly State[] = [
  { name: 'before-first-word', snapshot: null },
  { name: 'loading', snapshot: snapshot({ loaded: false, folders: [] }) },
  { name: 'typical', snapshot: snapshot() },
  { name: 'focused', snapshot: snapshot(), before: focusList },
  {
    name: 'hover',
    snapshot: snapshot(),
    before: (panel) => panel.page.getByRole('option').nth(3).hover(),
  },
  { name: 'caution', snapshot: snapshot({ gauge: caution }) },
  { name: 'landing', snapshot: snapshot({ gauge: landing }) },
  { name: 'exhausted', snapshot: snapshot({ gauge: exhausted }) },
  { name: 'tokens-only', snapshot: snapshot({ gauge: tokensOnly }) },
  {
    name: 'undoable',
    snapshot: snapshot({ folders: [folder({ undoable: 'Fix the failing login test and cover the expired session' })] }),
  },
  {
    name: 'many-windows',
    snapshot: snapshot({
      gauge: {
        level: 'landing',
        windows: [
          window({
            label: 'Claude Code: 5-hour window',
            usedPercent: 83,
            headroomPercent: 0,
            confidence: 'derived',
            errorPercent: 2.4,
            pace: {
              percentPerHour: { low: 4, high: 9 },
              evenPercent: 55.3,
              reserveAt: null,
              exhaustedAt: { earliest: now + 3_600_000, latest: now + 7_200_000 },
            },
          }),
          window({
            id: 'context',
            label: 'Context window',
            usedPercent: 71,
            resetsAt: null,
            source: 'the newest prompt',
          }),
          window({
            id: 'usdPerDay',
            label: 'Daily budget in USD',
            usedPercent: 40,
            source: 'your budget',
            atLeast: true,
          }),
          window({ agent: 'codex', label: 'Codex: Weekly window', usedPercent: 12, capturedAt: now - 47 * 60_000 }),
        ],
        session,
        progress: { doneBytes: 34, totalBytes: 100 },
      },
    }),
  },
  { name: 'unhooked', snapshot: snapshot({ folders: [folder({ hooksInstalled: false })] }) },
  {
    name: 'size-known',
    snapshot: snapshot({ folders: [folder({ disk })] }),
    before: (panel) => panel.page.getByRole('button', { name: /MB/ }).hover(),
  },
  { name: 'creating', snapshot: snapshot({ folders: [folder({ busy: 'checkpoint' })] }) },
  {
    name: 'resetting',
    snapshot: snapshot({ folders: [folder()] }),
    before: async (panel) => {
      await panel.page.getByRole('option').nth(1).hover();
      await panel.page.locator('[data-action=reset]').last().click();
      await panel.show(snapshot({ folders: [folder({ busy: 'reset' })] }));
    },
  },
  {
    name: 'several-folders',
    snapshot: snapshot({
      folders: [
        folder({ checkpoints: typical.slice(0, 3), disk }),
        folder({ root: '/home/ada/docs', name: 'documentation-site', checkpoints: [] }),
        folder({ root: '/home/ada/notes', name: 'notes', checkpoints: [], problem: 'not-a-repository' }),
      ],
    }),
  },
  { name: 'no-folder', snapshot: snapshot({ gauge: none, folders: [] }) },
  { name: 'untrusted', snapshot: snapshot({ folders: [folder({ ...unloaded, problem: 'untrusted' })] }) },
  { name: 'no-git', snapshot: snapshot({ gauge: none, folders: [folder({ ...unloaded, problem: 'no-git' })] }) },
  {
    name: 'git-too-old',
    snapshot: snapshot({ gauge: none, folders: [folder({ ...unloaded, problem: 'git-too-old' })] }),
  },
  {
    name: 'not-a-repository',
    snapshot: snapshot({ gauge: none, folders: [folder({ ...unloaded, problem: 'not-a-repository' })] }),
  },
  {
    name: 'failed',
    snapshot: snapshot({
      gauge: none,
      folders: [
        folder({ ...unloaded, problem: 'failed', detail: 'git ended with code 128: fatal: unable to read tree' }),
      ],
    }),
  },
  { name: 'nothing-unhooked', snapshot: snapshot({ gauge: none, folders: [unloaded] }) },
  { name: 'nothing-hooked', snapshot: snapshot({ folders: [folder({ checkpoints: [] })] }) },
  {
    name: 'narrow',
    snapshot: snapshot({
      gauge: landing,
      folders: [folder({ undoable: 'Add rate limiting to the public API', disk })],
    }),
    options: { width: 200 },
    before: focusList,
  },
  {
    name: 'wide',
    snapshot: snapshot({ gauge: landing, folders: [folder({ undoable: 'Add rate limiting to the public API' })] }),
    options: { width: 560 },
    before: focusList,
  },
  // 1280 × 1024 at 400 % is 320 × 256 CSS pixels.
  { name: 'zoom-400', snapshot: snapshot({ gauge: landing }), options: { width: 320, height: 256, scale: 2 } },
];

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
        assert.deepEqual(await panel.axeViolations(), [], theme.name);
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
        [...document.querySelectorAll('.folder h2, .folder-count, .row, .section-header > .button')].map((element) => {
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
