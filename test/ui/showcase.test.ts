// What the README shows: a working day in the real workbench. `RENEW_MEDIA=1` writes its picture into media/.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { Checkpoints } from '../../src/checkpoints/checkpoints.ts';
import type { CheckpointKind } from '../../src/protocol/checkpoint.ts';
import { writeSpool } from '../../src/store/readingSpool.ts';
import { root } from '../support/packaged.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { softLanding } from '../support/softLanding.ts';
import { hoverOverGauge, openEditor, openPanel, pictureFailures, type EditorWindow } from '../support/editorWindow.ts';
import {
  chooseInMenu,
  resizeSidebar,
  runCommand,
  screenshot,
  switchTheme,
  themes,
  until,
} from '../support/workbench.ts';

const minute = 60_000;
const session = '6f0c9a52-1b1e-4c0e-9a55-3f1d1c2b7e10';

const files = {
  'package.json': '{ "name": "harbour", "type": "module", "scripts": { "test": "node --test" } }\n',
  'src/server.js': `import { createServer } from 'node:http';
import { routes } from './routes.js';

export const server = createServer((request, response) => {
  const route = routes.find(({ path }) => path === request.url);
  if (route === undefined) {
    response.writeHead(404).end();
    return;
  }
  route.answer(request, response);
});
`,
  'src/routes.js': `export const routes = [
  { path: '/boats', answer: (_, response) => response.end('[]') },
  { path: '/tides', answer: (_, response) => response.end('[]') },
];
`,
};

const limit = `const buckets = new Map();

/** Tokens a client has left; a bucket fills up again by \`perSecond\`. */
export function take(client, { size, perSecond }, now = Date.now()) {
  const known = buckets.get(client) ?? { left: size, at: now };
  const left = Math.min(size, known.left + ((now - known.at) / 1000) * perSecond);
  buckets.set(client, { left: Math.max(0, left - 1), at: now });
  return left >= 1;
}
`;

const plan = `# Plan: Rate limiting for the harbour API

- [x] Token bucket with tests
  - Done when: a client that asks too often is refused
  - Verify: \`npm test\`
  - Budget: 40K tokens
- [ ] Middleware on every route
  - Done when: each route answers 429 when the bucket is empty
  - Verify: \`npm test\`
  - Budget: 40K tokens
  - Status: begun
- [ ] Headers and the README
  - Done when: answers say what is left
  - Verify: \`npm test\`
  - Budget: 25K tokens
`;

/** A response as Claude Code writes it down. */
function response(cwd: string, id: number, at: number, output: number): string {
  const usage = {
    input_tokens: 900,
    output_tokens: output,
    cache_read_input_tokens: 61_000,
    cache_creation_input_tokens: 4_200,
  };
  const message = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content: [],
    usage,
  };
  const timestamp = new Date(at).toISOString();
  const row = { type: 'assistant', uuid: `u-${id}`, requestId: `req_${id}`, message, timestamp };
  return `${JSON.stringify({ ...row, sessionId: session, cwd, version: '2.1.330', isSidechain: false })}\n`;
}

describe('a working day, in the real workbench with the packaged extension', function () {
  this.timeout(240_000);
  this.bail(true);
  let repository: Repository;
  let window: EditorWindow;
  let page: Page;
  let panel: FrameLocator;
  let gauge: Locator;

  /** A checkpoint as the hook made it so long ago. */
  async function create(minutesAgo: number, prompt: number, label: string, kind: CheckpointKind, tool?: string) {
    const { now } = Date;
    Date.now = () => now() - minutesAgo * minute;
    try {
      const opened = await Checkpoints.open(repository.dir);
      assert.ok(opened.ok);
      const purpose = { kind, label, agent: 'claude', session, prompt, ...(tool === undefined ? {} : { tool }) };
      assert.ok((await opened.value.create(purpose)).ok);
    } finally {
      Date.now = now;
    }
  }

  async function work(): Promise<void> {
    const first = 'Add a token bucket, with tests';
    const second = 'Put the limit in front of every route';
    await create(171, 0, 'Start of the session', 'session');
    repository.write('NOTES.md', 'Limit per client: 60 requests a minute.\n');
    await create(168, 1, first, 'prompt');
    repository.write('src/limit.js', limit);
    await create(164, 1, first, 'tool', 'Write src/limit.js');
    repository.write('test/limit.test.js', "import { test } from 'node:test';\n".repeat(3));
    await create(157, 1, first, 'tool', 'Write test/limit.test.js');
    repository.write('test/limit.test.js', `${repository.read('test/limit.test.js')}test('refuses', () => {});\n`);
    await create(149, 1, first, 'turn');
    repository.write(
      'src/server.js',
      files['src/server.js'].replace('import { routes }', "import { take } from './limit.js';\nimport { routes }"),
    );
    await create(21, 2, second, 'prompt');
    repository.write('src/routes.js', files['src/routes.js'].replaceAll("'[]'", 'list()'));
    await create(17, 2, second, 'tool', 'Edit src/routes.js');
    repository.write(
      'src/server.js',
      repository
        .read('src/server.js')
        .replace(
          '  const route',
          '  if (!take(request.socket.remoteAddress, { size: 60, perSecond: 1 })) {\n    response.writeHead(429).end();\n    return;\n  }\n  const route',
        ),
    );
    await create(9, 2, second, 'tool', 'Edit src/server.js');
    repository.write('README.md', '# Harbour\n\nAt most 60 requests a minute for each client.\n');
    await create(2, 2, second, 'tool', 'Write README.md');
  }

  before(async () => {
    repository = makeRepository({ name: 'harbour', files });
    const home = join(repository.outer, 'home');
    const stateFolder = join(repository.outer, 'state');
    const projects = join(home, '.claude', 'projects', '-harbour');
    mkdirSync(projects, { recursive: true });
    const started = Date.now();
    const ages = [1290, 1275, 1250, 1100, 1085, 640, 610, 172, 170, 166, 160, 155, 150, 24, 20, 15, 8, 3, 1];
    const transcript = join(projects, `${session}.jsonl`);
    writeFileSync(
      transcript,
      ages.map((age, at) => response(repository.dir, at, started - age * minute, 1400 + ((at * 811) % 3000))).join(''),
    );
    mkdirSync(join(home, '.claude', 'sessions'), { recursive: true });
    writeFileSync(
      join(home, '.claude', 'sessions', `${process.pid}.json`),
      JSON.stringify({ pid: process.pid, sessionId: session, cwd: repository.dir, startedAt: started, status: 'busy' }),
    );
    const seconds = (ms: number): number => Math.round((started + ms) / 1000);
    await writeSpool(
      stateFolder,
      session,
      JSON.stringify({
        session_id: session,
        transcript_path: transcript,
        model: { id: 'claude-opus-5-5' },
        context_window: { total_input_tokens: 118_000, total_output_tokens: 4_000, context_window_size: 200_000 },
        cost: { total_cost_usd: 4.1 },
        rate_limits: {
          five_hour: { used_percentage: 74, resets_at: seconds(118 * minute) },
          seven_day: { used_percentage: 41, resets_at: seconds(3.4 * 1440 * minute) },
        },
      }),
    );
    repository.write('.git/info/exclude', '.soft-landing\n');
    repository.write('.soft-landing/plan.md', plan);
    await work();
    const env = { PATH: process.env['PATH'], HOME: home, SOFT_LANDING_HOME: stateFolder };
    const install = ['install', 'claude', '--scope', 'user', '--repo', repository.dir];
    assert.equal((await softLanding({ args: install, cwd: repository.dir, env })).exitCode, 0);
    window = await openEditor({
      viewport: { width: 1280, height: 960 },
      open: repository.dir,
      home,
      env: { SOFT_LANDING_HOME: stateFolder },
      settings: { 'softLanding.checkpoints.ambient': { enabled: false }, 'softLanding.verify.command': 'npm test' },
    });
    ({ page, gauge, panel } = window);
    await openPanel(window);
  });
  after(async () => {
    await window.close();
    repository.remove();
  });
  pictureFailures(() => page);

  const prompt = (): Locator => panel.getByRole('treeitem').filter({ hasText: 'Put the limit' }).first();

  it('shows what is left, what is planned, and each prompt with its checkpoints', async () => {
    await prompt().waitFor();
    await panel.getByText('74% used').waitFor();
    await panel.getByText('Middleware on every route').waitFor();
    await panel.getByText('Busy').waitFor();
    await until('the gauge to show it too', async () => (await gauge.innerText()).includes('74%'));
    await resizeSidebar(page, 340);
    await prompt().click();
    await panel.getByRole('treeitem').filter({ hasText: 'Edit src/server.js' }).waitFor();
  });

  it('shows what a prompt changed', async () => {
    await prompt().click({ button: 'right' });
    await chooseInMenu(page, 'Show Changes Since This Checkpoint');
    await page.locator('.multiDiffEntry').filter({ hasText: 'server.js' }).first().waitFor();
    // Of the editor's own extensions, which this host has only in part.
    await runCommand(page, 'Notifications: Clear All Notifications');
    await panel.locator('main').evaluate((scroller) => scroller.scrollTo(0, 0));
    // A row that is pointed at looks otherwise.
    await page.mouse.move(700, 20);
    await until('sizes beside the rows', async () => (await panel.locator('.added').count()) >= 4);
    const path = await screenshot(page, 'showcase');
    assert.ok(statSync(path).size < 200_000, 'small enough for a README');
    if (process.env['RENEW_MEDIA'] === '1') copyFileSync(path, join(root, 'media', 'screenshot.png'));
  });

  it('says in the hover of the gauge what the label of it says to a screen reader', async () => {
    const hover = await hoverOverGauge(window, '5-hour window');
    // Blanks of plain text in Markdown do not break.
    const text = (await hover.innerText()).replaceAll('\u00a0', ' ');
    for (const words of ['74% used', 'Weekly window', '41% used', 'Context window', 'Last checkpoint', 'Open Panel']) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
    const label = (await gauge.locator('a').first().getAttribute('aria-label')) ?? '';
    assert.match(label, /Soft Landing.*5-hour window: 74% used/);
    await screenshot(page, 'showcase-hover');
    await page.mouse.move(700, 20);
  });

  for (const theme of themes) {
    it(`in ${theme}, and as narrow as a side bar gets`, async () => {
      await switchTheme(page, theme);
      await hoverOverGauge(window, '5-hour window');
      await screenshot(page, `showcase-${theme}`);
      await page.mouse.move(700, 20);
      await resizeSidebar(page, 200);
      await screenshot(page, `showcase-narrow-${theme}`);
      await resizeSidebar(page, 340);
    });
  }

  it('asked no other host for anything', () => {
    assert.deepEqual(window.foreignHosts(), []);
  });
});
