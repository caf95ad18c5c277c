import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { takeFileLock } from '../../../src/store/fileLock.ts';

describe('file lock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'lock-')));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is had by one at a time, and given up for the next', async () => {
    const first = await takeFileLock(file, 0);
    assert.ok(first);
    assert.equal(await takeFileLock(file, 30), null);
    const waiting = takeFileLock(file, 5000);
    first.release();
    const second = await waiting;
    assert.ok(second);
    // The first one's release, come late, must not free the second one's lock.
    first.release();
    assert.equal(await takeFileLock(file, 30), null);
    second.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('keeps twenty takers apart', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const lock = await takeFileLock(file, 20_000);
        assert.ok(lock);
        most = Math.max(most, ++inside);
        await wait(2);
        inside--;
        lock.release();
      }),
    );
    assert.equal(most, 1);
  });

  it('is given up in time though the clock is set back meanwhile', async () => {
    const holder = await takeFileLock(file, 0);
    assert.ok(holder);
    const { now } = Date;
    const waiting = takeFileLock(file, 100);
    Date.now = () => now() - 3_600_000;
    try {
      assert.equal(await Promise.race([waiting, wait(5000, 'still waiting')]), null);
    } finally {
      Date.now = now;
      holder.release();
    }
  });

  for (const [name, text] of [
    ['of a dead process', `999999999 ${hostname()} - x`],
    ['whose pid is in use again', `${process.pid} ${hostname()} 1 x`],
  ] as const) {
    it(`takes over a lock ${name}, at once`, async () => {
      writeFileSync(file, text);
      const lock = await takeFileLock(file, 1000);
      assert.ok(lock);
      assert.notEqual(readFileSync(file, 'utf8'), text);
      lock.release();
    });
  }

  it('believes a fresh lock of another machine', async () => {
    writeFileSync(file, '1 some-other-host - x');
    assert.equal(await takeFileLock(file, 50), null);
  });

  it('stops waiting when it is told to', async () => {
    const held = await takeFileLock(file, 0);
    const waiting = takeFileLock(file, 60_000, AbortSignal.timeout(50));
    await assert.rejects(waiting, { name: /AbortError|TimeoutError/ });
    held?.release();
  });
});
