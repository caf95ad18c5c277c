import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { usageReport } from '../../../src/usage/report.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { usageCorpus, type CorpusTruth } from '../../support/usageCorpus.ts';

const { files, truth } = usageCorpus({ seed: 3, sessions: 40 });
const [first = '', second = ''] = [...files.keys()];

describe('a scan of transcripts', () => {
  let home = '';
  let root = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-scan-'));
    root = join(home, '.claude', 'projects');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const scanOf = (sinceMs: number | null = null) =>
    new UsageScan({ sources: transcriptSources, surroundings: { home, env: {}, platform: process.platform }, sinceMs });

  function put(path: string, content: string | Uint8Array): string {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
    return full;
  }
  function putAll(): void {
    for (const [path, lines] of files) put(path, `${lines.join('\n')}\n`);
  }

  it('finds nothing where there is nothing', async () => {
    const scan = scanOf();
    assert.deepEqual(await scan.sweep(), { folders: [], changed: false });
    assert.deepEqual(scan.snapshot(), {
      sessions: [],
      readings: [],
      timeline: [],
      progress: null,
      scanned: { files: 0, bytes: 0, rows: 0, skipped: 0 },
    });
  });

  it('is exact on a corpus of known truth, by day, model and session', async () => {
    putAll();
    const scan = scanOf();
    assert.equal((await scan.sweep()).changed, true);
    check(scan, truth);
    assert.equal(scan.counts().files, files.size);
    assert.equal(scan.counts().skipped, 0);
  });

  it('is exact when the files grow in odd pieces, sweep after sweep', async () => {
    const scan = scanOf();
    const rest = new Map([...files].map(([path, lines]) => [path, Buffer.from(`${lines.join('\n')}\n`)]));
    for (let round = 0; rest.size > 0; round += 1) {
      for (const [path, bytes] of rest) {
        const piece = bytes.subarray(0, 700 + ((round * 7919) % 9000));
        if (round === 0) put(path, piece);
        else appendFileSync(join(root, path), piece);
        if (piece.length === bytes.length) rest.delete(path);
        else rest.set(path, bytes.subarray(piece.length));
      }
      await scan.sweep();
    }
    check(scan, truth);
    assert.equal(scan.counts().skipped, 0);
  });

  it('never counts twice, whatever happens to the files', async () => {
    putAll();
    const scan = scanOf();
    await scan.sweep();
    const [a, b] = [join(root, first), join(root, second)];
    truncateSync(a, 5000);
    renameSync(b, join(root, 'rotated.jsonl'));
    await scan.sweep();
    check(scan, truth);
    for (const path of [first, second]) put(path, `${[...(files.get(path) ?? [])].reverse().join('\n')}\n`);
    await scan.sweep();
    check(scan, truth);
    rmSync(root, { recursive: true });
    await scan.sweep();
    check(scan, truth);
    assert.equal(scan.counts().files, 0);
    putAll();
    assert.equal((await scan.sweep()).changed, false);
    check(scan, truth);
  });

  it('refreshes single files', async () => {
    const lines = files.get(first) ?? [];
    const path = put(first, `${lines.slice(0, 4).join('\n')}\n`);
    const scan = scanOf();
    await scan.sweep();
    assert.equal(scan.knows(path), true);
    assert.equal(await scan.refresh([path, join(root, 'unknown.jsonl')]), false);
    appendFileSync(path, `${lines.slice(4).join('\n')}\n`);
    assert.equal(await scan.refresh([path]), true);
    rmSync(path);
    assert.equal(await scan.refresh([path]), false);
    assert.equal(scan.counts().skipped, 1);
  });

  it('counts what it cannot read, and reads the rest', async () => {
    putAll();
    symlinkSync(join(root, 'gone'), join(root, 'dangling.jsonl'));
    symlinkSync(root, join(dirname(join(root, first)), 'loop'));
    symlinkSync('b', join(root, 'a'));
    symlinkSync('a', join(root, 'b'));
    put('p/binary.jsonl', Buffer.concat([Buffer.from([0, 255, 254, 10]), Buffer.from('"usage"\0\n')]));
    mkdirSync(join(root, 'folder.jsonl'));
    const scan = scanOf();
    await scan.sweep();
    check(scan, truth);
    assert.equal(scan.counts().skipped, 4);
    assert.equal(scan.counts().files, files.size + 1);
    await scan.sweep();
    assert.equal(scan.counts().skipped, 4);
  });

  // Windows has no such permissions.
  const unlessWindows = process.platform === 'win32' ? () => undefined : it;
  unlessWindows('counts files and folders it may not read, until it may', async () => {
    putAll();
    const closed = [join(root, first), dirname(join(root, second))];
    for (const path of closed) chmodSync(path, 0);
    const scan = scanOf();
    await asNobody(() => scan.sweep());
    assert.equal(scan.counts().skipped, 2);
    for (const path of closed) chmodSync(path, 0o755);
    await scan.sweep();
    assert.equal(scan.counts().skipped, 0);
    check(scan, truth);
  });

  /** The super-user may read everything, so while it runs the tests it steps down. */
  async function asNobody(work: () => Promise<unknown>): Promise<void> {
    if (process.geteuid?.() !== 0) {
      await work();
      return;
    }
    chmodSync(home, 0o755);
    process.seteuid?.(65_534);
    try {
      await work();
    } finally {
      process.seteuid?.(0);
    }
  }

  it('reads a folder once that links lead to twice', async () => {
    putAll();
    symlinkSync(root, join(home, 'link'));
    mkdirSync(join(home, '.config', 'claude'), { recursive: true });
    symlinkSync(join(home, 'link'), join(home, '.config', 'claude', 'projects'));
    const scan = scanOf();
    await scan.sweep();
    check(scan, truth);
  });

  it('reads recent sessions only, but those whole', async () => {
    putAll();
    const sub = [...files.keys()].find((path) => path.includes('/subagents/agent-1.')) ?? '';
    const main = `${dirname(dirname(sub))}.jsonl`;
    for (const path of files.keys()) utimesSync(join(root, path), 1000, 1000);
    utimesSync(join(root, main), 5000, 5000);
    const scan = scanOf(2_000_000);
    await scan.sweep();
    const [session, ...others] = scan.snapshot().sessions;
    assert.deepEqual(others, []);
    assert.equal(session?.sessionId, dirname(dirname(sub)).split('/')[1]);
    assert.equal(scan.counts().files, 2);
  });

  it('shows the newest file first and can be stopped', async () => {
    putAll();
    for (const path of files.keys()) utimesSync(join(root, path), 1000, 1000);
    utimesSync(join(root, second), 5000, 5000);
    const stop = new AbortController();
    const scan = scanOf();
    const seen: number[] = [];
    await scan.sweep({ onNews: () => seen.push(scan.snapshot().scanned.files) });
    assert.deepEqual(seen.slice(0, 3), [1, 2, 3]);
    const stopped = scanOf();
    stop.abort(new Error('stopped'));
    await assert.rejects(
      (async () => {
        // An abort is seen at the next pause; a scan shorter than that simply ends.
        for (;;) await stopped.sweep({ signal: stop.signal });
      })(),
      /stopped/,
    );
  });

  it('gathers readings, each once', async () => {
    const limit = {
      type: 'assistant',
      timestamp: '2026-11-23T05:00:00.000Z',
      isApiErrorMessage: true,
      quotaLimits: { status: 'rejected', rateLimitType: 'five_hour', resetsAt: 1_795_417_306 },
      message: { model: '<synthetic>', usage: { input_tokens: 0 } },
    };
    put('p/a.jsonl', `${JSON.stringify(limit)}\n`);
    put('p/fork.jsonl', `${JSON.stringify(limit)}\n`);
    const scan = new UsageScan({
      sources: transcriptSources,
      surroundings: { home, env: {}, platform: process.platform },
      sinceMs: null,
      now: () => Date.parse('2026-11-23T05:10:00.000Z'),
    });
    await scan.sweep();
    const { readings, sessions } = scan.snapshot();
    assert.deepEqual(sessions, []);
    assert.deepEqual(
      readings.map(({ window, used, resetsAt }) => [window, used, resetsAt]),
      [['five_hour', 1, 1_795_417_306_000]],
    );
  });
});

function check(scan: UsageScan, wanted: CorpusTruth): void {
  const query = { since: null, until: null, agent: null, timeZone: 'UTC' };
  for (const [by, groups] of [
    ['day', wanted.byDay],
    ['model', wanted.byModel],
    ['session', wanted.bySession],
  ] as const) {
    const report = usageReport(scan.ledger.responses(), { ...query, by });
    const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = report.totals;
    assert.equal(report.totals.responses, wanted.responses);
    assert.deepEqual({ input, output, cacheWrite5m, cacheWrite1h, cacheRead }, wanted.tokens);
    const fresh = [...report.groups].map(
      ([key, s]) => [key, s.input + s.output + s.cacheWrite5m + s.cacheWrite1h] as const,
    );
    assert.deepEqual(new Map(fresh), groups);
  }
}
