import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Chance } from '../../support/corpusTools.ts';
import { check, files, readingProgram, rowOf, StoreHome, textOf, truth } from '../../support/storeHome.ts';

describe('a store of what was read, of several processes', () => {
  let place: StoreHome;
  beforeEach(() => {
    place = new StoreHome();
  });
  afterEach(() => place.remove());

  const run = (times: string) =>
    spawn(process.execPath, ['--import', 'tsx', readingProgram, place.home, place.state, times]);

  it('keeps what one wrote when another, that began before, writes too', async () => {
    place.putAll();
    const [one, other] = [await place.read(), await place.read()];
    const paths = ['p/one.jsonl', 'p/other.jsonl'];
    for (const path of paths) place.put(path, '');
    for (const scan of [one, other]) {
      await scan.sweep();
      await scan.save();
    }
    for (const [index, scan] of [one, other].entries()) {
      const path = join(place.root, paths[index] ?? '');
      appendFileSync(path, textOf([rowOf(`of ${index}`)]));
      await scan.refresh([path]);
      await scan.save();
      rmSync(path);
    }
    rmSync(place.root, { recursive: true });
    assert.equal((await place.read()).ledger.size, truth.responses + 2);
  });

  it('is shared by several processes at once', async () => {
    place.putAll();
    const paths = [...files.keys()];
    const children = [1, 2, 3].map(() => run('6'));
    const ended = children.map((child) => new Promise((resolve) => child.once('close', resolve)));
    let serial = 0;
    while (children.some(({ exitCode }) => exitCode === null)) {
      appendFileSync(join(place.root, paths[serial % 5] ?? ''), textOf([rowOf(`s${serial}`)]));
      serial += 1;
      await sleep(20);
    }
    assert.deepEqual(await Promise.all(ended), [0, 0, 0]);
    const scan = await place.read();
    assert.equal(scan.ledger.size, truth.responses + serial);
    rmSync(place.root, { recursive: true });
    // All of it is in the store, whoever read it.
    assert.equal((await place.read()).ledger.size, truth.responses + serial);
    assert.deepEqual(readdirSync(join(place.state, 'usage')), ['responses.bin']);
  }).timeout(60_000);

  it('survives kill -9 at any moment', async () => {
    place.putAll();
    const chance = new Chance(9);
    let serial = 0;
    for (let round = 0; round < 12; round += 1) {
      const child = run('1000');
      const ended = new Promise((resolve) => child.once('close', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const until = Date.now() + chance.between(0, 120);
      while (Date.now() < until) {
        appendFileSync(join(place.root, 'p-new.jsonl'), textOf([rowOf(`k${serial}`)]));
        serial += 1;
        await sleep(chance.between(0, 8));
      }
      child.kill('SIGKILL');
      await ended;
    }
    const scan = await place.read();
    assert.equal(scan.ledger.size, truth.responses + serial);
    assert.equal(scan.storeState()?.problem, null);
    check(await place.read(), truth, 'after', serial);
  }).timeout(90_000);
});
