import assert from 'node:assert/strict';
import { dayUse } from '../../../src/budget/dayUse.ts';
import { gaugeText } from '../../../src/budget/gaugeText.ts';
import { barText, gaugeTooltip, spendText } from '../../../src/budget/gaugeTooltip.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';
import { noTokens, type UseSlice } from '../../../src/protocol/usage.ts';

const now = Date.parse('2026-11-23T12:10:00Z');
const hour = 60 * 60_000;
const window: WindowState = {
  id: 'five_hour',
  agent: 'claude',
  account: '/home/ada/.claude',
  label: 'Claude Code (work): 5-hour window',
  usedPercent: 62.9,
  reservePercent: 20,
  headroomPercent: 17.1,
  resetsAt: now + 130 * 60_000,
  capturedAt: now,
  source: 'statusline',
  confidence: 'official',
  errorPercent: null,
  pace: null,
};
const empty: GaugeState = { level: 'unknown', windows: [], session: null, progress: null };
const plain = { day: undefined, lastCheckpoint: null, unprotected: undefined, now };

describe('the bar in text', () => {
  it('marks the reserve, and shows a little use and a little rest', () => {
    const bar = (usedPercent: number, reservePercent = 20) => barText({ usedPercent, reservePercent });
    assert.equal(bar(62.9), '█████████████░░░│▒▒▒▒');
    assert.equal(bar(0), '░░░░░░░░░░░░░░░░│▒▒▒▒');
    assert.equal(bar(0.1), '█░░░░░░░░░░░░░░░│▒▒▒▒');
    assert.equal(bar(90), '████████████████│██▒▒');
    assert.equal(bar(99.9), '████████████████│███▒');
    assert.equal(bar(140), '████████████████│████');
    assert.equal(bar(50, 0), '██████████░░░░░░░░░░│');
  });
});

describe('the tooltip of the gauge', () => {
  it('puts each agent’s windows below its name', () => {
    const codex = { ...window, agent: 'codex', label: 'Codex: Weekly window', usedPercent: 12, headroomPercent: 68 };
    const budget = { ...window, agent: 'all', id: 'usdPerDay', label: 'Daily budget in USD' };
    const { groups } = gaugeTooltip({ ...plain, gauge: { ...empty, level: 'ok', windows: [window, codex, budget] } });
    assert.deepEqual(
      groups.map(({ title, windows }) => [title, ...windows.map(({ label }) => label)]),
      [
        ['Claude Code', '(work): 5-hour window'],
        ['Codex', 'Weekly window'],
        ['All agents', 'Daily budget in USD'],
      ],
    );
    assert.equal(
      groups[0]?.windows[0]?.text,
      '62% used, 17% above the reserve, resets in 2 h 10 min, Claude Code’s statusline',
    );
  });

  it('says what was spent, and what was saved last', () => {
    const session: GaugeState['session'] = {
      agent: 'claude',
      account: '',
      sessionId: 's1',
      cwd: null,
      model: 'opus',
      firstAt: now,
      lastAt: now - 120_000,
      responses: 1,
      tokens: { ...noTokens, input: 18_240, cacheRead: 1_234_567 },
      costUsd: 3.1,
      contextTokens: null,
      contextLimit: null,
    };
    const day = { hours: [], from: 0, todayTokens: 714_000, todayUsd: 14.2, atLeast: true };
    const lastCheckpoint = { at: now - 180_000, what: 'before Edit src/app.ts' };
    const { lines } = gaugeTooltip({ ...plain, gauge: { ...empty, level: 'ok', session }, day, lastCheckpoint });
    assert.deepEqual(lines, [
      {
        label: 'This session',
        text: '18.2K new tokens, $3.10 at API prices, 1.2M read from the cache, opus, 2 min ago',
      },
      { label: 'Today', text: '714K new tokens, at least $14.20 at API prices' },
      { label: 'Last checkpoint', text: '3 min ago, before Edit src/app.ts' },
    ]);
  });

  it('begins with what is wrong, and says what is not known', () => {
    const progress = { doneBytes: 34, totalBytes: 100 };
    const { lines } = gaugeTooltip({ ...plain, gauge: { ...empty, progress }, unprotected: 'git timed out' });
    assert.deepEqual(
      lines.map(({ label }) => label),
      ['Not protected', 'Reading transcripts', 'Limits', 'This session', 'Last checkpoint'],
    );
    assert.equal(spendText(1000, null, true), '1K new tokens');
  });
});

describe('the status bar’s text', () => {
  const gauge = (fields: Partial<WindowState>): GaugeState => ({
    ...empty,
    level: 'ok',
    windows: [{ ...window, ...fields }],
  });

  it('is what is used or what is left, and both make a hundred', () => {
    assert.equal(gaugeText(gauge({})), '62%');
    assert.equal(gaugeText(gauge({}), 'left'), '38% left');
    assert.equal(gaugeText(gauge({ usedPercent: 104 }), 'left'), '0% left');
    assert.equal(gaugeText(gauge({ confidence: 'derived' }), 'left'), '~38% left');
    assert.equal(gaugeText(gauge({ atLeast: true }), 'left'), 'at most 38% left');
  });

  it('is nothing beside an icon alone, and never an invented percentage', () => {
    assert.equal(gaugeText(gauge({}), 'icon'), '');
    assert.equal(gaugeText(empty, 'left'), 'no session');
  });
});

describe('the use of a day', () => {
  const slice = (from: number, input: number, costUsd: number | null = 0.5): UseSlice => ({
    agent: 'claude',
    account: '',
    model: null,
    from,
    responses: 1,
    tokens: { ...noTokens, input, cacheRead: 1_000_000 },
    costUsd,
    costUnknownTokens: costUsd === null ? input : 0,
  });

  it('is by the hours of the clock, the running one last', () => {
    const day = dayUse([slice(now - 60_000, 5), slice(now - 30 * 60_000, 7), slice(now - 23 * hour, 11)], now, 'UTC');
    assert.equal(day.hours.length, 24);
    assert.equal(day.from, Date.parse('2026-11-22T13:00:00Z'));
    assert.deepEqual([day.hours[0], day.hours[22], day.hours[23]], [11, 7, 5]);
  });

  it('leaves out what is older, and takes what a clock set back has made the future', () => {
    const day = dayUse([slice(now - 30 * hour, 5), slice(now + 3 * hour, 7)], now, 'UTC');
    assert.equal(
      day.hours.reduce((sum, each) => sum + each),
      7,
    );
    assert.equal(day.hours.at(-1), 7);
  });

  it('counts today from midnight of the time zone, with what it cost', () => {
    const slices = [slice(Date.parse('2026-11-22T22:30:00Z'), 5), slice(Date.parse('2026-11-22T23:30:00Z'), 7, null)];
    assert.equal(dayUse(slices, now, 'UTC').todayTokens, 0);
    const berlin = dayUse(slices, now, 'Europe/Berlin');
    assert.deepEqual([berlin.todayTokens, berlin.todayUsd, berlin.atLeast], [7, null, true]);
    const all = dayUse(slices, now, 'Asia/Tokyo');
    assert.deepEqual([all.todayTokens, all.todayUsd, all.atLeast], [12, 0.5, true]);
  });
});
