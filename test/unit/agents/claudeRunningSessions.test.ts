import assert from 'node:assert/strict';
import { hasTaken, parseRunningSession, type RunningSession } from '../../../src/agents/claude/runningSessions.ts';

const session = (more: Partial<RunningSession> = {}): RunningSession => ({
  pid: 7,
  sessionId: 's',
  cwd: '/repo',
  status: 'idle',
  statusUpdatedAt: 100,
  ...more,
});

describe('a running session of Claude Code', () => {
  it('is read with what it says of itself, and without what it does not', () => {
    const told = { ...session(), messagingSocketPath: '/tmp/x.sock' };
    assert.deepEqual(parseRunningSession(JSON.stringify(told)), session());
    const silent = { pid: 7, sessionId: 's', cwd: '/repo' };
    assert.deepEqual(parseRunningSession(JSON.stringify(silent)), { ...silent, status: null, statusUpdatedAt: null });
    for (const torn of ['', '{"pid":7', '{"pid":0}', 'null']) assert.equal(parseRunningSession(torn), null);
  });

  it('has taken a prompt when it is at work, has been so meanwhile, or is gone', () => {
    assert.equal(hasTaken(session(), session()), false);
    assert.equal(hasTaken(session({ statusUpdatedAt: null }), session({ statusUpdatedAt: null })), false);
    for (const now of [session({ status: 'busy' }), session({ statusUpdatedAt: 101 }), null])
      assert.equal(hasTaken(session(), now), true);
  });
});
