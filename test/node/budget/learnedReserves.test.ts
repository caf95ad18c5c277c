import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { learnedReserves, windowKey } from '../../../src/budget/learnedReserves.ts';
import { statusCommand } from '../../../src/cli/status.ts';
import { changeTurns, repositoryFolder } from '../../../src/store/turnFile.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T11:00:00Z');

describe('a learned reserve', () => {
  let home = '';
  let state = '';
  let repo = '';
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-reserve-'));
    [state, repo] = [path.join(home, 'state'), path.join(home, 'repo')];
    mkdirSync(path.join(repo, '.git'), { recursive: true });
    mkdirSync(state);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** Finishing took 1,000 to 5,000 tokens. */
  const history = (count: number) =>
    changeTurns(state, repositoryFolder(repo), 500, () =>
      Array.from({ length: count }, (_, index) =>
        turnOf({ at: index, end: index, finish: [0, 1000 + (4000 * index) / count, 0, 0, 0] }),
      ),
    );
  const prefer = (reserveMode: string) =>
    writeFileSync(
      path.join(state, 'preferences.json'),
      JSON.stringify({ v: 1, reservePercent: 20, reserveMode, budgets: { tokensPerDay: 100_000 } }),
    );
  async function status() {
    const surroundings = { home, env: {}, platform: process.platform };
    const context = { surroundings, stateFolder: state, programDir: home, repoDir: repo, now: () => now };
    const { json, text } = await statusCommand.run({ ...context, stdin: Readable.from([]) }, {}, []);
    const [window] = (json as { windows: { reservePercent: number; reserveLearned: boolean }[] }).windows;
    return { window, text };
  }

  it('is what the decision goes by; of windows and repositories that tell nothing there is none', async () => {
    const limits = [windowOf(), windowOf({ window: 'seven_day', drift: null })];
    const keys = () => [...learnedReserves(limits, state, repo, now)];
    assert.deepEqual(keys(), []);
    await history(9);
    assert.deepEqual(keys(), []);
    await history(40);
    // 100,000 tokens are the window: 4,600 are nine of ten.
    assert.deepEqual(keys(), [[windowKey('claude', '/home/dev/.claude', 'five_hour'), 5]]);
    rmSync(path.join(state, 'turns'), { recursive: true });
    writeFileSync(path.join(state, 'turns'), 'a file where a folder should be');
    assert.deepEqual(keys(), []);
  });

  it('is in the status, which says that it is learned, if that is wanted', async () => {
    await history(40);
    prefer('fixed');
    const fixed = await status();
    assert.deepEqual([fixed.window?.reservePercent, fixed.window?.reserveLearned], [20, false]);
    assert.match(fixed.text, /0% used, 80% above the reserve, /);
    prefer('learned');
    const learned = await status();
    assert.deepEqual([learned.window?.reservePercent, learned.window?.reserveLearned], [5, true]);
    assert.match(learned.text, /0% used, 95% above the learned reserve of 5%, /);
  });
});
