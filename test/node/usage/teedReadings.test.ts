import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseStatusline } from '../../../src/agents/claude/statusline.ts';
import { transcriptSources } from '../../../src/agents/transcriptSources.ts';
import { gaugeState } from '../../../src/budget/gauge.ts';
import type { Reading, UsageSnapshot } from '../../../src/protocol/usage.ts';
import { readSpool, spoolFolder, writeSpool } from '../../../src/store/readingSpool.ts';
import { LiveUsage } from '../../../src/usage/liveUsage.ts';
import { UsageScan } from '../../../src/usage/scan.ts';
import { usageCorpus } from '../../support/usageCorpus.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-26T12:00:00Z');
const resets = now / 1000 + 7200;

describe('readings of the statusline', () => {
  let home = '';
  let state = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'soft-landing-statuslines-'));
    state = join(home, 'state');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  interface Told {
    readonly session?: string;
    readonly percent?: number;
    readonly reset?: number;
    readonly config?: string;
    readonly size?: number;
  }
  const line = ({ session = 's1', percent = 42, reset = resets, config = join(home, '.claude'), size = 1e6 }: Told) =>
    JSON.stringify({
      session_id: session,
      transcript_path: join(config, 'projects', '-code', `${session}.jsonl`),
      context_window: { context_window_size: size, total_input_tokens: 5, total_output_tokens: 1 },
      rate_limits: { five_hour: { used_percentage: percent, resets_at: reset } },
    });
  const spool = async (slot: number, told: Told | string, at = now) => {
    await writeSpool(state, String(slot), typeof told === 'string' ? told : line(told));
    utimesSync(join(spoolFolder(state), `${slot}.json`), at / 1000, at / 1000);
  };
  const scanOf = () =>
    new UsageScan({
      sources: transcriptSources,
      surroundings: { home, env: {}, platform: process.platform },
      sinceMs: null,
      stateFolder: state,
      now: () => now,
    });
  const readings = async (scan = scanOf()): Promise<readonly Reading[]> => {
    await scan.sweep();
    return scan.snapshot().readings;
  };

  it('reach the gauge, of the account whose transcripts lie there', async () => {
    await spool(7, {});
    const [reading, ...more] = await readings();
    assert.deepEqual(more, []);
    assert.deepEqual(reading, {
      agent: 'claude',
      account: join(home, '.claude'),
      window: 'five_hour',
      used: 0.42,
      resetsAt: resets * 1000,
      capturedAt: now,
      source: 'statusline',
      confidence: 'official',
    });
  });

  it('are the highest of all sessions, and end with their window', async () => {
    await spool(1, { session: 'busy', percent: 61 }, now - 2000);
    await spool(2, { session: 'idle', percent: 20 }, now - 1000);
    await spool(3, { session: 'old', percent: 99, reset: now / 1000 - 60 }, now - 500);
    const scan = scanOf();
    await scan.sweep();
    const gauge = (at: number) =>
      gaugeState({ usage: scan.snapshot(), folders: [], now: at, reservePercent: 20, budgets: {}, timeZone: 'UTC' });
    assert.deepEqual(
      gauge(now).windows.map(({ usedPercent }) => usedPercent),
      [61],
    );
    assert.deepEqual(gauge(now + 3 * hour).windows, []);
  });

  it('outlive the spool', async () => {
    await spool(1, {});
    const scan = scanOf();
    await readings(scan);
    await scan.save();
    rmSync(spoolFolder(state), { recursive: true });
    assert.deepEqual(
      (await readings()).map(({ used }) => used),
      [0.42],
    );
  });

  it('of other configuration folders are kept, and not shown here', async () => {
    await spool(1, { config: join(home, 'work') });
    const scan = scanOf();
    assert.deepEqual(await readings(scan), []);
    assert.deepEqual(
      scan
        .readings()
        .history()
        .map(({ account }) => account),
      [join(home, 'work')],
    );
  });

  it('are taken in once, and again when there is something new', async () => {
    const scan = scanOf();
    assert.equal(scan.takeTeed(), false);
    await spool(1, {});
    assert.equal(scan.takeTeed(), true);
    assert.equal(scan.takeTeed(), false);
    await spool(1, { percent: 43 }, now + 1000);
    assert.equal(scan.takeTeed(), true);
    assert.equal(scan.hasUnsaved, true);
  });

  it('tell how large a session’s context is', async () => {
    const { files } = usageCorpus({ seed: 5, sessions: 3 });
    for (const [path, lines] of files) {
      const file = join(home, '.claude', 'projects', path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, `${lines.join('\n')}\n`);
    }
    const scan = scanOf();
    await scan.sweep();
    const [first, second] = scan.snapshot().sessions;
    await spool(1, { session: first?.sessionId ?? '', size: 777_000 });
    scan.takeTeed();
    assert.deepEqual(
      scan
        .snapshot()
        .sessions.slice(0, 2)
        .map(({ contextLimit }) => contextLimit),
      [777_000, second?.contextLimit],
    );
  });

  it('are as good as none where the spool holds something else', async () => {
    await spool(1, '{"session_id":"x","rate_lim');
    await spool(2, '');
    await spool(3, `\0\xff${'x'.repeat(1000)}`);
    await spool(4, ' '.repeat(300 << 10) + line({}));
    await spool(5, JSON.stringify({ rate_limits: { five_hour: { used_percentage: -4, resets_at: 'x' } } }));
    mkdirSync(join(spoolFolder(state), '6.json'));
    symlinkSync('7.json', join(spoolFolder(state), '7.json'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(spoolFolder(state), '8.json')]);
    writeFileSync(join(spoolFolder(state), 'no name of ours.json'), line({}));
    assert.deepEqual(await readings(), []);
    assert.deepEqual(readSpool(state, (text) => (text.includes('rate_lim') ? text : null)).length, 2);
  });

  it('leave nothing behind: what killed writers left goes, and what is too old', async () => {
    await spool(1, {}, now - 9 * 24 * hour);
    await spool(2, {}, now - 2 * hour);
    for (const [name, age] of [
      ['.77', 2 * hour],
      ['.77.in', 2 * hour],
      ['.78', 1000],
    ] as const) {
      writeFileSync(join(spoolFolder(state), name), '');
      utimesSync(join(spoolFolder(state), name), (now - age) / 1000, (now - age) / 1000);
    }
    await readings();
    assert.deepEqual(readdirSync(spoolFolder(state)).sort(), ['.78', '2.json']);
  });

  it('can be read by a hook, newest first, with session and time', async () => {
    assert.deepEqual(readSpool(state, parseStatusline), []);
    await spool(1, { session: 'older', percent: 1 }, now - 1000);
    await spool(2, { session: 'newer', percent: 2 }, now);
    await spool(3, 'torn', now);
    assert.deepEqual(
      readSpool(state, parseStatusline).map(({ session, readings: told }) => [
        session?.sessionId,
        session?.capturedAt,
        told[0]?.used,
      ]),
      [
        ['newer', now, 0.02],
        ['older', now - 1000, 0.01],
      ],
    );
  });

  describe('while somebody watches', () => {
    let live: LiveUsage | null = null;
    let snapshots: UsageSnapshot[] = [];
    beforeEach(() => {
      snapshots = [];
      live = new LiveUsage({
        sources: transcriptSources,
        surroundings: { home, env: {}, platform: process.platform },
        sinceMs: null,
        stateFolder: state,
        now: () => now,
        post: (snapshot) => void snapshots.push(snapshot),
      });
    });
    afterEach(() => live?.stop());

    const until = async (used: number) => {
      for (let tries = 0; snapshots.at(-1)?.readings.at(-1)?.used !== used; tries += 1) {
        assert.ok(tries < 200, `${JSON.stringify(snapshots.at(-1)?.readings)} instead of ${used}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };

    it('are shown as they come, from the first on, though there was no spool', async () => {
      mkdirSync(state, { recursive: true });
      await live?.look();
      assert.ok(!existsSync(spoolFolder(state)));
      await spool(1, { percent: 10 }, now);
      await until(0.1);
      await spool(1, { percent: 11 }, now + 1000);
      await until(0.11);
      await spool(2, { percent: 12 }, now + 2000);
      await until(0.12);
    });
  });
});
