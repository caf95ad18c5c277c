import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { noTokens } from '../../../src/protocol/usage.ts';
import type { UsageScan } from '../../../src/usage/scan.ts';
import { plus } from '../../../src/usage/sessions.ts';
import { codexCorpus } from '../../support/codexCorpus.ts';
import { check, files, StoreHome, textOf, truth } from '../../support/storeHome.ts';

describe('the store of what was read', () => {
  let place: StoreHome;
  beforeEach(() => {
    place = new StoreHome();
  });
  afterEach(() => place.remove());

  it('gives a later process what an earlier one read, and reads nothing again', async () => {
    place.putAll();
    for (const path of files.keys()) utimesSync(join(place.root, path), 5000, 5000);
    const cold = await place.read();
    check(cold, truth, 'cold');
    const written = statSync(place.file);
    // Whoever read these now would find nothing.
    for (const path of files.keys()) {
      const { size } = statSync(join(place.root, path));
      writeFileSync(join(place.root, path), Buffer.alloc(size, 10), { flag: 'r+' });
      utimesSync(join(place.root, path), 5000, 5000);
    }
    const warm = await place.read();
    check(warm, truth, 'warm');
    assert.deepEqual(warm.counts(), cold.counts());
    assert.deepEqual(warm.snapshot(), cold.snapshot());
    assert.equal(statSync(place.file).mtimeMs, written.mtimeMs, 'nothing new, nothing written');
    assert.equal(statSync(place.file).mode & 0o777, 0o600);
  });

  it('keeps no prompt, no path of a transcript and no id of a response', async () => {
    place.putAll();
    await place.read();
    const text = readFileSync(place.file, 'latin1');
    for (const word of ['const gr', place.root, 'msg_01', 'req_01']) assert.ok(!text.includes(word), word);
  });

  it('is exact when each piece of a growing file is read by another process', async () => {
    const rest = new Map([...files].map(([path, lines]) => [path, Buffer.from(textOf(lines))]));
    for (let round = 0; rest.size > 0; round += 1) {
      for (const [path, bytes] of rest) {
        const piece = bytes.subarray(0, 1500 + ((round * 7919) % 9000));
        if (round === 0) place.put(path, piece);
        else appendFileSync(join(place.root, path), piece);
        if (piece.length === bytes.length) rest.delete(path);
        else rest.set(path, bytes.subarray(piece.length));
      }
      const scan = await place.read();
      if (rest.size === 0) check(scan, truth, `round ${round}`);
      assert.equal(scan.counts().skipped, 0);
    }
  });

  it('is exact for formats with a place.state, in pieces read by other processes', async () => {
    const corpus = codexCorpus(4, 20);
    const rest = new Map([...corpus.files].map(([path, lines]) => [path, Buffer.from(textOf(lines))]));
    let last: UsageScan | null = null;
    for (let round = 0; rest.size > 0; round += 1) {
      for (const [path, bytes] of rest) {
        const piece = bytes.subarray(0, 3000 + ((round * 7919) % 5000));
        mkdirSync(dirname(join(place.home, path)), { recursive: true });
        appendFileSync(join(place.home, path), piece);
        if (piece.length === bytes.length) rest.delete(path);
        else rest.set(path, bytes.subarray(piece.length));
      }
      last = await place.read();
    }
    const all = [...(last?.ledger.responses() ?? [])];
    assert.equal(all.length, corpus.truth.responses);
    assert.deepEqual(all.map(({ tokens }) => tokens).reduce(plus, noTokens), corpus.truth.tokens);
  });

  it('never counts twice, whatever happens to the files between two processes', async () => {
    const [first = '', second = ''] = [...files.keys()];
    place.putAll();
    await place.read();
    truncateSync(join(place.root, first), 5000);
    renameSync(join(place.root, second), join(place.root, 'rotated.jsonl'));
    check(await place.read(), truth, 'truncated and rotated');
    for (const path of [first, second]) place.put(path, textOf([...(files.get(path) ?? [])].reverse()));
    check(await place.read(), truth, 'rewritten');
    place.putAll();
    check(await place.read(), truth, 'as before');
  });

  it('keeps the history of transcripts that were deleted', async () => {
    place.putAll();
    await place.read();
    rmSync(place.root, { recursive: true });
    const later = await place.read();
    check(later, truth, 'deleted');
    assert.deepEqual(later.counts(), { files: 0, bytes: 0, rows: 0, skipped: 0 });
    place.putAll();
    check(await place.read(), truth, 'come back');
    rmSync(place.state, { recursive: true });
    rmSync(place.root, { recursive: true });
    assert.equal((await place.read()).ledger.size, 0);
  });

  it('shows of a shared store only what belongs to the home', async () => {
    place.putAll();
    await place.read();
    const other = join(place.home, 'other');
    mkdirSync(join(other, '.claude', 'projects'), { recursive: true });
    assert.equal([...(await place.read({ home: other })).ledger.responses()].length, 0);
    check(await place.read(), truth, 'still there');
  });

  it('shows of a shared store only the limits of the home’s accounts', async () => {
    place.put('p/limit.jsonl', textOf([limitRow()]));
    assert.equal((await place.read()).snapshot().readings.length, 1);
    const other = join(place.home, 'other');
    assert.deepEqual((await place.read({ home: other })).snapshot().readings, []);
    assert.equal((await place.read()).snapshot().readings.length, 1);
  });

  it('reads the rest later when a first reading was of recent sessions only', async () => {
    place.putAll();
    const [first = ''] = files.keys();
    for (const path of files.keys()) utimesSync(join(place.root, path), 1000, 1000);
    utimesSync(join(place.root, first), 5000, 5000);
    const part = await place.read({ sinceMs: 2_000_000 });
    assert.ok(part.ledger.size > 0 && part.ledger.size < truth.responses / 4);
    check(await place.read(), truth, 'whole');
  });

  it('keeps readings, which no one tells again', async () => {
    place.put('p/a.jsonl', textOf([limitRow()]));
    const { readings } = (await place.read()).snapshot();
    assert.equal(readings.length, 1);
    assert.deepEqual((await place.read()).snapshot().readings, readings);
  });
});

/** A request that was refused just now. */
function limitRow(): string {
  const at = Date.now();
  const quotaLimits = { status: 'rejected', rateLimitType: 'five_hour', resetsAt: Math.round(at / 1000) + 3600 };
  const message = { model: '<synthetic>', usage: { input_tokens: 0 } };
  const timestamp = new Date(at).toISOString();
  return JSON.stringify({ type: 'assistant', timestamp, isApiErrorMessage: true, quotaLimits, message });
}
