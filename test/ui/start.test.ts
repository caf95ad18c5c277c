import { equal, match, notEqual, ok } from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { installChromium } from '../../scripts/host/installChromium.ts';
import {
  dialogButton,
  openViewContainer,
  screenshot,
  statusBarItem,
  until,
  webviewFrame,
} from '../support/workbench.ts';

const root = resolve(import.meta.dirname, '..', '..');
/** A build, a package and, on a machine that has none yet, the download of VS Code. */
const startMs = 240_000;

interface Started {
  readonly child: ChildProcess;
  /** what it has printed until now */
  output(): string;
  /** pids of everything that runs because of it */
  processes(): number[];
  /** what Ctrl-C in a terminal does: the signal goes to everything in the foreground */
  interrupt(): void;
  readonly temporary: string;
}

function start(...args: string[]): Started {
  const marker = `SOFT_LANDING_TEST_MARKER=${randomUUID()}`;
  const temporary = mkdtempSync(join(tmpdir(), 'sl-start-'));
  const env = {
    ...process.env,
    SOFT_LANDING_TEST_MARKER: marker.split('=')[1],
    TMPDIR: temporary,
    SOFT_LANDING_DEMO_STEP_MS: '500',
  };
  // The browser route: a display would have it open windows on the developer's desktop.
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY']) Reflect.deleteProperty(env, name);
  const child = spawn('npm', ['start', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: root,
    env,
    detached: true,
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  return {
    child,
    temporary,
    output: () => output,
    processes: () => marked(marker),
    interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
  };
}

function marked(marker: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // A zombie's environment is empty, so one that waits for its parent is not counted.
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function urlOf(started: Started): Promise<string> {
  const address = (): string => /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(started.output())?.[0] ?? '';
  await until(
    'the address of VS Code',
    () => {
      if (started.child.exitCode !== null) throw new Error(`npm start ended:\n${started.output()}`);
      return Promise.resolve(address() !== '');
    },
    startMs,
  );
  return address();
}

async function openIn(browser: Browser | undefined, url: string): Promise<Page> {
  if (browser === undefined) throw new Error('no browser');
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: 60_000 });
  return page;
}

describe('npm start', function () {
  this.timeout(startMs + 120_000);
  let browser: Browser | undefined;
  const all: Started[] = [];

  before(async function () {
    if (!existsSync('/proc/self/environ'))
      throw new Error('this test looks for left processes in /proc, so it needs Linux');
    browser = await chromium.launch({
      executablePath: await installChromium(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
  });

  after(async () => {
    await browser?.close();
    for (const started of all) {
      for (const pid of started.processes()) process.kill(pid, 'SIGKILL');
      rmSync(started.temporary, { recursive: true, force: true });
    }
  });

  async function expectAllGone(started: Started): Promise<void> {
    await until('every process to end', () => Promise.resolve(started.processes().length === 0));
    await until('the temporary folders to go', () => Promise.resolve(leftFolders(started).length === 0));
  }

  it('plays the demo where a newcomer sees it, and leaves nothing behind on Ctrl-C', async () => {
    const started = start();
    all.push(started);
    const url = await urlOf(started);
    ok(started.processes().length > 1);
    const address = new URL(url);
    equal(
      (await fetch(address.origin, { redirect: 'manual' })).status,
      403,
      'without its token the address must not open',
    );

    const page = await openIn(browser, url);
    const gauge = statusBarItem(page, 'softLanding.gauge');
    await gauge.waitFor();
    await openViewContainer(page, 'Soft Landing');
    const count = webviewFrame(page).locator('.folder-count', { hasText: /^([4-9]|\d\d+) checkpoints/ });
    await count.waitFor({ timeout: 60_000 });
    await webviewFrame(page).getByRole('treeitem', { expanded: false }).first().waitFor();
    await until('the gauge to show used tokens', async () => /[1-9]/.test(await gauge.innerText()), 60_000);
    await until('the demo to end', () => Promise.resolve(started.output().includes('The demo is over')), 90_000);
    match(started.output(), /Done: /);
    await screenshot(page, 'start-demo');
    await page.close();

    started.interrupt();
    await expectAllGone(started);
  });

  it('opens a folder of yours, asks whether you trust it, and leaves nothing behind when what started it is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sl-folder-'));
    writeFileSync(join(folder, 'notes.txt'), 'mine\n');
    const started = start(folder);
    all.push(started);
    const url = await urlOf(started);
    equal(new URL(url).searchParams.get('folder'), folder);
    notEqual(new URL(url).searchParams.get('tkn'), null);

    const page = await openIn(browser, url);
    await dialogButton(page, 'Yes, I trust the authors').click();
    await page.locator('.explorer-folders-view').getByRole('treeitem', { name: 'notes.txt' }).waitFor();
    await page.close();

    started.child.kill('SIGKILL');
    await expectAllGone(started);
    equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine\n');
    rmSync(folder, { recursive: true });
  });
});

function leftFolders(started: Started): string[] {
  return readdirSync(started.temporary).filter((name) => name.startsWith('soft-landing-'));
}
