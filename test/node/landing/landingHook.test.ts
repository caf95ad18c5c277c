import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { farFile } from '../../../src/install/launcher.ts';
import { landingStateFile } from '../../../src/landing/landingState.ts';
import type { LimitWindow } from '../../../src/protocol/limits.ts';
import { limitsFile } from '../../../src/store/stateFiles.ts';
import { defaultPreferences, publishPreferences, type Preferences } from '../../../src/store/preferences.ts';
import { changeTurns, repositoryFolder } from '../../../src/store/turnFile.ts';
import { turnOf } from '../../support/turns.ts';
import { writeSpool } from '../../../src/store/readingSpool.ts';
import { hookPath } from '../../support/softLanding.ts';

interface Answer {
  readonly hookSpecificOutput?: {
    readonly hookEventName: string;
    readonly additionalContext?: string;
    readonly permissionDecision?: string;
    readonly permissionDecisionReason?: string;
  };
  readonly systemMessage?: string;
  readonly decision?: string;
  readonly reason?: string;
}

describe('landing, in the hook', () => {
  let outer: string;
  let state: string;
  let repo: string;
  let transcript: string;
  let id = 0;

  beforeEach(() => {
    outer = mkdtempSync(path.join(tmpdir(), 'soft-landing-landing-'));
    state = path.join(outer, 'state');
    repo = path.join(outer, 'repo');
    transcript = path.join(outer, '.claude', 'projects', 'p', 's1.jsonl');
    mkdirSync(path.dirname(transcript), { recursive: true });
    mkdirSync(repo);
    mkdirSync(state);
    writeFileSync(transcript, '');
    writeFileSync(path.join(repo, 'there.ts'), '1\n');
  });
  afterEach(() => rmSync(outer, { recursive: true }));

  const prefer = (preferences: Partial<Preferences>) =>
    publishPreferences(state, { ...defaultPreferences, ...preferences });
  const used = (outputTokens: number, file = transcript): void => {
    id += 1;
    const message = {
      id: `msg_${id}`,
      model: 'm',
      usage: { input_tokens: 0, output_tokens: outputTokens },
    };
    const row = { type: 'assistant', sessionId: 's1', requestId: `req_${id}`, timestamp: new Date(), message };
    // Each content block has a row, with the same usage.
    const line = `${JSON.stringify({ ...row, timestamp: row.timestamp.toISOString() })}\n`;
    mkdirSync(path.dirname(file), { recursive: true });
    appendFileSync(file, line + line);
  };
  const publish = (...windows: Partial<LimitWindow>[]): void => {
    const now = Date.now();
    const whole = windows.map((window) => ({
      agent: 'claude',
      account: path.join(outer, '.claude'),
      window: 'five_hour',
      label: '5-hour window',
      session: null,
      used: 0.5,
      resetsAt: now + 3_600_000,
      capturedAt: now - 60_000,
      source: 'statusline',
      confidence: 'official',
      error: null,
      drift: { '': { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 0 } },
      ...window,
    }));
    writeFileSync(limitsFile(state), JSON.stringify({ v: 1, at: now, windows: whole }));
  };

  async function hook(name: string, more: object = {}): Promise<Answer | null> {
    const input = { hook_event_name: name, session_id: 's1', cwd: repo, transcript_path: transcript, ...more };
    const child = spawn(process.execPath, [hookPath, 'claude'], {
      cwd: repo,
      env: { PATH: process.env['PATH'], HOME: outer, SOFT_LANDING_HOME: state },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(JSON.stringify(input));
    assert.equal(await new Promise((resolve) => child.once('close', resolve)), 0);
    return output === '' ? null : (JSON.parse(output) as Answer);
  }
  const batch = (more: object = {}) => hook('PostToolBatch', { tool_calls: [], ...more });
  const told = (answer: Answer | null): string => answer?.hookSpecificOutput?.additionalContext ?? '';

  it('tells once at the reserve and once at half of it, from published limits and what the session used since', async () => {
    publish({});
    assert.equal(await batch(), null);
    used(200_000);
    assert.equal(await batch(), null);
    used(110_000);
    const first = await batch();
    assert.match(told(first), /5-hour window at about 81 %, resets .*Land now:/s);
    assert.match(told(first), /\.soft-landing[/\\]HANDOVER\.md/);
    assert.match(first?.systemMessage ?? '', /was told to land/);
    assert.equal(readFileSync(path.join(repo, '.soft-landing', '.gitignore'), 'utf8'), '*\n');
    assert.equal(await batch(), null);
    used(100_000);
    assert.match(told(await batch()), /at about 91 %.*Stop now/s);
    assert.equal(await batch(), null);
    const log = readFileSync(path.join(state, 'log', 'events.jsonl'), 'utf8');
    assert.equal(log.match(/"landing.told"/g)?.length, 2);
  });

  it('tells each of a session and its subagents, and counts what the subagents use', async () => {
    publish({});
    await batch();
    used(320_000, path.join(transcript.replace('.jsonl', ''), 'subagents', 'agent-a1.jsonl'));
    assert.match(told(await batch({ agent_id: 'a1' })), /Report to your caller/);
    assert.equal(await batch({ agent_id: 'a1' }), null);
    assert.match(told(await batch()), /HANDOVER/);
    assert.match(told(await batch({ agent_id: 'a2' })), /Report to your caller/);
  });

  it('tells a threshold once when many hooks run at the same moment', async () => {
    publish({ used: 0.85 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => batch()));
    assert.equal(answers.filter((answer) => told(answer) !== '').length, 1);
  });

  it("goes by the session's statusline where that is newer than what was published", async () => {
    publish({ used: 0.5 });
    await writeSpool(
      state,
      's1',
      JSON.stringify({
        session_id: 's1',
        transcript_path: transcript,
        rate_limits: { five_hour: { used_percentage: 84, resets_at: Math.floor(Date.now() / 1000) + 3600 } },
      }),
    );
    assert.match(told(await batch()), /5-hour window at 84 %/);
  });

  it('reckons a budget of the session itself, when nobody else runs', async () => {
    await prefer({ budgets: { tokensPerSession: 1000 } });
    used(500);
    assert.equal(await batch(), null);
    used(310);
    assert.match(told(await batch()), /Session budget at 81 %/);
  });

  it('is silent when limits are stale, torn or unknown, when it is off, and without a reserve', async () => {
    publish({ used: 0.95, resetsAt: Date.now() - 1000 });
    assert.equal(await batch(), null);
    writeFileSync(limitsFile(state), '{"v":1,"windows":[{"used":0.9');
    assert.equal(await batch(), null);
    rmSync(limitsFile(state));
    assert.equal(await batch(), null);
    publish({ used: 0.95 });
    await prefer({ landing: 'off' });
    assert.equal(await batch(), null);
    await prefer({ reservePercent: 0 });
    assert.equal(await batch(), null);
    await prefer({});
    assert.notEqual(await batch(), null);
  });

  it('holds a window against what finishing has taken here, where the reserve is learned', async () => {
    // A million tokens are the whole window: finishing took 4 % of it, nine times of ten.
    await changeTurns(state, repositoryFolder(repo), 500, () =>
      Array.from({ length: 20 }, (_, index) =>
        turnOf({ at: index, end: index, finish: [0, index < 17 ? 10_000 : 40_000, 0, 0, 0] }),
      ),
    );
    publish({ used: 0.9 });
    await prefer({ reserveMode: 'learned' });
    assert.equal(await batch(), null);
    publish({ used: 0.965 });
    assert.match(told(await batch()), /5-hour window at 96 %.*Reserve for finishing: 4 %\./);
    // A file that is no file is no reason to be silent: then the percentage counts.
    rmSync(landingStateFile(state, 'claude', 's1'));
    const turns = path.join(state, 'turns');
    rmSync(turns, { recursive: true });
    writeFileSync(turns, '');
    publish({ used: 0.85 });
    assert.match(told(await batch()), /Reserve for finishing: 20 %\./);
  });

  it('comes one response early where that could leave too little, and logs why', async () => {
    publish({});
    used(10);
    used(140_000);
    await batch();
    used(130_000);
    const text = told(await batch());
    assert.match(text, /at about 77 %.*One more response may use 14 %/s);
    assert.match(text, /Land now:/);
    const log = readFileSync(path.join(state, 'log', 'events.jsonl'), 'utf8');
    assert.match(log, /"reason":"next-response","nextPercent":14/);
  });

  it('keeps a truce while everything is far, and ends it in the reserve', async () => {
    publish({ used: 0.1 });
    // Not before the first response: a budget of a session can be near at once.
    await batch();
    assert.equal(existsSync(farFile(state, 'claude')), false);
    used(10);
    await batch();
    const until = Number.parseInt(readFileSync(farFile(state, 'claude'), 'utf8'), 10) - Date.now() / 1000;
    assert.ok(until > 60 && until <= 120, String(until));
    publish({ used: 0.85 });
    await batch();
    assert.equal(existsSync(farFile(state, 'claude')), false);
  });

  it('looks at no command and no prompt under a truce, but at each edit, and at all once new limits are published', async () => {
    publish({ used: 0.1 });
    used(10);
    await batch();
    const seen = (): string => readFileSync(landingStateFile(state, 'claude', 's1'), 'utf8');
    const command = { tool_name: 'Bash', tool_input: { command: 'npm test' } };
    const before = seen();
    used(10);
    await hook('UserPromptSubmit', { prompt: 'Rename it' });
    await hook('PreToolUse', command);
    assert.equal(seen(), before);
    await hook('PreToolUse', { tool_name: 'Edit', tool_input: { file_path: path.join(repo, 'there.ts') } });
    assert.notEqual(seen(), before);
    used(10);
    publish({ used: 0.85 });
    assert.match(told(await hook('PreToolUse', command)), /85 %/);
  });

  it('looks at a prompt under a truce where the reserve is learned from the turns before', async () => {
    await prefer({ reserveMode: 'learned' });
    publish({ used: 0.1 });
    used(10);
    await batch();
    const before = readFileSync(landingStateFile(state, 'claude', 's1'), 'utf8');
    used(10);
    await hook('UserPromptSubmit', { prompt: 'Rename it' });
    assert.notEqual(readFileSync(landingStateFile(state, 'claude', 's1'), 'utf8'), before);
  });

  it('speaks at the end of a turn only if nothing else could be told since, if it changed something, and once', async () => {
    publish({ used: 0.7 });
    await hook('UserPromptSubmit', { prompt: 'Refactor' });
    await hook('PreToolUse', { tool_name: 'Edit', tool_input: { file_path: path.join(repo, 'there.ts') } });
    publish({ used: 0.85 });
    assert.equal(await hook('Stop', { stop_hook_active: true }), null);
    const stop = await hook('Stop', { stop_hook_active: false });
    assert.equal(stop?.decision, 'block');
    assert.match(stop.reason ?? '', /Before you end this turn:/);
    assert.equal(await hook('Stop', { stop_hook_active: false }), null);
    // Told before, it has landed: at half of the reserve it is not kept from ending.
    publish({ used: 0.95 });
    assert.equal(await hook('Stop', { stop_hook_active: false }), null);
    // A turn that only talked has nothing to land.
    rmSync(landingStateFile(state, 'claude', 's1'));
    await hook('UserPromptSubmit', { prompt: 'Your claude.ai usage limit has reset. Continue the task' });
    assert.equal(await hook('Stop'), null);
  });

  it('asks a task that begins inside the reserve to stay small, and says nothing to Claude going on by itself', async () => {
    publish({ used: 0.85 });
    const go = 'Your claude.ai usage limit has reset. Continue the task you were working on';
    assert.equal(await hook('UserPromptSubmit', { prompt: go }), null);
    assert.match(told(await hook('UserPromptSubmit', { prompt: 'Rename it' })), /begins inside the reserve/);
    assert.equal(await batch(), null);
  });

  it('steps back where Claude Code itself told its model to wrap up', async () => {
    publish({ used: 0.85 });
    const line = (fields: object) =>
      `${JSON.stringify({ timestamp: new Date().toISOString(), sessionId: 's1', ...fields })}\n`;
    const words = '[Usage limit approaching. Checkpoint now: finish the current step]';
    // Quoted in a file that was read, it is nobody's advice.
    appendFileSync(transcript, line({ type: 'user', message: { content: [{ type: 'tool_result', content: words }] } }));
    rmSync(landingStateFile(state, 'claude', 's1'), { force: true });
    assert.notEqual(await batch(), null);
    rmSync(landingStateFile(state, 'claude', 's1'));
    appendFileSync(transcript, line({ type: 'user', isMeta: true, message: { content: words } }));
    assert.equal(await batch(), null);
    // Another window is still ours to tell of.
    publish({ used: 0.85 }, { window: 'seven_day', label: 'Weekly window', used: 0.9 });
    assert.match(told(await batch()), /Weekly window/);
  });

  describe('in strict mode', () => {
    const pre = (tool: string, input: object) => hook('PreToolUse', { tool_name: tool, tool_input: input });
    const isRefused = (answer: Answer | null) => answer?.hookSpecificOutput?.permissionDecision === 'deny';
    beforeEach(() => prefer({ landing: 'strict' }));

    it('refuses new work inside the reserve, again and again, and lets landing through', async () => {
      publish({ used: 0.85 });
      const file = (name: string) => ({ file_path: path.join(repo, name), content: 'x' });
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
      rmSync(path.join(repo, 'there.ts'));
      assert.equal(await pre('Write', file('there.ts')), null);
    });

    it('refuses nothing above the reserve, nor before half of it to a task that began inside', async () => {
      publish({ used: 0.5 });
      assert.equal(await pre('Agent', { prompt: 'x' }), null);
      publish({ used: 0.85 });
      await hook('UserPromptSubmit', { prompt: 'Add a file' });
      assert.equal(await pre('Agent', { prompt: 'x' }), null);
      publish({ used: 0.92 });
      assert.ok(isRefused(await pre('Agent', { prompt: 'x' })));
    });
  });
});
