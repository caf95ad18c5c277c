import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  defaultPreferences,
  publishPreferences,
  readPreferences,
  type Preferences,
} from '../../../src/store/preferences.ts';

describe('preferences', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'preferences-'));
    file = path.join(folder, 'preferences.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const price = { input: 1, output: 2, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 };
  const chosen: Preferences = {
    reservePercent: 30,
    landing: 'strict',
    handOverAtSessionStart: false,
    reserveMode: 'learned',
    decision: 'block',
    budgets: { tokensPerDay: 5, usdPerDay: 2 },
    prices: { local: price },
    planFile: 'docs/plan.md',
  };

  it('come back as they were published, into a folder that was not there', async () => {
    const inner = path.join(folder, 'a', 'b');
    assert.equal(await publishPreferences(inner, chosen), true);
    assert.deepEqual(await readPreferences(inner), chosen);
    if (process.platform !== 'win32')
      assert.equal((await stat(path.join(inner, 'preferences.json'))).mode & 0o777, 0o600);
  });
  it('are the defaults where there are none, and are then not written', async () => {
    assert.deepEqual(await readPreferences(folder), defaultPreferences);
    assert.equal(await publishPreferences(folder, defaultPreferences), false);
    await assert.rejects(stat(file));
  });
  it('are written only when they differ, in whatever order', async () => {
    await publishPreferences(folder, chosen);
    const before = await stat(file);
    const other = { ...chosen, budgets: { usdPerDay: 2, tokensPerDay: 5, usdPerWeek: undefined } };
    assert.equal(await publishPreferences(folder, other), false);
    assert.equal((await stat(file)).ino, before.ino);
    assert.equal(await publishPreferences(folder, { ...chosen, reservePercent: 31 }), true);
  });
  it('keep what is well-formed of a file that was edited by hand', async () => {
    const budgets = { tokensPerDay: 'many', usdPerDay: 2 };
    await writeFile(
      file,
      JSON.stringify({
        v: 1,
        reservePercent: 99,
        landing: 7,
        planFile: '../plan.md',
        budgets,
        prices: { local: price, half: {} },
      }),
    );
    assert.deepEqual(await readPreferences(folder), {
      reservePercent: 20,
      landing: 'advise',
      reserveMode: 'fixed',
      decision: 'advise',
      budgets: { usdPerDay: 2 },
      prices: { local: price },
      handOverAtSessionStart: true,
      planFile: '.soft-landing/plan.md',
    });
  });
  it('keep what is there where the rest is missing', async () => {
    await writeFile(file, JSON.stringify({ v: 1, budgets: { usdPerDay: 2 } }));
    assert.deepEqual(await readPreferences(folder), { ...defaultPreferences, budgets: { usdPerDay: 2 } });
  });
  for (const text of ['', '{"v":1,', '[]', '{"v":2,"reservePercent":5}'])
    it(`are the defaults for ${JSON.stringify(text)}`, async () => {
      await writeFile(file, text);
      assert.deepEqual(await readPreferences(folder), defaultPreferences);
    });
  it('end with a line end', async () => {
    await publishPreferences(folder, chosen);
    assert.match(await readFile(file, 'utf8'), /\n$/);
  });
});
