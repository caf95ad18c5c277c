import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reading } from '../../../../src/protocol/usage.ts';
import { ReadingStore } from '../../../../src/usage/readings/readingStore.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-23T05:00:00Z');
const writer = fileURLToPath(new URL('./readingWriter.ts', import.meta.url));

describe('the store of readings', () => {
  let state: string;
  let file: string;
  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), 'readings '));
    file = path.join(state, 'readings', 'trail.jsonl');
  });
  afterEach(() => rmSync(state, { recursive: true, force: true }));

  const store = (now = start) => new ReadingStore({ stateFolder: state, now: () => now });
  const reading = (used: number, changes: Partial<Reading> = {}): Reading => ({
    agent: 'claude',
    account: 'a',
    window: 'five_hour',
    used,
    resetsAt: start + 5 * hour,
    capturedAt: start + hour + Math.round(used * 1000),
    source: 'test',
    confidence: 'official',
    ...changes,
  });
  const used = (from: ReadingStore) => from.readings.history().map((each) => each.used);
  const write = (account: string, count: string) =>
    spawn(process.execPath, ['--import', 'tsx', writer, state, account, count, String(start)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  it('outlasts its process, and says whether something is new', async () => {
    assert.equal(await store().readOn(), false);
    await store().append([reading(0.1), reading(0.2)]);
    const other = store();
    assert.equal(await other.readOn(), true);
    assert.deepEqual(used(other), [0.1, 0.2]);
    assert.equal(await other.readOn(), false);
    await store().append([reading(0.3)]);
    assert.equal(await other.readOn(), true);
    assert.deepEqual(used(other), [0.1, 0.2, 0.3]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('passes over torn and changed lines, and loses none that follow', async () => {
    await store().append([reading(0.1)]);
    const line = readFileSync(file, 'utf8').trim();
    appendFileSync(file, `${line.replace('0.1', '0.9')}\n${line.slice(0, 40)}`);
    await store().append([reading(0.2)]);
    const other = store();
    await other.readOn();
    assert.deepEqual(used(other), [0.1, 0.2]);
  });

  it('waits for the rest of a line', async () => {
    await store().append([reading(0.1)]);
    const bytes = readFileSync(file);
    const half = bytes.length - 20;
    writeFileSync(file, bytes.subarray(0, half));
    const other = store();
    assert.equal(await other.readOn(), false);
    appendFileSync(file, bytes.subarray(half));
    assert.equal(await other.readOn(), true);
  });

  it('is read anew when its file was replaced, even by a longer one', async () => {
    const reader = store();
    await store().append([reading(0.1)]);
    await reader.readOn();
    const replacement = path.join(state, 'other');
    await new ReadingStore({ stateFolder: replacement, now: () => start }).append([
      reading(0.05),
      reading(0.1),
      reading(0.15, { account: 'b' }),
    ]);
    renameSync(path.join(replacement, 'readings', 'trail.jsonl'), file);
    assert.equal(await reader.readOn(), true);
    assert.deepEqual(used(reader), [0.05, 0.1, 0.15]);
  });

  it('keeps the lines of several writers, of which some are killed', async function () {
    this.timeout(60_000);
    const killed = write('killed', 'forever');
    const whole = ['one', 'two'].map((account) => write(account, '90'));
    const ends = whole.map((child) => once(child, 'exit'));
    await once(killed.stdout, 'data');
    const killedEnd = once(killed, 'exit');
    setTimeout(() => killed.kill('SIGKILL'), 100);
    assert.deepEqual(
      (await Promise.all(ends)).map(([code]: unknown[]) => code),
      [0, 0],
    );
    assert.deepEqual(await killedEnd, [null, 'SIGKILL']);
    const all = store();
    await all.readOn();
    for (const account of ['one', 'two']) {
      const steps = all.readings.history().filter((each) => each.account === account);
      assert.deepEqual(
        steps.map((each) => each.used),
        Array.from({ length: 90 }, (_, step) => (step + 1) / 100),
        account,
      );
    }
  });

  it('stays small, without what is old, and a reader that was there before follows', async () => {
    const old = reading(0.5, { resetsAt: start - 90 * 24 * hour, capturedAt: start - 90 * 24 * hour - hour });
    const reader = store();
    const busy = store();
    await busy.append([old, reading(0.5)]);
    await reader.readOn();
    for (let round = 0; round < 20; round += 1) {
      const again = Array.from({ length: 200 }, (_, step) =>
        reading(0.5, { capturedAt: start + 2 * hour + round * 1000 + step }),
      );
      await busy.append(again);
    }
    assert.ok(statSync(file).size < 300 * 1024, String(statSync(file).size));
    await busy.append([reading(0.6, { capturedAt: start + 3 * hour })]);
    assert.equal(await reader.readOn(), true);
    assert.equal(reader.readings.all(start).at(-1)?.used, 0.6);
    const fresh = store();
    await fresh.readOn();
    assert.ok(fresh.readings.history().every(({ resetsAt }) => resetsAt === start + 5 * hour));
  });
});
