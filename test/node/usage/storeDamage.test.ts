import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { UsageScan } from '../../../src/usage/scan.ts';
import { checksumOf } from '../../../src/usage/store/hash.ts';
import { Chance } from '../../support/corpusTools.ts';
import { check, files, rowOf, readingProgram, StoreHome, textOf, truth, withOne } from '../../support/storeHome.ts';

describe('a damaged store of what was read', () => {
  let place: StoreHome;
  beforeEach(() => {
    place = new StoreHome();
  });
  afterEach(() => place.remove());

  const anyDamage = async (change: (bytes: Buffer, chance: Chance) => Buffer, cases: number) => {
    place.putAll();
    await place.read();
    // Progress in the later block rests on responses in the earlier one.
    appendFileSync(join(place.root, [...files.keys()][0] ?? ''), textOf([rowOf('later')]));
    // A store of blocks of both kinds: written whole, and appended.
    check(await place.read(), withOne(truth), 'before');
    const good = readFileSync(place.file);
    const chance = new Chance(cases);
    for (let index = 0; index < cases; index += 1) {
      writeFileSync(place.file, change(Buffer.from(good), chance));
      const scan = await place.read();
      check(scan, withOne(truth), `case ${index}`);
      assert.equal(scan.counts().files, files.size);
      check(await place.read(), withOne(truth), `case ${index}, again`);
    }
  };

  it('by flipped bytes, it is made whole from the transcripts', () =>
    anyDamage((bytes, chance) => {
      for (let count = chance.between(1, 3); count > 0; count -= 1) {
        const at = chance.between(0, 3) === 0 ? chance.between(0, 80) : chance.between(0, bytes.length - 1);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.between(0, 7));
      }
      return bytes;
    }, 120)).timeout(120_000);

  it('by being cut short, the same', () =>
    anyDamage((bytes, chance) => bytes.subarray(0, chance.between(0, bytes.length)), 80)).timeout(120_000);

  it('by strange bytes inside or at its end, the same', () =>
    anyDamage((bytes, chance) => {
      const junk = Buffer.from(Array.from({ length: chance.between(1, 300) }, () => chance.between(0, 255)));
      const at = chance.of(bytes.length, chance.between(0, bytes.length));
      return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
    }, 60)).timeout(120_000);

  it('it says so, and loses of history only the part that was hit', async () => {
    place.putAll();
    await place.read();
    rmSync(place.root, { recursive: true });
    const block = textOf(Array.from({ length: 50 }, (_, index) => rowOf(`b${index}`)));
    place.put('p/late.jsonl', block);
    assert.equal((await place.read()).ledger.size, truth.responses + 50);
    rmSync(place.root, { recursive: true });
    const bytes = readFileSync(place.file);
    bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] ?? 0) ^ 1;
    writeFileSync(place.file, bytes);
    const scan = await place.read();
    assert.equal(scan.ledger.size, truth.responses);
    assert.equal((await place.read()).ledger.size, truth.responses);
  });

  it('wholly, it is written anew, and the state says what was wrong', async () => {
    place.putAll();
    await place.read();
    const bytes = readFileSync(place.file);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    writeFileSync(place.file, bytes);
    const scan = new UsageScan(place.options());
    await scan.sweep();
    assert.match(scan.storeState()?.problem ?? '', /^was damaged in 1 place/);
    await scan.save();
    const after = (await place.read()).storeState();
    assert.ok(after !== null);
    assert.equal(after.problem, null);
    assert.equal(after.responses, truth.responses);
    assert.equal(after.files, files.size);
    assert.equal(after.bytes, statSync(place.file).size);
  });
});

describe('a store of what was read that cannot be used', () => {
  let place: StoreHome;
  beforeEach(() => {
    place = new StoreHome();
  });
  afterEach(() => place.remove());

  it('leaves a store of a newer version alone, and says so', async () => {
    place.putAll();
    await place.read();
    const bytes = readFileSync(place.file);
    const head = new Uint32Array(Uint8Array.from(bytes.subarray(0, 32)).buffer);
    head[2] = 99;
    head.set(checksumOf(head.subarray(0, 6)), 6);
    Buffer.from(head.buffer).copy(bytes);
    writeFileSync(place.file, bytes);
    appendFileSync(join(place.root, 'p-new.jsonl'), textOf([rowOf('later')]));
    const scan = await place.read();
    check(scan, withOne(truth), 'without a store');
    assert.match(scan.storeState()?.problem ?? '', /newer version/);
    assert.deepEqual(readFileSync(place.file), bytes);
  });

  it('reads again, under new rules, what is there, and keeps the history of what is not', async () => {
    place.putAll();
    await place.read();
    const bytes = Uint8Array.from(readFileSync(place.file));
    const words = new Uint32Array(bytes.buffer);
    // The one block, behind the head: as other rules, which counted seven tokens more for each response, would have written it.
    const [, , , , rules = 0, , rows = 0] = words.subarray(8);
    assert.ok(rules > 0 && rows === truth.responses);
    words[12] = rules - 1;
    const output = (32 + 16 + 32 + 4 * 8 * rows) / 4 + rows + (rows % 2);
    // They also knew a response by other ids.
    const links = new Float64Array(bytes.buffer, 32 + 16 + 32, 2 * rows);
    for (let row = 0; row < rows; row += 1) {
      words[output + row] = (words[output + row] ?? 0) + 7;
      links[row] = (links[row] ?? 0) + 1;
      if (links[rows + row] !== 0) links[rows + row] = (links[rows + row] ?? 0) + 1;
    }
    words.set(checksumOf(words.subarray(12)), 10);
    writeFileSync(place.file, bytes);
    check(await place.read(), truth, 'all read again');
    check(await place.read(), truth, 'and kept');
    writeFileSync(place.file, bytes);
    rmSync(place.root, { recursive: true });
    const outputOf = (scan: UsageScan) =>
      [...scan.ledger.responses()].reduce((sum, each) => sum + each.tokens.output, 0);
    assert.equal(outputOf(await place.read()), truth.tokens.output + 7 * rows);
    assert.equal(outputOf(await place.read()), truth.tokens.output + 7 * rows);
    place.putAll();
    check(await place.read(), truth, 'come back');
    check(await place.read(), truth, 'and kept');
  });

  it('is done without where nothing can be written', async function () {
    if (process.platform === 'win32' || process.geteuid?.() === 0) {
      // The super-user may write everywhere; a file in the folder's place stops even him.
      mkdirSync(place.state);
      writeFileSync(join(place.state, 'usage'), '');
    } else {
      mkdirSync(place.state);
      chmodSync(place.state, 0o500);
    }
    place.putAll();
    const scan = await place.read();
    check(scan, truth, 'no store');
    assert.match(scan.storeState()?.problem ?? '', /cannot be (?:read|written)/);
  });

  it('survives a disk that is full in the midst of writing', async function () {
    // Windows knows no such limit.
    if (process.platform === 'win32') return this.skip();
    place.putAll();
    // The largest file a process may write stands in for the disk: 4 blocks of 1024 bytes.
    const limited = spawnSync('bash', [
      '-c',
      `ulimit -f 4; exec "$@"`,
      '-',
      process.execPath,
      '--import',
      'tsx',
      readingProgram,
      place.home,
      place.state,
    ]);
    const said = JSON.parse(String(limited.stdout)) as { responses: number; state: { problem: string } };
    assert.equal(said.responses, truth.responses);
    assert.match(said.state.problem, /cannot be written/);
    check(await place.read(), truth, 'later');
    assert.deepEqual(readdirSync(join(place.state, 'usage')), ['responses.bin']);
  }).timeout(30_000);
});
