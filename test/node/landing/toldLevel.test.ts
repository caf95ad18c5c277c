import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  emptyLandingState,
  landingStateFile,
  writeLandingState,
  type Told,
} from '../../../src/landing/landingState.ts';
import { toldLevel } from '../../../src/landing/toldLevel.ts';

describe('what a session was told of its limits', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  const session = { agent: 'claude', sessionId: 'one' };
  const told: Told = { account: 'a', window: 'five_hour', resetsAt: now + 1000, level: 'advise', thread: null };
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(path.join(tmpdir(), 'soft-landing-told-'));
  });
  afterEach(() => rmSync(state, { recursive: true }));

  const file = (): string => landingStateFile(state, session.agent, session.sessionId);
  const keep = (...all: readonly Told[]) =>
    writeLandingState(file(), { ...emptyLandingState(session.agent, session.sessionId), told: [...all] });
  const level = (at = now) => toldLevel(state, session, at);

  it('is the strongest of what still holds, in whichever thread', async () => {
    await keep(told, { ...told, level: 'escalate', thread: 'a subagent' }, { ...told, level: 'begun' });
    assert.equal(await level(), 'escalate');
  });

  it('ends with the window; what has no reset stays', async () => {
    await keep({ ...told, level: 'escalate' }, { ...told, window: 'tokensPerSession', resetsAt: null, level: 'begun' });
    assert.equal(await level(now + 999), 'escalate');
    assert.equal(await level(now + 1000), 'begun');
  });

  it('is nothing for who was told nothing, and where the file is torn', async () => {
    assert.equal(await level(), null);
    await keep();
    assert.equal(await level(), null);
    writeFileSync(file(), '{"v":1,"agent":"cl');
    assert.equal(await level(), null);
  });
});
