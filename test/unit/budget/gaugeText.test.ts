import assert from 'node:assert/strict';
import { windowLabel } from '../../../src/budget/gauge.ts';
import {
  ageText,
  durationText,
  gaugeLines,
  gaugeText,
  percentText,
  tokenText,
  windowText,
} from '../../../src/budget/gaugeText.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const window: WindowState = {
  id: 'five_hour',
  agent: 'claude',
  account: '/home/ada/.claude',
  label: '5-hour window',
  usedPercent: 62.9,
  reservePercent: 20,
  headroomPercent: 17.1,
  resetsAt: now + 130 * 60_000,
  capturedAt: now - 4 * 60_000,
  source: 'statusline',
  confidence: 'official',
  errorPercent: null,
  pace: null,
};
const session: GaugeState['session'] = {
  agent: 'claude',
  account: '/home/ada/.claude',
  sessionId: 's1',
  cwd: '/repo',
  model: 'opus',
  firstAt: now - 1000,
  lastAt: now - 1000,
  responses: 3,
  tokens: { input: 200, output: 8000, cacheWrite5m: 4000, cacheWrite1h: 6050, cacheRead: 1_234_567 },
  costUsd: null,
  contextTokens: null,
  contextLimit: null,
};
const empty: GaugeState = { level: 'unknown', windows: [], session: null, progress: null };

describe('the text of the gauge', () => {
  it('says of a reserve that is learned that it is, and how large', () => {
    const learned = { ...window, reservePercent: 7, headroomPercent: 30.1, reserveLearned: true } as const;
    assert.match(windowText(learned, now), /^62% used, 30% above the learned reserve of 7%, /);
    assert.match(
      windowText({ ...learned, usedPercent: 95, headroomPercent: 0 }, now),
      /, inside the learned reserve of 7%, /,
    );
  });
  it('shows what is known', () => {
    assert.equal(gaugeText({ ...empty, level: 'ok', windows: [window], session }), '62%');
    assert.equal(gaugeText({ ...empty, level: 'ok', windows: [window] }), '62%');
  });
  it('never invents a percentage', () => {
    assert.equal(gaugeText({ ...empty, session }), '18.2K tokens');
    assert.equal(gaugeText(empty), 'no session');
  });

  it('explains each window and the session', () => {
    assert.deepEqual(gaugeLines({ ...empty, level: 'ok', windows: [window], session }, now), [
      { label: '5-hour window', text: '62% used, 17% above the reserve, resets in 2 h 10 min, statusline' },
      {
        label: 'Session',
        text: '18.2K new tokens (input 200, output 8K, cache writes 10K), and 1.2M read from the cache',
      },
      { label: 'Responses', text: '3, last by opus' },
      { label: 'Last activity', text: 'just now' },
    ]);
  });
  it('says what is not known', () => {
    assert.deepEqual(gaugeLines(empty, now), [
      { label: 'Limits', text: 'not known yet: no limit was reported and no budget is set' },
      { label: 'Session', text: 'none in this workspace in the last 24 hours' },
    ]);
  });
  it('says when the reserve is reached, and when nothing is left', () => {
    const inside = windowText({ ...window, usedPercent: 81, headroomPercent: 0, resetsAt: null }, now);
    assert.equal(inside, '81% used, inside the reserve of 20%, statusline');
    assert.match(
      windowText({ ...window, usedPercent: 100, headroomPercent: 0 }, now),
      /^100% used, nothing left, resets in/,
    );
  });

  it('shows no percentage of the context where no limit is known', () => {
    const context: WindowState = { ...window, id: 'context', usedPercent: 12 };
    assert.equal(gaugeText({ ...empty, windows: [context], session }), '18.2K tokens');
    assert.equal(gaugeLines({ ...empty, windows: [context], session }, now)[1]?.label, 'Limits');
  });

  it('marks what is derived, and how far it may be off', () => {
    const derived: WindowState = { ...window, confidence: 'derived', errorPercent: 2.2 };
    assert.match(windowText(derived, now), /^~62% used, ±3, 17% above/);
    assert.equal(gaugeText({ ...empty, level: 'ok', windows: [derived] }), '~62%');
  });
  it('says that a budget without all prices is a lower bound', () => {
    assert.match(windowText({ ...window, atLeast: true }, now), /^at least 62% used, some prices are not known, /);
  });
  it('speaks of compaction at the end of a context, not of an end', () => {
    const context: WindowState = { ...window, id: 'context', usedPercent: 100, headroomPercent: 0, resetsAt: null };
    assert.equal(windowText(context, now), '100% used, compaction is near, statusline');
  });
  it('tells the age of what is older than five minutes', () => {
    assert.match(windowText({ ...window, capturedAt: now - 6 * 60_000 }, now), /statusline, 6 min ago$/);
  });
  it('tells the pace as a range', () => {
    const hour = 3_600_000;
    const pace = { percentPerHour: { low: 5, high: 9 }, evenPercent: 28.4, exhaustedAt: null };
    const text = (earliest: number, latest: number | null) =>
      windowText({ ...window, pace: { ...pace, reserveAt: { earliest, latest } } }, now, { timeZone: 'UTC' });
    assert.match(
      text(now + 2 * hour, now + 4.5 * hour),
      /even pace 28%, reserve reached about Mon 14:00–16:30, resets/,
    );
    assert.match(text(now + 11 * hour, now + 13 * hour), /about Mon 23:00–Tue 01:00,/);
    assert.match(text(now + 2 * hour, null), /reserve reached from Mon 14:00 on, or not before the reset,/);
    assert.match(text(now, now + 2 * hour), /about now–Mon 14:00,/);
  });
  it('tells how far a first reading is', () => {
    const [first] = gaugeLines({ ...empty, progress: { doneBytes: 34, totalBytes: 100 } }, now);
    assert.deepEqual(first, { label: 'Reading transcripts', text: '34% done, numbers still grow' });
  });

  it('words numbers', () => {
    assert.deepEqual(
      [0, 999, 1000, 18_250, 99_999, 123_456, 999_999, 1_500_000, 2e9].map((tokens) => tokenText(tokens)),
      ['0', '999', '1K', '18.2K', '99.9K', '123K', '999K', '1.5M', '2B'],
    );
    assert.deepEqual([0, 62.9, 99.99, 100, 130].map(percentText), ['0%', '62%', '99%', '100%', '130%']);
    assert.deepEqual(
      [-5, 1, 60_000, 60_001, 3_600_000, 7_800_000, 86_400_000, 273_600_000].map((ms) => durationText(ms)),
      ['1 min', '1 min', '1 min', '2 min', '1 h', '2 h 10 min', '1 d', '3 d 4 h'],
    );
    assert.deepEqual(
      [-5, 59_999, 60_000, 119_999, 7_800_000].map((ms) => ageText(ms)),
      ['just now', 'just now', '1 min ago', '1 min ago', '2 h 10 min ago'],
    );
  });

  it('names windows', () => {
    assert.deepEqual(['five_hour', 'seven_day', 'seven_day_opus', 'overage_cap'].map(windowLabel), [
      '5-hour window',
      'Weekly window',
      'Weekly opus',
      'Overage cap',
    ]);
  });
});
