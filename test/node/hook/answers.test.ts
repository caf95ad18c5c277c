import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HookAnswer, HookEvent } from '../../../src/agents/agent.ts';
import { answerOf, type HookPart } from '../../../src/hook/answers.ts';
import { runHook } from '../../../src/hook/runHook.ts';
import { eventLogFile } from '../../../src/store/eventLog.ts';
import type { SessionRecord } from '../../../src/store/sessionRecord.ts';

const emptySession: SessionRecord = {
  v: 1,
  agent: 'claude',
  sessionId: 's1',
  cwd: '/',
  transcriptPath: null,
  promptLabel: null,
  promptNumber: 0,
  workedFor: null,
  lastEventAt: 0,
  missing: null,
};

describe('answers of a hook', () => {
  let state: string;
  beforeEach(() => (state = mkdtempSync(path.join(tmpdir(), 'soft-landing-answers-'))));
  afterEach(() => rmSync(state, { recursive: true }));

  const part = (name: string, answer: () => Promise<HookAnswer | null>): HookPart => ({
    name,
    events: new Set(['tool-done']),
    answer,
  });
  const run = (parts: readonly HookPart[], signal = new AbortController().signal): Promise<string> => {
    const event = { hook_event_name: 'PostToolBatch', session_id: 's1', cwd: state, tool_calls: [] };
    const stdin = JSON.stringify(event);
    const early = Promise.resolve(null);
    const surroundings = { home: state, env: {}, platform: process.platform };
    return runHook(
      {
        agent: 'claude',
        stdin,
        stateFolder: state,
        surroundings,
        programDir: state,
        now: Date.now,
        signal,
        waitMs: 1000,
        early,
        isGitAtWork: () => false,
      },
      parts,
    );
  };
  const says = (text: string) => part(text, () => Promise.resolve({ tellAgent: text, tellUser: `of ${text}` }));
  const contextOf = (printed: string): unknown =>
    (JSON.parse(printed) as { hookSpecificOutput: { additionalContext: unknown } }).hookSpecificOutput
      .additionalContext;
  const failures = (): string[] =>
    existsSync(eventLogFile(state))
      ? readFileSync(eventLogFile(state), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { event: string; part: string })
          .filter(({ event }) => event === 'hook.part-failed')
          .map((line) => line.part)
      : [];

  it('makes one answer of what the parts say, in their order', async () => {
    const slow = part('slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { tellAgent: 'slow' };
    });
    const printed = await run([slow, part('silent', () => Promise.resolve(null)), says('second')]);
    assert.equal(contextOf(printed), 'slow\n\nsecond');
    assert.equal((JSON.parse(printed) as { systemMessage: unknown }).systemMessage, 'of second');
  });

  it('lets a part fail alone, and logs it', async () => {
    const broken = part('broken', () => Promise.reject(new Error('no')));
    assert.equal(contextOf(await run([broken, says('sound')])), 'sound');
    assert.deepEqual(failures(), ['broken']);
  });

  it('does not wait beyond the deadline for a part that hangs', async () => {
    const hanging = part('hanging', () => new Promise(() => undefined));
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    assert.equal(contextOf(await run([hanging, says('sound')], abort.signal)), 'sound');
    assert.deepEqual(failures(), ['hanging']);
  });

  it('asks only the parts that the event concerns', async () => {
    const other: HookPart = { ...says('other'), events: new Set(['prompt']) };
    assert.equal(await run([other]), '');
  });

  it('does not ask a part that tells beforehand that it has nothing to say', async () => {
    const needless: HookPart = { ...says('needless'), isNeeded: (_event, folder) => folder !== state };
    const needed: HookPart = { ...says('needed'), isNeeded: ({ kind }) => kind === 'tool-done' };
    assert.equal(contextOf(await run([needless, needed])), 'needed');
  });

  it('begins what can go on beside saving as soon as that waits, and all else when it is saved', async () => {
    const order: string[] = [];
    const noting = (name: string, more: Partial<HookPart> = {}): HookPart => ({
      ...part(name, () => {
        order.push(name);
        return Promise.resolve({ tellAgent: name });
      }),
      ...more,
    });
    const event: HookEvent = {
      kind: 'tool-done',
      agent: 'claude',
      sessionId: 's1',
      cwd: state,
      transcriptPath: null,
      subagentId: null,
      tool: 'Edit',
      files: [],
      summary: '',
      work: 'edit',
      command: null,
    };
    const saved = new Promise<void>((resolve) =>
      setTimeout(() => {
        order.push('saved');
        resolve();
      }, 20),
    );
    const answer = await answerOf([noting('after'), noting('beside', { isBeside: true })], {
      event,
      session: emptySession,
      saved,
      idle: new Promise((resolve) =>
        setTimeout(() => {
          order.push('idle');
          resolve();
        }, 5),
      ),
      stateFolder: state,
      surroundings: { home: state, env: {}, platform: process.platform },
      programDir: state,
      verifyCommand: () => Promise.resolve(null),
      now: Date.now,
      signal: new AbortController().signal,
    });
    assert.deepEqual(order, ['idle', 'beside', 'saved', 'after']);
    // The order of what is said stays that of the parts.
    assert.deepEqual(answer, { tellAgent: 'after\n\nbeside' });
  });
});
