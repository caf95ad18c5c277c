import type { GaugeState } from '../../../src/protocol/gauge.ts';
import type { PanelSnapshot } from '../../../src/protocol/panel.ts';
import type { PanelOptions, PanelPage } from './panelPage.ts';
import {
  folder,
  gauge,
  interruption,
  now,
  plan,
  session,
  sessions,
  snapshot,
  typical,
  weekly,
  window,
} from './panelSnapshots.ts';

export interface State {
  readonly name: string;
  /** null: the host has not said anything yet */
  readonly snapshot: PanelSnapshot | null;
  readonly options?: PanelOptions;
  readonly before?: (panel: PanelPage) => Promise<void>;
}

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
export const disk = {
  bytes: 34_200_000,
  policy: 'Automatic checkpoints are kept: all of 24 hours, hourly for 7 days, daily for 30 days, 500 at most.',
};
const unloaded = folder({ checkpoints: [], hooksInstalled: false });

async function focusList(panel: PanelPage): Promise<void> {
  await panel.page.getByRole('tree').first().focus();
  await panel.page.keyboard.press('ArrowDown');
  await panel.settled();
}

/** Everything the panel can look like. */
export const states: readonly State[] = [
  { name: 'before-first-word', snapshot: null },
  { name: 'loading', snapshot: snapshot({ loaded: false, folders: [] }) },
  { name: 'typical', snapshot: snapshot() },
  { name: 'focused', snapshot: snapshot(), before: focusList },
  {
    name: 'hover',
    snapshot: snapshot(),
    before: (panel) => panel.page.getByRole('treeitem').nth(1).hover(),
  },
  { name: 'caution', snapshot: snapshot({ gauge: caution }) },
  { name: 'landing', snapshot: snapshot({ gauge: landing }) },
  { name: 'exhausted', snapshot: snapshot({ gauge: exhausted }) },
  {
    name: 'reserve-learned',
    snapshot: snapshot({
      gauge: {
        ...landing,
        windows: [window({ usedPercent: 91, headroomPercent: 2, reservePercent: 7, reserveLearned: true })],
      },
    }),
  },
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
  {
    name: 'turn-open',
    snapshot: snapshot(),
    before: async (panel) => {
      await panel.page.getByRole('treeitem').first().click();
      await panel.page.locator('.added').nth(2).waitFor();
    },
  },
  {
    name: 'filtered',
    snapshot: snapshot(),
    before: async (panel) => {
      await panel.page.getByRole('button', { name: 'Filter Checkpoints' }).click();
      await panel.page.getByRole('searchbox').fill('rate');
      await panel.page.getByRole('button', { name: 'Green' }).hover();
    },
  },
  {
    name: 'filtered-nothing',
    snapshot: snapshot(),
    before: async (panel) => {
      await panel.page.getByRole('button', { name: 'Filter Checkpoints' }).click();
      await panel.page.getByRole('searchbox').fill('no such words');
      await panel.page.getByRole('button', { name: 'Green' }).click();
    },
  },
  { name: 'now', snapshot: snapshot({ sessions }) },
  { name: 'plan', snapshot: snapshot({ gauge: caution, folders: [folder({ plan })] }) },
  {
    name: 'plan-red',
    snapshot: snapshot({
      gauge: caution,
      folders: [
        folder({
          busy: 'verify',
          plan: {
            ...plan,
            busy: 'verifying',
            failure: '  1) limits each client\n     AssertionError: 200 !== 429\n      at test/limit.test.ts:14:3',
            chunks: plan.chunks.map((chunk) => (chunk.number === 2 ? { ...chunk, status: 'red' as const } : chunk)),
          },
        }),
      ],
    }),
  },
  {
    name: 'plan-done',
    snapshot: snapshot({
      folders: [
        folder({
          plan: { ...plan, next: null, chunks: plan.chunks.map((chunk) => ({ ...chunk, status: 'done' as const })) },
        }),
      ],
    }),
  },
  {
    name: 'plan-failed',
    snapshot: snapshot({
      folders: [
        folder({
          plan: {
            ...plan,
            failure: 'npm test failed with exit code 1.',
            chunks: plan.chunks.map((chunk) => (chunk.number === 2 ? { ...chunk, status: 'red' as const } : chunk)),
          },
        }),
      ],
    }),
  },
  { name: 'recovery', snapshot: snapshot({ gauge: exhausted, sessions, folders: [folder({ interruption, plan })] }) },
  {
    name: 'recovery-reset',
    snapshot: snapshot({
      gauge: exhausted,
      folders: [folder({ interruption, undoable: interruption.lastGreen?.label ?? null })],
    }),
  },
  {
    name: 'recovery-red',
    snapshot: snapshot({
      gauge: exhausted,
      folders: [
        folder({
          interruption: {
            ...interruption,
            green: false,
            reason: 'api-error',
            resetsAt: null,
            goOnFrom: null,
            chunk: null,
          },
        }),
      ],
    }),
  },
  {
    name: 'recovery-goes-on',
    snapshot: snapshot({
      gauge: exhausted,
      folders: [
        folder({ interruption: { ...interruption, green: true, lastGreen: null, goOnAt: interruption.goOnFrom } }),
      ],
    }),
  },
  { name: 'unprotected', snapshot: snapshot({ unprotected: 'git took longer than 9.5 s' }) },
  { name: 'no-agent', snapshot: snapshot({ gauge: none, agents: [], folders: [folder({ checkpoints: [] })] }) },
  {
    name: 'untrusted-hooks',
    snapshot: snapshot({ folders: [folder({ untrustedHooks: ['codex'] })] }),
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
      await panel.page.getByRole('treeitem').nth(1).hover();
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
      sessions,
      folders: [folder({ undoable: 'Add rate limiting to the public API', disk, plan, interruption })],
    }),
    options: { width: 200 },
    before: focusList,
  },
  {
    name: 'german',
    snapshot: snapshot({
      gauge: caution,
      sessions,
      folders: [folder({ plan, interruption, undoable: 'Fix the login' })],
    }),
    options: { language: 'de', height: 1400 },
  },
  {
    name: 'german-narrow',
    snapshot: snapshot({
      gauge: caution,
      sessions,
      folders: [folder({ plan, interruption, undoable: 'Fix the login' })],
    }),
    options: { language: 'de', width: 200, height: 1400 },
  },
  {
    name: 'wide',
    snapshot: snapshot({
      gauge: landing,
      sessions,
      folders: [folder({ undoable: 'Add rate limiting to the public API', plan })],
    }),
    options: { width: 560 },
    before: focusList,
  },
  // 1280 × 1024 at 400 % is 320 × 256 CSS pixels.
  { name: 'zoom-400', snapshot: snapshot({ gauge: landing }), options: { width: 320, height: 256, scale: 2 } },
];
