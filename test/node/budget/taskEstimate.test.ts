import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promptFeatures } from '../../../src/agents/promptFeatures.ts';
import { estimateFromState, type TaskQuestion } from '../../../src/budget/taskEstimate.ts';
import { windowOf } from '../../support/limits.ts';

const now = Date.parse('2026-11-20T11:00:00Z');
/** Of 20,000 tokens for a session. */
const rate = 1e6 / 20_000;
const drift = { '': { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 } };

describe('whether a task fits that is asked in no session', () => {
  let home = '';

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'soft-landing-task-'));
    mkdirSync(path.join(home, 'repo', '.git'), { recursive: true });
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function asked(beside: TaskQuestion['beside']) {
    return estimateFromState(
      {
        features: promptFeatures('Refactor the whole parser, all of its callers and their tests'),
        cwd: path.join(home, 'repo'),
        asking: { agent: null, sessionId: null, transcriptPath: null },
        beside,
        files: null,
        isBegun: false,
      },
      {
        stateFolder: home,
        limits: [windowOf({ session: 's1', window: 'tokensPerSession', resetsAt: null, used: 0.9, drift })],
        preferences: { reservePercent: 20, reserveMode: 'fixed' },
        now,
        effort: 'full',
      },
    ).verdict.decision;
  }

  it('goes by the budget of the session that it may go into, and by no other session’s', () => {
    assert.equal(asked({ agent: 'claude', sessionId: 's1' }), 'split');
    assert.equal(asked({ agent: 'claude', sessionId: 's2' }), 'unknown');
    assert.equal(asked(undefined), 'unknown');
  });
});
