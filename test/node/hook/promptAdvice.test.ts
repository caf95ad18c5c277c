import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HookEvent } from '../../../src/agents/agent.ts';
import { promptAdvice } from '../../../src/hook/promptAdvice.ts';
import type { LimitWindow } from '../../../src/protocol/limits.ts';
import { changeTurns, repositoryFolder } from '../../../src/store/turnFile.ts';
import { writeTreeVerdict } from '../../../src/store/verdictFile.ts';
import { windowOf } from '../../support/limits.ts';
import { turnOf } from '../../support/turns.ts';

const now = Date.parse('2026-11-20T11:00:00Z');

describe('advice at a prompt', () => {
  let home = '';
  let state = '';
  let repo = '';
  beforeEach(async () => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-prompt-'));
    [state, repo] = [path.join(home, 'state'), path.join(home, 'repo')];
    mkdirSync(path.join(repo, '.git'), { recursive: true });
    mkdirSync(state);
    // Tasks of 20,000 new tokens.
    await changeTurns(state, repositoryFolder(repo), 500, () =>
      Array.from({ length: 40 }, (_, index) =>
        turnOf({ at: index, end: index, tokens: [500, 4500, 9000 + 300 * index, 0, 0] }),
      ),
    );
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const put = (file: string, value: unknown) => writeFileSync(path.join(state, file), JSON.stringify(value));
  const limits = (...windows: Partial<LimitWindow>[]) =>
    put('limits.json', { v: 1, at: now, windows: windows.map((more) => windowOf(more)) });
  const ask = (prompt: string, more: Partial<Extract<HookEvent, { kind: 'prompt' }>> = {}) =>
    promptAdvice(
      {
        kind: 'prompt',
        agent: 'claude',
        sessionId: 's',
        cwd: repo,
        transcriptPath: null,
        subagentId: null,
        prompt,
        isAutoContinuation: false,
        ...more,
      },
      state,
      now,
    );
  const task = 'Please fix the crash of the parser in src/parse.ts when the input is empty';

  it('is none while there is room, and while nothing is known', async () => {
    assert.deepEqual(await ask(task), {});
    limits({ used: 0.1 });
    assert.deepEqual(await ask(task), {});
    limits({ used: 0.99, drift: null, agent: 'codex' });
    assert.deepEqual(await ask(task), {});
    limits({ used: 0.5, drift: null });
    assert.deepEqual(await ask(task), {});
    writeFileSync(path.join(state, 'limits.json'), '{"v":1,');
    assert.deepEqual(await ask(task), {});
  });

  it('asks the agent for chunks in the format of the plan, and tells the user why', async () => {
    limits({ used: 0.7 });
    const { tellAgent, tellUser, deny } = await ask(task);
    assert.equal(deny, undefined);
    assert.match(
      tellAgent ?? '',
      /split it into chunks and write them to \.soft-landing\/plan\.md[\s\S]*- \[ \] title of the chunk[\s\S]*Budget: /,
    );
    assert.match(
      tellUser ?? '',
      /^Soft Landing: This task likely does not fit: split it\. Likely \d+K tokens \(.*\)\. It likely takes \d+ % of the 5-hour window; \d+ % are left above the reserve\. It resets in 3 h\. About \d chunks of \d+K tokens/,
    );
  });

  it('tells the user alone where it may be tight', async () => {
    limits({ used: 0.56 });
    const answer = await ask(task);
    assert.match(answer.tellUser ?? '', /This task may not fit\. .* up to /);
    assert.deepEqual([answer.tellAgent, answer.deny], [undefined, undefined]);
  });

  it('goes by the setting: off, warn, block', async () => {
    limits({ used: 0.7 });
    put('preferences.json', { v: 1, reservePercent: 20, decision: 'off', budgets: {}, prices: {} });
    assert.deepEqual(await ask(task), {});
    put('preferences.json', { v: 1, reservePercent: 20, decision: 'warn', budgets: {}, prices: {} });
    assert.deepEqual(Object.keys(await ask(task)), ['tellUser']);
    put('preferences.json', { v: 1, reservePercent: 20, decision: 'block', budgets: {}, prices: {} });
    const blocked = await ask(task);
    assert.deepEqual(Object.keys(blocked), ['deny']);
    assert.match(blocked.deny ?? '', /The prompt was not sent/);
    // Never on unknown.
    limits({ used: 0.7, drift: null });
    assert.deepEqual(await ask(task), {});
    limits({ used: 0.7 });
    put('preferences.json', { v: 1, reservePercent: 0, decision: 'block', budgets: {}, prices: {} });
    assert.deepEqual(await ask(task), {}, 'without a reserve there is room');
  });

  for (const prompt of ['continue', 'Yes, go on.', 'thanks!', '/compact', '', '  '])
    it(`is none at ${JSON.stringify(prompt)}`, async () => {
      limits({ used: 0.99 });
      assert.deepEqual(await ask(prompt), {});
    });

  it('is none where the agent goes on by itself, in subagents, and at other events', async () => {
    limits({ used: 0.99 });
    assert.deepEqual(await ask(task, { isAutoContinuation: true }), {});
    assert.deepEqual(await ask(task, { subagentId: 'a1' }), {});
    const common = { agent: 'claude', sessionId: 's', cwd: repo, transcriptPath: null, subagentId: null };
    assert.deepEqual(await promptAdvice({ ...common, kind: 'turn', isContinued: false }, state, now), {});
  });

  it('does not ask to split a chunk again', async () => {
    limits({ used: 0.7 });
    const answer = await ask('Work on chunk 2 of 3: fix the crash (plan "x" in .soft-landing/plan.md).');
    assert.deepEqual(Object.keys(answer), ['tellUser']);
  });

  it('is more careful with a fix where the last verify was red', async () => {
    limits({ used: 0.52 });
    assert.deepEqual(await ask(task), {});
    await writeTreeVerdict(state, repo, 'red');
    assert.match(
      (await ask(task)).tellUser ?? '',
      /This task may not fit\. .* It is a fix on a tree whose last verify failed\./,
    );
    await writeTreeVerdict(state, repo, 'green');
    assert.deepEqual(await ask(task), {});
  });

  it('sees how large the named files are', async () => {
    limits({ used: 0 });
    mkdirSync(path.join(repo, 'src'));
    rmSync(path.join(state, 'turns'), { recursive: true });
    assert.deepEqual(await ask(task), {});
    writeFileSync(path.join(repo, 'src', 'parse.ts'), 'x'.repeat(2_000_000));
    assert.notDeepEqual(await ask(task), {});
  });

  it('knows nothing better where a repository is new than how the others went', async () => {
    const other = path.join(home, 'other');
    mkdirSync(path.join(other, '.git'), { recursive: true });
    limits({ used: 0.72 });
    assert.match((await ask(task, { cwd: other })).tellUser ?? '', /likely does not fit/);
  });
});
