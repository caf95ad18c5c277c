import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/recovery/report.ts';
import { usedUp } from '../support/claude/limitHeaders.ts';
import type { Scenario, Step } from '../support/claude/messagesApi.ts';
import { openWorkplace, type Workplace } from '../support/claude/workplace.ts';

interface Recovered {
  readonly interruption: {
    readonly id: string;
    readonly reason: string;
    readonly resetsAt: string | null;
    readonly task: string;
    readonly checkpoint: string;
    readonly folder: string;
    readonly resume: string;
  } | null;
  readonly report: Report;
  readonly files: { readonly report: string; readonly handover: string; readonly salvaged: readonly string[] };
}

const files = {
  'sum.js': 'exports.add = (a, b) => a + b;\n',
  'main.js': "const { add } = require('./sum.js');\nconsole.log(add(1, 2));\n",
};
const renamed = 'exports.sum = (a, b) => a + b;\n';
const prompt = 'Rename add to sum in sum.js and main.js.\nKeep the program working.';

describe('the real Claude Code, cut off in the middle of a refactoring', function () {
  this.timeout(120_000);
  let place: Workplace;

  before(function () {
    // The very first run downloads the agent.
    this.timeout(360_000);
  });
  beforeEach(async function () {
    this.timeout(360_000);
    place = await openWorkplace({ name: 'project', files });
    await place.cliJson('install', 'claude', '--scope', 'local');
  });
  afterEach(async () => {
    await place.close();
  });

  const file = (name: string): string => join(place.repository.dir, name);
  const edit = (name: string, before: string, after: string) => ({
    name: 'Edit',
    input: { file_path: file(name), old_string: before, new_string: after },
  });
  const read = (name: string) => ({ name: 'Read', input: { file_path: file(name) } });
  const task = (name: 'TaskCreate' | 'TaskUpdate', input: Readonly<Record<string, unknown>>) => ({ name, input });

  /** Reads both files, notes what it has to do, renames in the first, and then what `next` does. */
  const halfWay = (...next: (Step | (() => Step | Promise<Step>))[]): Scenario => ({
    main: [
      { text: 'I look at both files.', tools: [read('sum.js'), read('main.js')] },
      {
        tools: [
          task('TaskCreate', { subject: 'Rename it in sum.js', description: 'the definition' }),
          task('TaskCreate', { subject: 'Rename it in main.js', description: 'the use' }),
        ],
      },
      { tools: [task('TaskUpdate', { taskId: '1', status: 'in_progress' })] },
      { text: 'First the definition, then its use.', tools: [edit('sum.js', 'exports.add', 'exports.sum')] },
      ...next,
    ],
  });

  const resetAt = Math.floor(Date.now() / 1000) + 7200;
  const limit: Step = { refused: usedUp(resetAt) };
  /** A login by subscription, as far as Claude Code looks at it: only for that limits are told. */
  const subscription = {
    ANTHROPIC_API_KEY: '',
    CLAUDE_CODE_OAUTH_TOKEN: ['dummy', 'token', 'of', 'a', 'test'].join('-'),
  };

  it('by the five-hour limit: the state is saved, and the report says why, until when, and what is left to do', async () => {
    const outcome = await place.fly(halfWay(limit), prompt, undefined, subscription);
    assert.equal(outcome.exitCode, 1, outcome.stdout);
    const { interruption, report, files: documents } = await place.cliJson<Recovered>('recover');
    assert.ok(interruption);
    assert.equal(interruption.reason, 'usage-limit');
    assert.equal(interruption.resetsAt, new Date(resetAt * 1000).toISOString());
    assert.equal(interruption.task, 'Rename add to sum in sum.js and main.js.');
    assert.deepEqual(report.prompts, [prompt]);
    assert.deepEqual(report.todos, [
      { text: 'Rename it in sum.js', status: 'begun' },
      { text: 'Rename it in main.js', status: 'open' },
    ]);
    assert.equal(report.lastWords, 'First the definition, then its use.');
    assert.deepEqual(
      report.changes.map(({ path, status }) => [path, status]),
      [['sum.js', 'modified']],
    );
    const saved = (await place.checkpoints()).find(({ id }) => id === interruption.checkpoint);
    assert.ok(saved);
    assert.equal(place.repository.git('show', `${saved.ref}:sum.js`), renamed);
    const text = readFileSync(documents.report, 'utf8');
    assert.match(text, /^\+exports\.sum/m);
    console.log(text.replace(/^/gm, '      '));

    // The agent goes on, and then nothing is cut off any more.
    const again = await place.fly(
      { main: [{ tools: [edit('main.js', '{ add }', '{ sum }')] }, { text: 'Done.' }] },
      'Continue.',
    );
    assert.equal(again.exitCode, 0, again.stdout);
  });

  it('in print mode, which kills its hooks: the hook alone records it, and the next session is told of it, once', async () => {
    await place.fly(halfWay(limit), prompt, undefined, subscription);
    const folder = join(place.repository.outer, 'state of $USER', 'interruptions');
    const recorded = () =>
      existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{8}T\d{6}-[\da-f]{12}$/.test(name)) : [];
    const began = Date.now();
    while (recorded().length === 0 && Date.now() - began < 15_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
    console.log(`      recorded ${Date.now() - began} ms after Claude Code had left`);
    const [id, ...others] = recorded();
    assert.ok(id);
    assert.deepEqual(others, []);
    const report = JSON.parse(readFileSync(join(folder, id, 'report.json'), 'utf8')) as Report;
    assert.deepEqual([report.reason, report.resetsAt], ['usage-limit', resetAt * 1000]);

    for (const isTold of [true, false]) {
      const before = place.api.requests.length;
      const outcome = await place.fly({ main: [{ text: 'Hello.' }] }, 'What is there to do?');
      assert.equal(outcome.exitCode, 0, outcome.stdout);
      const sent = JSON.stringify(place.api.requests.slice(before).map(({ body }) => body.messages));
      assert.equal(sent.includes('An earlier session of Claude Code in this folder was cut off at'), isTold);
      if (isTold) assert.ok(sent.includes('Half done: Rename it in sum.js.'));
    }
  });

  it('by a refusal of an API key, which tells no reset', async () => {
    const outcome = await place.fly(halfWay({ refused: { message: 'Too many requests.' } }), prompt);
    assert.equal(outcome.exitCode, 1);
    const { interruption } = await place.cliJson<Recovered>('recover');
    assert.equal(interruption?.reason, 'rate-limit');
    assert.equal(interruption.resetsAt, null);
  });

  it('by a kill, with an edit under way', async () => {
    const kill = (): Step => {
      for (const name of readdirSync(join(place.home, '.claude', 'sessions'))) {
        if (/^\d+\.json$/.test(name)) process.kill(Number(name.replace('.json', '')), 'SIGKILL');
      }
      return { text: 'nobody hears this' };
    };
    const outcome = await place.fly(halfWay(kill), prompt);
    assert.equal(outcome.exitCode, null);
    // Its transcript has to be quiet for a while.
    await new Promise((resolve) => setTimeout(resolve, 3500));
    const { interruption, report } = await place.cliJson<Recovered>('recover');
    assert.equal(interruption?.reason, 'killed');
    assert.equal(report.lastWords, 'First the definition, then its use.');
    assert.equal(place.repository.read('sum.js'), renamed);
  });

  it('not at all: a turn that ends is nothing to recover from', async () => {
    const outcome = await place.fly(
      halfWay({ tools: [edit('main.js', '{ add }', '{ sum }')] }, { text: 'Done.' }),
      prompt,
    );
    assert.equal(outcome.exitCode, 0, outcome.stdout);
    assert.equal((await place.cliJson<Recovered>('recover')).interruption, null);
  });
});
