import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { landingStateFile } from '../../../src/landing/landingState.ts';
import { limitsFile } from '../../../src/store/stateFiles.ts';
import { changeTurns, repositoryFolder } from '../../../src/store/turnFile.ts';
import { turnOf } from '../../support/turns.ts';
import { writeSpool } from '../../../src/store/readingSpool.ts';
import { LandingLab, told, type Answer } from './landingLab.ts';

describe('landing, in the hook', () => {
  let lab: LandingLab;

  beforeEach(() => {
    lab = new LandingLab();
  });
  afterEach(() => lab.remove());

  it('tells once at the reserve and once at half of it, from published limits and what the session used since', async () => {
    lab.publish({});
    assert.equal(await lab.batch(), null);
    lab.used(200_000);
    assert.equal(await lab.batch(), null);
    lab.used(110_000);
    const first = await lab.batch();
    assert.match(told(first), /5-hour window at about 81 %, resets .*Land now:/s);
    assert.match(told(first), /\.soft-landing[/\\]HANDOVER\.md/);
    assert.match(first?.systemMessage ?? '', /was told to land/);
    assert.equal(readFileSync(path.join(lab.repo, '.soft-landing', '.gitignore'), 'utf8'), '*\n');
    assert.equal(await lab.batch(), null);
    lab.used(100_000);
    assert.match(told(await lab.batch()), /at about 91 %.*Stop now/s);
    assert.equal(await lab.batch(), null);
    const log = readFileSync(path.join(lab.state, 'log', 'events.jsonl'), 'utf8');
    assert.equal(log.match(/"landing.told"/g)?.length, 2);
  });

  it('tells each of a session and its subagents, and counts what the subagents use', async () => {
    lab.publish({});
    await lab.batch();
    lab.used(320_000, path.join(lab.transcript.replace('.jsonl', ''), 'subagents', 'agent-a1.jsonl'));
    assert.match(told(await lab.batch({ agent_id: 'a1' })), /Report to your caller/);
    assert.equal(await lab.batch({ agent_id: 'a1' }), null);
    assert.match(told(await lab.batch()), /HANDOVER/);
    assert.match(told(await lab.batch({ agent_id: 'a2' })), /Report to your caller/);
  });

  it('tells a threshold once when many hooks run at the same moment', async () => {
    lab.publish({ used: 0.85 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => lab.batch()));
    assert.equal(answers.filter((answer) => told(answer) !== '').length, 1);
  });

  it("goes by the session's statusline where that is newer than what was published", async () => {
    lab.publish({ used: 0.5 });
    await writeSpool(
      lab.state,
      's1',
      JSON.stringify({
        session_id: 's1',
        transcript_path: lab.transcript,
        rate_limits: { five_hour: { used_percentage: 84, resets_at: Math.floor(Date.now() / 1000) + 3600 } },
      }),
    );
    assert.match(told(await lab.batch()), /5-hour window at 84 %/);
  });

  it('reckons a budget of the session itself, when nobody else runs', async () => {
    await lab.prefer({ budgets: { tokensPerSession: 1000 } });
    lab.used(500);
    assert.equal(await lab.batch(), null);
    lab.used(310);
    assert.match(told(await lab.batch()), /Session budget at 81 %/);
  });

  it('is silent when limits are stale, torn or unknown, when it is off, and without a reserve', async () => {
    lab.publish({ used: 0.95, resetsAt: Date.now() - 1000 });
    assert.equal(await lab.batch(), null);
    writeFileSync(limitsFile(lab.state), '{"v":1,"windows":[{"used":0.9');
    assert.equal(await lab.batch(), null);
    rmSync(limitsFile(lab.state));
    assert.equal(await lab.batch(), null);
    lab.publish({ used: 0.95 });
    await lab.prefer({ landing: 'off' });
    assert.equal(await lab.batch(), null);
    await lab.prefer({ reservePercent: 0 });
    assert.equal(await lab.batch(), null);
    await lab.prefer({});
    assert.notEqual(await lab.batch(), null);
  });

  it('holds a window against what finishing has taken here, where the reserve is learned', async () => {
    // A million tokens are the whole window: finishing took 4 % of it, nine times of ten.
    await changeTurns(lab.state, repositoryFolder(lab.repo), 500, () =>
      Array.from({ length: 20 }, (_, index) =>
        turnOf({ at: index, end: index, finish: [0, index < 17 ? 10_000 : 40_000, 0, 0, 0] }),
      ),
    );
    lab.publish({ used: 0.9 });
    await lab.prefer({ reserveMode: 'learned' });
    assert.equal(await lab.batch(), null);
    lab.publish({ used: 0.965 });
    assert.match(told(await lab.batch()), /5-hour window at 96 %.*Reserve for finishing: 4 %\./);
    // A file that is no file is no reason to be silent: then the percentage counts.
    rmSync(landingStateFile(lab.state, 'claude', 's1'));
    const turns = path.join(lab.state, 'turns');
    rmSync(turns, { recursive: true });
    writeFileSync(turns, '');
    lab.publish({ used: 0.85 });
    assert.match(told(await lab.batch()), /Reserve for finishing: 20 %\./);
  });

  it('comes one response early where that could leave too little, and logs why', async () => {
    lab.publish({});
    lab.used(10);
    lab.used(140_000);
    await lab.batch();
    lab.used(130_000);
    const text = told(await lab.batch());
    assert.match(text, /at about 77 %.*One more response may use 14 %/s);
    assert.match(text, /Land now:/);
    const log = readFileSync(path.join(lab.state, 'log', 'events.jsonl'), 'utf8');
    assert.match(log, /"reason":"next-response","nextPercent":14/);
  });

  it('speaks at the end of a turn only if nothing else could be told since, if it changed something, and once', async () => {
    lab.publish({ used: 0.7 });
    await lab.hook('UserPromptSubmit', { prompt: 'Refactor' });
    await lab.hook('PreToolUse', { tool_name: 'Edit', tool_input: { file_path: path.join(lab.repo, 'there.ts') } });
    lab.publish({ used: 0.85 });
    assert.equal(await lab.hook('Stop', { stop_hook_active: true }), null);
    const stop = await lab.hook('Stop', { stop_hook_active: false });
    assert.equal(stop?.decision, 'block');
    assert.match(stop.reason ?? '', /Before you end this turn:/);
    assert.equal(await lab.hook('Stop', { stop_hook_active: false }), null);
    // Told before, it has landed: at half of the reserve it is not kept from ending.
    lab.publish({ used: 0.95 });
    assert.equal(await lab.hook('Stop', { stop_hook_active: false }), null);
    // A turn that only talked has nothing to land.
    rmSync(landingStateFile(lab.state, 'claude', 's1'));
    await lab.hook('UserPromptSubmit', { prompt: 'Your claude.ai usage limit has reset. Continue the task' });
    assert.equal(await lab.hook('Stop'), null);
  });

  it('asks a task that begins inside the reserve to stay small, and says nothing to Claude going on by itself', async () => {
    lab.publish({ used: 0.85 });
    const go = 'Your claude.ai usage limit has reset. Continue the task you were working on';
    assert.equal(await lab.hook('UserPromptSubmit', { prompt: go }), null);
    assert.match(told(await lab.hook('UserPromptSubmit', { prompt: 'Rename it' })), /begins inside the reserve/);
    assert.equal(await lab.batch(), null);
  });

  it('steps back where Claude Code itself told its model to wrap up', async () => {
    lab.publish({ used: 0.85 });
    const line = (fields: object) =>
      `${JSON.stringify({ timestamp: new Date().toISOString(), sessionId: 's1', ...fields })}\n`;
    const words = '[Usage limit approaching. Checkpoint now: finish the current step]';
    // Quoted in a file that was read, it is nobody's advice.
    appendFileSync(
      lab.transcript,
      line({ type: 'user', message: { content: [{ type: 'tool_result', content: words }] } }),
    );
    rmSync(landingStateFile(lab.state, 'claude', 's1'), { force: true });
    assert.notEqual(await lab.batch(), null);
    rmSync(landingStateFile(lab.state, 'claude', 's1'));
    appendFileSync(lab.transcript, line({ type: 'user', isMeta: true, message: { content: words } }));
    assert.equal(await lab.batch(), null);
    // Another window is still ours to tell of.
    lab.publish({ used: 0.85 }, { window: 'seven_day', label: 'Weekly window', used: 0.9 });
    assert.match(told(await lab.batch()), /Weekly window/);
  });

  describe('in strict mode', () => {
    const pre = (tool: string, input: object) => lab.hook('PreToolUse', { tool_name: tool, tool_input: input });
    const isRefused = (answer: Answer | null) => answer?.hookSpecificOutput?.permissionDecision === 'deny';
    beforeEach(() => lab.prefer({ landing: 'strict' }));

    it('refuses new work inside the reserve, again and again, and lets landing through', async () => {
      lab.publish({ used: 0.85 });
      const file = (name: string) => ({ file_path: path.join(lab.repo, name), content: 'x' });
      const first = await pre('Write', file('new.ts'));
      assert.ok(isRefused(first));
      assert.match(first?.hookSpecificOutput?.permissionDecisionReason ?? '', /Refused by Soft Landing.*85 %/);
      assert.match(told(first), /Land now:/);
      assert.ok(isRefused(await pre('Agent', { prompt: 'x' })));
      assert.ok(isRefused(await pre('Write', file('new.ts'))));
      for (const [tool, input] of [
        ['Edit', file('there.ts')],
        ['Write', file('there.ts')],
        ['Bash', { command: 'npm test' }],
        ['Write', file('.soft-landing/HANDOVER.md')],
      ] as const) {
        assert.equal(await pre(tool, input), null, tool);
      }
      // Edited before, deleted since.
      rmSync(path.join(lab.repo, 'there.ts'));
      assert.equal(await pre('Write', file('there.ts')), null);
    });

    it('refuses nothing above the reserve, nor before half of it to a task that began inside', async () => {
      lab.publish({ used: 0.5 });
      assert.equal(await pre('Agent', { prompt: 'x' }), null);
      lab.publish({ used: 0.85 });
      await lab.hook('UserPromptSubmit', { prompt: 'Add a file' });
      assert.equal(await pre('Agent', { prompt: 'x' }), null);
      lab.publish({ used: 0.92 });
      assert.ok(isRefused(await pre('Agent', { prompt: 'x' })));
    });
  });
});
