import type { Page } from 'playwright-core';
import type { PanelPicture } from '../../src/protocol/panelPicture.ts';
import { launchPanelBrowser } from '../../test/ui/panel/panelPage.ts';
import { folder, inTurns, many, snapshot } from '../../test/ui/panel/panelSnapshots.ts';
import { median, percentile, printTable } from '../figures.ts';

const count = 10_000;
/** Updates of one panel; the first finds the browser still interpreting the panel's code. */
const updates = 8;
const targets = { paint: 100, update: 5, frame: 1000 / 60 };

/** Posts a message and answers in how many ms it was drawn: `work` is the panel's own, `paint` is until the frame after it. */
const postAndWait = `async (message) => {
  const start = performance.now();
  const drawn = new Promise((resolve) => {
    new MutationObserver((_, observer) => { observer.disconnect(); resolve(performance.now()); })
      .observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  });
  window.postMessage(message, '*');
  const work = (await drawn) - start;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
  return { work, paint: performance.now() - start };
}`;

interface Drawn {
  readonly work: number;
  readonly paint: number;
}

function post(page: Page, message: PanelPicture): Promise<Drawn> {
  return page.evaluate(`(${postAndWait})(${JSON.stringify(message)})`);
}

/** The panel with very many checkpoints: its first picture, one more checkpoint, and scrolling; the host's share apart. */
async function panelBench(rounds: number): Promise<void> {
  const browser = await launchPanelBrowser();
  const rows: string[][] = [];
  try {
    for (const [shape, make] of [
      ['alone', many],
      ['in turns of 40', (size: number) => inTurns(size, 40)],
    ] as const) {
      const host: number[] = [];
      const hostAgain: number[] = [];
      const first: number[] = [];
      const firstUpdate: number[] = [];
      const update: number[] = [];
      const rest: Frames[] = [];
      const scrolled: Frames[] = [];
      const all = make(count + updates);
      for (let round = 0; round < rounds; round++) {
        const panel = await browser.open();
        const { pictures } = panel;
        const [picture, hostMs] = timed(() =>
          pictures.picture(snapshot({ folders: [folder({ checkpoints: all.slice(updates) })] })),
        );
        host.push(hostMs);
        first.push((await post(panel.page, picture)).paint);
        await olderPages(panel.page);
        for (let left = updates - 1; left >= 0; left--) {
          const [next, nextMs] = timed(() =>
            pictures.picture(snapshot({ folders: [folder({ checkpoints: all.slice(left) })] })),
          );
          hostAgain.push(nextMs);
          (left === updates - 1 ? firstUpdate : update).push((await post(panel.page, next)).work);
        }
        rest.push(await frames(panel.page, 0));
        scrolled.push(await frames(panel.page, 88));
        const shown = await panel.page.locator('.folder-count').textContent();
        if (shown !== `${(count + updates).toLocaleString('en')} checkpoints`)
          throw new Error(`The panel shows ${shown ?? 'nothing'}.`);
        await panel.close();
      }
      rows.push(
        line(`${shape}: first paint, from message to frame`, median(first), targets.paint),
        line(`${shape}: the first checkpoint more, until it is in the page`, median(firstUpdate), targets.update),
        line(`${shape}: each further one`, median(update), targets.update),
        line(
          `${shape}: work in a frame that scrolls, 95th percentile`,
          percentile(
            scrolled.flatMap(({ work }) => work),
            0.95,
          ),
          targets.frame,
        ),
        ...apartRows(shape, scrolled, rest),
        [`${shape}: the host makes the first picture`, median(host).toFixed(1), ''],
        [`${shape}: the host makes the next`, median(hostAgain).toFixed(1), ''],
      );
    }
  } finally {
    await browser.close();
  }
  printTable([`panel with ${count.toLocaleString('en')} checkpoints`, 'ms', 'target'], rows);
}

/** Until the panel has asked for all there is. */
async function olderPages(page: Page): Promise<void> {
  const asked = () =>
    page.evaluate(
      () => window.sent.splice(0).filter((message) => (message as { readonly type: string }).type === 'pages').length,
    );
  for (let quiet = 0; quiet < 5; quiet = (await asked()) > 0 ? 0 : quiet + 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Frames {
  /** from one frame to the next */
  readonly apart: readonly number[];
  /** of the page's thread in each of them, from the scroll event until layout and paint are done; none where nothing scrolls */
  readonly work: readonly number[];
}

/** 120 frames, each of which scrolls by so many pixels. */
async function frames(page: Page, by: number): Promise<Frames> {
  return page.evaluate(async (by) => {
    const main = document.querySelector('main');
    const apart: number[] = [];
    const work: number[] = [];
    let began: number | null = null;
    // The first that hears of it, so that the panel's own listeners count.
    window.addEventListener('scroll', () => (began = performance.now()), { capture: true });
    const done = new MessageChannel();
    done.port1.onmessage = () => {
      if (began !== null) work.push(performance.now() - began);
      began = null;
    };
    let last = performance.now();
    for (let step = 1; step <= 120; step++) {
      main?.scrollTo(0, step * by);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      apart.push(performance.now() - last);
      last = performance.now();
      done.port2.postMessage(null);
    }
    return { apart, work };
  }, by);
}

/** How far apart frames were says as much of the machine as of the panel: so beside it how far apart they are when nothing happens. */
function apartRows(shape: string, scrolled: readonly Frames[], rest: readonly Frames[]): string[][] {
  return [
    ['from frame to frame while scrolling', scrolled] as const,
    ['the same with nothing to do', rest] as const,
  ].map(([what, all]) => {
    const apart = all.flatMap((frames) => frames.apart);
    const late = apart.filter((ms) => ms > 1.5 * targets.frame).length;
    return [
      `${shape}: ${what}, 95th percentile`,
      percentile(apart, 0.95).toFixed(1),
      `${((late / apart.length) * 100).toFixed(1)} % late`,
    ];
  });
}

function timed<Value>(work: () => Value): readonly [Value, number] {
  const start = performance.now();
  const value = work();
  return [value, performance.now() - start];
}

function line(what: string, ms: number, target: number): string[] {
  return [
    what,
    ms.toFixed(1),
    `${ms <= target ? 'within' : 'OVER'} ${target.toFixed(target < 20 && target > 10 ? 1 : 0)}`,
  ];
}

await panelBench(Number(process.argv[2] ?? 7));
