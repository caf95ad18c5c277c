import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { LimitWindow, PublishedLimits } from '../../../src/protocol/limits.ts';
import { publishLimits, readLimits } from '../../../src/store/limitsFile.ts';
import { limitsFile } from '../../../src/store/stateFiles.ts';
import { makeUnwritable } from '../../support/unwritable.ts';

const hour = 3_600_000;
const now = Date.parse('2026-11-26T12:00:00Z');
const rates = { input: 0.1, output: 0.5, cacheWrite5m: 0.1, cacheWrite1h: 0.2, cacheRead: 0 };
const window = (changes: Partial<LimitWindow> = {}): LimitWindow => ({
  agent: 'claude',
  account: '/home/dev/.claude',
  window: 'five_hour',
  label: '5-hour window',
  session: null,
  used: 0.4,
  resetsAt: now + hour,
  capturedAt: now - 1000,
  source: 'statusline',
  confidence: 'derived',
  error: 0.02,
  drift: { '': rates, big: { ...rates, response: 0.001 } },
  ...changes,
});
const limits = (at: number, ...windows: LimitWindow[]): PublishedLimits => ({ v: 1, at, windows });

describe('limits.json', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'limits-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const used = async () => (await readLimits(folder))?.windows.map((each) => each.used);

  it('comes back as it was published, private, into a folder that was not there', async () => {
    const inner = path.join(folder, 'a', 'b');
    const published = limits(now, window(), window({ window: 'tokensPerSession', session: 's', drift: null }));
    assert.equal(await readLimits(inner), null);
    assert.equal(await publishLimits(inner, published, []), true);
    assert.deepEqual(await readLimits(inner), published);
    if (process.platform !== 'win32') assert.equal((await stat(limitsFile(inner))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(inner), ['limits.json']);
  });

  it('is written only when a window says something else', async () => {
    await publishLimits(folder, limits(now, window()), []);
    const before = await stat(limitsFile(folder));
    assert.equal(await publishLimits(folder, limits(now + 5000, window()), []), false);
    assert.equal((await stat(limitsFile(folder))).ino, before.ino);
    assert.equal(await publishLimits(folder, limits(now + 5000, window({ used: 0.41 })), []), true);
  });

  it('keeps what is newer, unless that is of a clock that was set back since', async () => {
    await publishLimits(folder, limits(now, window({ used: 0.5 })), []);
    assert.equal(await publishLimits(folder, limits(now - 3000, window({ used: 0.1 })), []), false);
    assert.deepEqual(await used(), [0.5]);
    assert.equal(await publishLimits(folder, limits(now - hour, window({ used: 0.1 })), []), true);
    assert.deepEqual(await used(), [0.1]);
  });

  it('leaves the windows of accounts that a writer does not know, until they reset', async () => {
    const other = { account: '/home/dev/.claude-work', used: 0.9 };
    await publishLimits(folder, limits(now, window(other)), []);
    await publishLimits(folder, limits(now + 1, window()), []);
    assert.deepEqual(await used(), [0.4, 0.9]);
    await publishLimits(folder, limits(now + 2 * hour, window({ resetsAt: now + 9 * hour })), []);
    assert.deepEqual(await used(), [0.4]);
  });

  it('loses a window that its owner no longer tells of', async () => {
    await publishLimits(folder, limits(now, window(), window({ agent: 'codex', account: 'c' })), []);
    await publishLimits(folder, limits(now + 1), [{ agent: 'claude', account: '/home/dev/.claude' }]);
    assert.deepEqual(
      (await readLimits(folder))?.windows.map(({ agent }) => agent),
      ['codex'],
    );
  });

  for (const text of ['', '{"v":1,"at":5,"wind', '[]', 'null', '{"v":1,"at":"x","windows":[]}', '\0\0'])
    it(`is published anew over ${JSON.stringify(text)}`, async () => {
      await writeFile(limitsFile(folder), text);
      assert.equal(await readLimits(folder), null);
      assert.equal(await publishLimits(folder, limits(now, window()), []), true);
      assert.deepEqual(await used(), [0.4]);
    });

  it('leaves a newer version alone', async () => {
    const text = '{"v":2,"at":1,"windows":[],"more":{}}';
    await writeFile(limitsFile(folder), text);
    assert.equal(await publishLimits(folder, limits(now, window()), []), false);
    assert.equal(await readFile(limitsFile(folder), 'utf8'), text);
  });

  it("has every writer's accounts when many write at once", async () => {
    const accounts = Array.from({ length: 12 }, (_, index) => `account ${index}`);
    await Promise.all(accounts.map((account) => publishLimits(folder, limits(now, window({ account })), [])));
    assert.deepEqual((await readLimits(folder))?.windows.map(({ account }) => account).sort(), [...accounts].sort());
    assert.deepEqual(await readdir(folder), ['limits.json']);
  });

  it('throws where it cannot be written, and the old one stays', async () => {
    await publishLimits(folder, limits(now, window()), []);
    const undo = makeUnwritable(limitsFile(folder));
    try {
      await assert.rejects(publishLimits(folder, limits(now + 1, window({ used: 0.6 })), []));
    } finally {
      undo();
    }
    assert.deepEqual(await used(), [0.4]);
    assert.deepEqual(await readdir(folder), ['limits.json']);
  });
});
