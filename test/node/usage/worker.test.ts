import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import * as v from 'valibot';
import { packedUsageSchema, unpackedUsage } from '../../../src/protocol/packedUsage.ts';
import { newTokens, type UsageSnapshot } from '../../../src/protocol/usage.ts';
import { readLimits } from '../../../src/store/limitsFile.ts';
import { defaultPreferences, publishPreferences } from '../../../src/store/preferences.ts';
import { looked, type UsageWorkerData } from '../../../src/usage/workerData.ts';
import { usageCorpus } from '../../support/usageCorpus.ts';

const { files, truth } = usageCorpus({ seed: 11, sessions: 12 });

describe('the usage worker', () => {
  let bundleFolder = '';
  let bundle = '';
  let home = '';
  let root = '';
  let worker: Worker | null = null;
  let snapshots: { at: number; snapshot: UsageSnapshot }[] = [];

  before(async () => {
    bundleFolder = mkdtempSync(join(tmpdir(), 'soft-landing-bundle-'));
    bundle = join(bundleFolder, 'usageWorker.cjs');
    const entryPoints = [join(import.meta.dirname, '../../../src/meter/worker.ts')];
    await build({
      entryPoints,
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node18',
      logLevel: 'error',
    });
  });
  after(() => rmSync(bundleFolder, { recursive: true, force: true }));

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-worker-'));
    root = join(home, '.claude', 'projects');
    snapshots = [];
  });
  afterEach(async () => {
    // Ended from outside in the midst of its work, a thread can take the whole process along (Node 20).
    if (worker !== null && worker.threadId > 0) {
      const ended = new Promise((resolve) => worker?.once('exit', resolve));
      worker.postMessage('stop');
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
  });

  function start(data: Partial<UsageWorkerData> = {}): Worker {
    const workerData = { home, env: {}, platform: process.platform, sinceMs: null, ...data };
    worker = new Worker(bundle, { workerData });
    worker.on('message', (message: unknown) => {
      if (message !== looked)
        snapshots.push({ at: Date.now(), snapshot: unpackedUsage(v.parse(packedUsageSchema, message)) });
    });
    return worker;
  }
  function append(path: string, lines: readonly string[]): void {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    appendFileSync(full, lines.map((line) => `${line}\n`).join(''));
  }
  /** Waits for a snapshot of this many responses and gives the milliseconds it took. */
  async function untilResponses(wanted: number, longest = 5000): Promise<number> {
    const since = Date.now();
    while (Date.now() - since < longest) {
      const latest = snapshots.at(-1);
      if (latest !== undefined && responsesOf(latest.snapshot) === wanted) return latest.at - since;
      await wait(5);
    }
    throw new Error(
      `no snapshot of ${wanted} responses; the last has ${snapshots.map(({ snapshot }) => responsesOf(snapshot)).at(-1)}`,
    );
  }

  it('tells the truth about what is there', async () => {
    for (const [path, lines] of files) append(path, lines);
    start();
    await untilResponses(truth.responses);
    await wait(600);
    const { sessions, scanned } = snapshots.at(-1)?.snapshot ?? assert.fail();
    assert.deepEqual(new Map(sessions.map(({ sessionId, tokens }) => [sessionId, newTokens(tokens)])), truth.bySession);
    assert.equal(scanned.files, files.size);
  });

  it('posts an empty snapshot where nothing is', async () => {
    start();
    await untilResponses(0);
  });

  it('tells of a new line within a second, in files old and new', async () => {
    append('p/a.jsonl', [row(1)]);
    start();
    await untilResponses(1);
    await wait(800);
    const steps: [string, number][] = [
      ['p/a.jsonl', 2],
      ['p/a.jsonl', 3],
      ['p/b.jsonl', 4],
      ['q/c.jsonl', 5],
      ['q/c/subagents/agent-1.jsonl', 6],
      ['q/c/subagents/agent-1.jsonl', 7],
      ['p/a.jsonl', 8],
    ];
    for (const [path, wanted] of steps) {
      append(path, [row(wanted)]);
      const took = await untilResponses(wanted);
      // On a quiet machine 250 to 500 ms; the promise is a second, the rest is room for a busy one.
      assert.ok(took < 2000, `${path}: ${took} ms`);
    }
  });

  it('notices a root that appears later', async () => {
    start();
    await untilResponses(0);
    await wait(600);
    append('p/a.jsonl', [row(1)]);
    assert.ok((await untilResponses(1)) < 2000);
  });

  it('goes on after its folders were deleted and made again', async () => {
    append('p/a.jsonl', [row(1)]);
    start();
    await untilResponses(1);
    await wait(600);
    rmSync(root, { recursive: true });
    await wait(600);
    append('p/b.jsonl', [row(2)]);
    assert.ok((await untilResponses(2)) < 2000);
    append('p/b.jsonl', [row(3)]);
    assert.ok((await untilResponses(3)) < 2000);
  });

  it('posts at most four snapshots a second, and none when nothing changes', async () => {
    append('p/a.jsonl', [row(0)]);
    start();
    await untilResponses(1);
    for (let index = 1; index <= 100; index += 1) {
      append('p/a.jsonl', [row(index)]);
      await wait(10);
    }
    await untilResponses(101);
    const [begin, end] = [snapshots[0]?.at ?? 0, snapshots.at(-1)?.at ?? 0];
    assert.ok(snapshots.length <= 2 + (end - begin) / 250, `${snapshots.length} in ${end - begin} ms`);
    await wait(800);
    const count = snapshots.length;
    append('p/a.jsonl', ['{"type":"user"}', row(3)]);
    await wait(800);
    assert.equal(snapshots.length, count);
  });

  it('when asked to look has told of everything that was there, and published it, before it says that it has', async () => {
    const state = join(home, 'state');
    await publishPreferences(state, { ...defaultPreferences, budgets: { tokensPerWeek: 1000 } });
    const asked = start({ env: { SOFT_LANDING_HOME: state } });
    await untilResponses(0);
    const now = (index: number) =>
      row(index).replace(/"timestamp":"[^"]*"/, `"timestamp":"${new Date().toISOString()}"`);
    for (let index = 1; index <= 8; index += 1) {
      append(`p/${index % 3}.jsonl`, [now(index)]);
      asked.postMessage('rescan');
      await new Promise<void>((resolve) => {
        const onMessage = (message: unknown): void => {
          if (message !== looked) return;
          asked.off('message', onMessage);
          resolve();
        };
        asked.on('message', onMessage);
      });
      const latest = snapshots.at(-1)?.snapshot ?? assert.fail();
      assert.equal(responsesOf(latest), index);
      const used = latest.sessions.reduce((sum, { tokens }) => sum + newTokens(tokens), 0);
      const [window] = (await readLimits(state))?.windows ?? [];
      assert.equal(Math.round((window?.used ?? 0) * 1000), used, `look ${index}`);
    }
  });

  it('posts when asked to', async () => {
    const asked = start();
    await untilResponses(0);
    await wait(800);
    const count = snapshots.length;
    asked.postMessage('rescan');
    asked.postMessage({ some: 'nonsense' });
    await wait(800);
    assert.ok(snapshots.length > count);
  });

  it('stops when told, and by itself ends its thread', async () => {
    append('p/a.jsonl', [row(1)]);
    const stopping = start();
    await untilResponses(1);
    const ended = new Promise<number>((resolve) => stopping.once('exit', resolve));
    stopping.postMessage('stop');
    assert.equal(await ended, 0);
  });

  it('keeps what it read for the next one', async () => {
    for (const [path, lines] of files) append(path, lines);
    const first = start();
    await untilResponses(truth.responses);
    const ended = new Promise((resolve) => first.once('exit', resolve));
    first.postMessage('stop');
    await ended;
    rmSync(root, { recursive: true });
    snapshots = [];
    start();
    await untilResponses(truth.responses);
  });

  describe('on a long first reading', () => {
    const [count, rows] = [48, 2500];
    beforeEach(() => {
      for (let file = 0; file < count; file += 1) {
        append(
          `p/${file}.jsonl`,
          Array.from({ length: rows }, (_, index) => row(file * rows + index)),
        );
      }
    });
    const latest = () => snapshots.at(-1)?.snapshot ?? assert.fail();

    it('says how far it is', async () => {
      start();
      await untilResponses(count * rows, 20_000);
      await wait(600);
      const seen = snapshots.map(({ snapshot }) => snapshot.progress);
      assert.equal(seen.at(-1), null);
      const shown = seen.filter((each) => each !== null);
      assert.ok(shown.length > 0);
      for (const { doneBytes, totalBytes } of shown) assert.ok(doneBytes <= totalBytes && totalBytes > 16e6);
    });

    it('stops when it is cancelled, goes on with what is new, and reads the rest when asked to', async () => {
      const worker = start();
      await new Promise((resolve) => worker.once('message', resolve));
      worker.postMessage('cancel');
      await wait(1500);
      const stoppedAt = responsesOf(latest());
      assert.ok(stoppedAt < count * rows, 'it was too fast to be cancelled');
      assert.equal(latest().progress, null);
      append('p/new.jsonl', [row(9_999_999)]);
      await untilResponses(stoppedAt + 1);
      worker.postMessage('rescan');
      await untilResponses(count * rows + 1, 20_000);
    });
  }).timeout(60_000);

  it('publishes what is left for programs that read no transcripts, by the preferences of then', async () => {
    const state = join(home, 'state');
    const published = async (used: number | null) => {
      for (let tries = 0; tries < 200; tries += 1) {
        const window = (await readLimits(state))?.windows.find((each) => each.window === 'tokensPerSession');
        if ((window?.used ?? null) === used) return;
        await wait(25);
      }
      assert.fail(`${JSON.stringify(await readLimits(state))} instead of ${used}`);
    };
    const now = (index: number) =>
      row(index).replace(/"timestamp":"[^"]*"/, `"timestamp":"${new Date().toISOString()}"`);
    await publishPreferences(state, { ...defaultPreferences, budgets: { tokensPerSession: 1000 } });
    append('p/s1.jsonl', [now(99)]);
    const started = start({ env: { SOFT_LANDING_HOME: state } });
    await published(0.1);
    append('p/s1.jsonl', [now(399)]);
    await published(0.5);
    await publishPreferences(state, { ...defaultPreferences, budgets: { tokensPerSession: 2000 } });
    started.postMessage('preferences');
    await published(0.25);
    await publishPreferences(state, defaultPreferences);
    started.postMessage('preferences');
    await published(null);
  });

  it('refuses to start on nonsense', async () => {
    const refused = new Worker(bundle, { workerData: { home: 7 } });
    await new Promise((resolve) => refused.once('error', resolve));
  });

  it('is idle when nothing happens', async () => {
    for (const [path, lines] of files) append(path, lines);
    writeFileSync(join(root, 'p.txt'), '');
    const idle = start();
    await untilResponses(truth.responses);
    await wait(1500);
    const before = idle.performance.eventLoopUtilization();
    await wait(1500);
    const { active } = idle.performance.eventLoopUtilization(idle.performance.eventLoopUtilization(), before);
    assert.ok(active < 20, `${active} ms of work in 1.5 s`);
  });
});

function responsesOf(snapshot: UsageSnapshot): number {
  return snapshot.sessions.reduce((sum, { responses }) => sum + responses, 0);
}

function row(index: number): string {
  const usage = { input_tokens: index, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
  return JSON.stringify({
    type: 'assistant',
    uuid: `u${index}`,
    timestamp: new Date(1_795_417_306_000 + index).toISOString(),
    sessionId: 's1',
    requestId: `req_${index}`,
    cwd: '/repo',
    message: { id: `msg_${index}`, model: 'opus', usage },
  });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
