import assert from 'node:assert/strict';
import {
  hookedUntil,
  nextSave,
  pauseAfter,
  restAfter,
  type Activity,
} from '../../../src/vscode/ambient/ambientSchedule.ts';

const quiet = 30_000;
const later = 300_000;
const seen = (more: Partial<Activity> = {}): Activity => ({
  firstAt: 0,
  lastAt: 10_000,
  hasTyped: false,
  isSuspected: false,
  ...more,
});

describe('when ambient checkpoints are made', () => {
  it('after the quiet time', () => {
    assert.equal(nextSave(seen(), quiet, 0, later), 40_000);
  });

  it('soon after what was typed or may have been a burst, unless the quiet time is shorter still', () => {
    assert.equal(nextSave(seen({ hasTyped: true }), quiet, 0, later), 13_000);
    assert.equal(nextSave(seen({ isSuspected: true }), quiet, 0, later), 13_000);
    assert.equal(nextSave(seen({ isSuspected: true }), 100, 0, later), 1000);
  });

  it('at last although it never gets quiet', () => {
    assert.equal(nextSave(seen({ lastAt: 290_000 }), quiet, 0, later), 300_000);
  });

  it('not before the rest is over', () => {
    assert.equal(nextSave(seen({ hasTyped: true }), quiet, 99_000, later), 99_000);
  });

  it('git works for us at most 2 % of the time', () => {
    for (const took of [20, 1000, 8000]) assert.ok(Math.abs(took / (took + restAfter(took)) - 0.02) < 0.001);
    assert.equal(restAfter(60_000), 600_000);
  });

  it('a repository that fails is left alone ever longer, half an hour at most', () => {
    assert.deepEqual([1, 2, 3, 20].map(pauseAfter), [30_000, 60_000, 120_000, 1_800_000]);
  });

  it('an agent whose hook was heard of is waited for, until its turn is over or two minutes have passed', () => {
    const createdAt = '2026-11-23T12:00:00.000Z';
    const at = Date.parse(createdAt);
    assert.equal(hookedUntil({ agent: 'claude', kind: 'tool', createdAt }, at), at + 120_000);
    assert.equal(hookedUntil({ agent: 'claude', kind: 'turn', createdAt }, at), 0);
    assert.equal(hookedUntil({ agent: null, kind: 'ambient', createdAt }, at), 0);
    assert.equal(hookedUntil(undefined, at), 0);
  });

  it('a clock that was set back holds nothing up: neither what was seen nor what was made later than now', () => {
    const hour = 3_600_000;
    assert.equal(nextSave(seen({ firstAt: hour, lastAt: hour }), quiet, 0, 60_000), 0);
    assert.equal(nextSave(seen({ firstAt: 50_000, lastAt: hour }), quiet, 7, 60_000), 7);
    const createdAt = '2026-11-23T12:00:00.000Z';
    assert.equal(hookedUntil({ agent: 'claude', kind: 'tool', createdAt }, Date.parse(createdAt) - hour), 0);
  });
});
