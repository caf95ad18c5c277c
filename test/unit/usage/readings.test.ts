import assert from 'node:assert/strict';
import type { Reading } from '../../../src/protocol/usage.ts';
import { Readings } from '../../../src/usage/readings.ts';
import { limitRowSource } from '../../../src/agents/agent.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-11-23T05:00:00Z');
const reset = start + 5 * hour;

const reading = (used: number, after: number, changes: Partial<Reading> = {}): Reading => ({
  agent: 'claude',
  account: '/home/dev/.claude',
  window: 'five_hour',
  used,
  resetsAt: reset,
  capturedAt: start + after,
  source: 'statusline',
  confidence: 'official',
  ...changes,
});

function taken(...given: Reading[]): Readings {
  const readings = new Readings();
  for (const each of given) readings.add(each);
  return readings;
}
const trail = (readings: Readings, now?: number) =>
  readings.all(now).map(({ used, capturedAt }) => [used, (capturedAt - start) / minute]);

describe('the trail of readings', () => {
  it('has each percent when it was first seen, in whatever order they come', () => {
    const given = [
      reading(0.1, 20 * minute),
      reading(0.1, 30 * minute),
      reading(0.2, 40 * minute),
      reading(0.15, 50 * minute),
      reading(0.3, 60 * minute),
    ];
    const wanted = [
      [0.1, 20],
      [0.2, 40],
      [0.3, 60],
    ];
    assert.deepEqual(trail(taken(...given)), wanted);
    assert.deepEqual(trail(taken(...given.toReversed())), wanted);
  });

  it('knows when the highest was said last, because its age is shown', () => {
    const readings = taken(reading(0.1, 20 * minute));
    assert.equal(readings.add(reading(0.1, 25 * minute)), true);
    assert.equal(readings.add(reading(0.1, 25 * minute)), false);
    assert.deepEqual(trail(readings), [
      [0.1, 20],
      [0.1, 25],
    ]);
  });

  it('is not lowered by an idle session', () => {
    const readings = taken(reading(0.5, 60 * minute));
    assert.equal(readings.add(reading(0.4, 90 * minute)), false);
  });

  it('stays small whatever a source tells', () => {
    const readings = new Readings();
    for (let step = 0; step < 5000; step += 1) readings.add(reading(step / 2500, 15 * minute + step * 1000));
    assert.ok(readings.all().length <= 102, String(readings.all().length));
    assert.equal(readings.all().at(-1)?.used, 4999 / 2500);
  });

  it('keeps accounts, agents and windows apart, and resets within minutes together', () => {
    const readings = taken(
      reading(0.5, 60 * minute),
      reading(0.4, 70 * minute, { account: '/other' }),
      reading(0.3, 70 * minute, { window: 'seven_day', resetsAt: start + 3 * day }),
      reading(0.2, 70 * minute, { agent: 'codex' }),
      reading(0.1, 70 * minute, { resetsAt: reset + 3 * minute }),
    );
    assert.deepEqual(
      readings.all().map(({ used }) => used),
      [0.5, 0.4, 0.3, 0.2],
    );
  });

  it('has the windows that have not reset; history has all', () => {
    const readings = taken(reading(0.5, 60 * minute), reading(0.1, 6 * hour, { resetsAt: reset + 5 * hour }));
    assert.deepEqual(trail(readings, reset), [[0.1, 360]]);
    assert.equal(readings.history().length, 2);
  });

  it('distrusts a full window just after its reset, but not a refused request', () => {
    const next = { resetsAt: reset + 5 * hour };
    const readings = taken(reading(0.97, 4 * hour));
    assert.equal(readings.add(reading(0.97, 5 * hour + 2 * minute, next)), false);
    assert.equal(readings.add(reading(0.01, 5 * hour + 3 * minute, next)), true);
    assert.equal(readings.add(reading(0.96, 5 * hour + 30 * minute, next)), true);
    assert.equal(taken(reading(1, minute, { source: limitRowSource })).all().length, 1);
  });

  it('does not believe a reset further off than the window is long', () => {
    assert.equal(taken(reading(0.1, 0, { resetsAt: start + 20 * hour })).all().length, 0);
    assert.equal(taken(reading(0.1, 0, { resetsAt: start + 20 * hour, window: 'unheard_of' })).all().length, 1);
  });

  it('takes in official readings only', () => {
    assert.equal(taken(reading(0.5, hour, { confidence: 'derived' }), reading(Number.NaN, hour)).all().length, 0);
  });

  it('lets a reading without a reset hide a later one for hours only', () => {
    const none = { resetsAt: null };
    const readings = taken(reading(1, 0, none), reading(0.2, 11 * hour, none));
    assert.deepEqual(trail(readings, start + 11 * hour), [[0.2, 660]]);
  });

  it('forgets windows of long ago, measured by the newest one if the clock is wrong', () => {
    const readings = taken(reading(0.5, hour), reading(0.5, 61 * day, { resetsAt: start + 61 * day + hour }));
    readings.forget(start + 1000 * day);
    assert.equal(readings.history().length, 1);
    readings.forget(start - 1000 * day);
    assert.equal(readings.history().length, 1);
  });
});
