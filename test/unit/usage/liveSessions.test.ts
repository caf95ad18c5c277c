import assert from 'node:assert/strict';
import { isRegistryFile } from '../../../src/agents/claude/sessionRegistry.ts';
import { noTokens, type SessionUsage } from '../../../src/protocol/usage.ts';
import type { SessionRecord } from '../../../src/store/sessionRecord.ts';
import { liveSessions, unprotectedReason, type LiveSessionsInput } from '../../../src/usage/liveSessions.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const minute = 60_000;

function usage(sessionId: string, fields: Partial<SessionUsage> = {}): SessionUsage {
  return {
    agent: 'claude',
    account: '',
    sessionId,
    cwd: '/repo/app',
    model: null,
    firstAt: now - 60 * minute,
    lastAt: now - 2 * minute,
    responses: 1,
    tokens: { ...noTokens, input: 1000, cacheRead: 5000 },
    costUsd: null,
    contextTokens: 50,
    contextLimit: 200,
    ...fields,
  };
}

function record(sessionId: string, fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    v: 1,
    agent: 'claude',
    sessionId,
    cwd: '/repo/app',
    transcriptPath: null,
    promptLabel: null,
    promptNumber: 1,
    workedFor: null,
    lastEventAt: now - minute,
    missing: null,
    ...fields,
  };
}

const registered = (sessionId: string, status: string | null) => ({
  pid: 7,
  sessionId,
  cwd: '/repo/app',
  startedAt: now - 60 * minute,
  status,
});

function live(fields: Partial<LiveSessionsInput>) {
  const nothing = { usage: [], registered: [], records: [], cutOff: new Set<string>(), now };
  return liveSessions({ ...nothing, repositoryOf: (cwd) => cwd.split('/').at(-1) ?? '', ...fields });
}

describe('live sessions', () => {
  it('are those that Claude Code has registered, with the state it tells', () => {
    const sessions = live({
      usage: [usage('a'), usage('b'), usage('gone')],
      registered: [registered('a', 'idle'), registered('b', 'busy'), registered('new', 'waiting')],
    });
    assert.deepEqual(
      sessions.map(({ sessionId, state }) => [sessionId, state]),
      [
        ['new', 'waiting'],
        ['b', 'busy'],
        ['a', 'idle'],
      ],
    );
    assert.deepEqual(
      { ...sessions[1], lastAt: 0 },
      {
        agent: 'claude',
        sessionId: 'b',
        cwd: '/repo/app',
        repository: 'app',
        state: 'busy',
        newTokens: 1000,
        contextPercent: 25,
        lastAt: 0,
      },
    );
    assert.equal(sessions[0]?.newTokens, 0);
  });

  it('of others are known by their signs of life only', () => {
    const sessions = live({
      usage: [
        usage('fresh', { agent: 'codex', lastAt: now - 30_000 }),
        usage('quiet', { agent: 'codex', lastAt: now - 5 * minute }),
        usage('old', { agent: 'codex', lastAt: now - 11 * minute }),
        usage('nowhere', { agent: 'codex', cwd: null }),
      ],
      records: [record('hooked', { agent: 'gemini', lastEventAt: now - 3 * minute })],
    });
    assert.deepEqual(
      sessions.map(({ sessionId, state }) => [sessionId, state]),
      [
        ['fresh', 'unknown'],
        ['hooked', 'unknown'],
        ['quiet', 'unknown'],
      ],
    );
    // An older Claude Code that keeps no registry.
    assert.equal(live({ usage: [usage('a')], registered: null })[0]?.state, 'unknown');
    assert.equal(live({ usage: [usage('a')] }).length, 0);
  });

  it('say that they were cut off, and are one however many terminals show them', () => {
    const twice = [registered('a', 'idle'), registered('a', 'busy')];
    assert.deepEqual(
      live({ registered: twice }).map(({ state }) => state),
      ['busy'],
    );
    assert.equal(live({ registered: twice, cutOff: new Set(['a']) })[0]?.state, 'cut-off');
  });

  it('without a status of their own are at work while they give signs', () => {
    const state = (lastEventAt: number) =>
      live({ registered: [registered('a', null)], records: [record('a', { lastEventAt })] })[0]?.state;
    assert.equal(state(now - 20_000), 'busy');
    assert.equal(state(now - 5 * minute), 'unknown');
    // A clock that was set back
    assert.equal(state(now + 60 * minute), 'busy');
  });

  it('have no share of a context whose size is not known', () => {
    const percent = (contextTokens: number | null, contextLimit: number | null) =>
      live({ usage: [usage('a', { contextTokens, contextLimit })], registered: [registered('a', 'idle')] })[0]
        ?.contextPercent;
    assert.equal(percent(null, 200), null);
    assert.equal(percent(50, null), null);
    assert.equal(percent(250, 200), null);
    assert.equal(percent(50, 0), null);
  });

  it('are read from registry files, never from the keys beside them', () => {
    assert.equal(isRegistryFile('4711.json'), true);
    for (const name of ['4711.key', '4711.json.key', 'index.json', '.4711.json'])
      assert.equal(isRegistryFile(name), false);
  });
});

describe('what could not be saved', () => {
  const missing = (at: number, reason: string) => record('a', { missing: { at, reason } });

  it('is told until a checkpoint shows that it works again, or it is a day old', () => {
    assert.equal(unprotectedReason([record('a')], null, now), null);
    assert.equal(unprotectedReason([missing(now - minute, 'git timed out')], null, now), 'git timed out');
    assert.equal(unprotectedReason([missing(now - minute, 'x')], now - 2 * minute, now), 'x');
    assert.equal(unprotectedReason([missing(now - minute, 'x')], now - 1000, now), null);
    assert.equal(unprotectedReason([missing(now - 25 * 60 * minute, 'x')], null, now), null);
    assert.equal(
      unprotectedReason([missing(now - 2 * minute, 'older'), missing(now - minute, 'newer')], null, now),
      'newer',
    );
  });
});
