import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promptFeatures } from '../../../src/agents/promptFeatures.ts';
import { chunkFromState } from '../../../src/budget/chunkFromState.ts';
import type { ChunkRoom } from '../../../src/budget/chunkRoom.ts';
import { chunkPrompt } from '../../../src/plan/planRequest.ts';
import { changeTurns, repositoryFolder } from '../../../src/store/turnFile.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T11:00:00Z');
const enough: ChunkRoom = { decision: 'proceed', sentence: 'There is room: 40K tokens above the reserve.' };
const notKnown: ChunkRoom = { decision: 'unknown', sentence: 'How much is left is not known.' };
const full: ChunkRoom = { decision: 'split', sentence: 'The window “5-hour window” is used up.' };

describe('whether a chunk fits, by what is left and by past tasks', () => {
  let home = '';
  let state = '';
  let repo = '';
  const title = 'Parser of dates in src/dates.ts';
  const chunk = {
    number: 1,
    title,
    status: 'open',
    doneWhen: null,
    verify: null,
    budgetTokens: null,
    costTokens: null,
    checkpoint: null,
  } as const;
  const features = promptFeatures(chunkPrompt({ title: 'Calendar', chunks: [chunk] }, chunk, '.soft-landing/plan.md'));

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-chunk-'));
    [state, repo] = [path.join(home, 'state'), path.join(home, 'repo')];
    mkdirSync(path.join(repo, '.git'), { recursive: true });
    mkdirSync(state);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** Past chunks of about 20,000 new tokens each. */
  const history = () =>
    changeTurns(state, repositoryFolder(repo), 500, () =>
      Array.from({ length: 40 }, (_, index) =>
        turnOf({
          ...features,
          traits: [...features.traits],
          at: index,
          end: index,
          tokens: [500, 4500, 9000 + 300 * index, 0, 0],
        }),
      ),
    );
  const used = (share: number) =>
    writeFileSync(
      path.join(state, 'limits.json'),
      JSON.stringify({ v: 1, at: now, windows: [windowOf({ used: share })] }),
    );
  const ask = (room: ChunkRoom, chunkTokens: number | null) =>
    chunkFromState({ room, features, cwd: repo, chunkTokens }, state, now);

  it('the stricter one wins, with its numbers and what they rest on', async () => {
    await history();
    used(0.1);
    const fits = await ask(enough, 20_000);
    assert.equal(fits.decision, 'proceed');
    assert.match(
      fits.sentence,
      /^There is room: .* Likely \d+K tokens \(\d+K to \d+K\)\. It rests on \d+ comparable tasks of yours/,
    );
    used(0.56);
    assert.equal((await ask(enough, 20_000)).decision, 'tight');
    used(0.7);
    const split = await ask(enough, 20_000);
    assert.equal(split.decision, 'split');
    assert.match(
      split.sentence,
      /^This task likely does not fit: .* % are left above the reserve\..* It rests on \d+ /,
    );
    used(0.1);
    const none = await ask(full, 20_000);
    assert.deepEqual([none.decision, none.sentence.startsWith(full.sentence)], ['split', true]);
  });

  it('what a plan allows is not overruled by rules of thumb, which count where it does not say', async () => {
    used(0.79);
    assert.equal((await ask(enough, 20_000)).decision, 'proceed');
    const thumb = await ask(notKnown, null);
    assert.match(thumb.decision, /^(?:tight|split)$/);
    assert.match(thumb.sentence, /It rests on rules of thumb; there is no history yet\.$/);
  });

  it('what is not known, or cannot be read, holds nothing up', async () => {
    await history();
    assert.equal((await ask(notKnown, null)).decision, 'unknown');
    assert.equal((await ask(enough, 1)).decision, 'proceed');
    writeFileSync(path.join(state, 'limits.json'), '{"v":1,');
    assert.equal((await ask(enough, 1)).decision, 'proceed');
    rmSync(path.join(state, 'turns'), { recursive: true, force: true });
    writeFileSync(path.join(state, 'turns'), 'a file where a folder should be');
    assert.equal((await ask(enough, 1)).decision, 'proceed');
  });
});
