import assert from 'node:assert/strict';
import { limitRowSource } from '../../../src/agents/agent.ts';
import { translatedGauge } from '../../../src/budget/gaugeNames.ts';
import { gaugeText, tokenText, windowText } from '../../../src/budget/gaugeText.ts';
import { gaugeTooltip, spendText } from '../../../src/budget/gaugeTooltip.ts';
import { english, type Language } from '../../../src/budget/language.ts';
import type { GaugeState, WindowState } from '../../../src/protocol/gauge.ts';

const now = Date.parse('2026-03-12T14:10:00Z');

const window: WindowState = {
  id: 'five_hour',
  agent: 'claude',
  account: '',
  label: 'Claude Code (work): 5-hour window',
  usedPercent: 62.4,
  reservePercent: 20,
  headroomPercent: 17.6,
  resetsAt: now + 130 * 60_000,
  capturedAt: now,
  source: 'statusline',
  confidence: 'official',
  errorPercent: null,
  pace: null,
};
const gauge = (changes: Partial<WindowState>): GaugeState => ({
  level: 'ok',
  windows: [{ ...window, ...changes }],
  session: null,
  progress: null,
});

/** Marks what went through it, so that what did not is seen. */
const marked: Language = { t: (text, ...values) => `‹${english.t(text, ...values)}›`, locale: 'de' };

describe('the gauge in another language', () => {
  it('names windows and sources, and leaves alone whose they are', () => {
    const [named] = translatedGauge(gauge({}), marked.t).windows;
    assert.equal(named?.label, 'Claude Code (work): ‹5-hour window›');
    assert.equal(named.source, '‹Claude Code’s statusline›');
    assert.equal(named.usedPercent, 62.4);
  });

  it('tells a budget in USD from one in tokens', () => {
    const label = (name: string) => translatedGauge(gauge({ label: name }), marked.t).windows[0]?.label;
    assert.equal(label('Daily budget'), '‹Daily budget›');
    assert.equal(label('Daily budget in USD'), '‹Daily budget in USD›');
  });

  it('leaves what only a vendor knows as it is, and numbers in it', () => {
    const [named] = translatedGauge(
      gauge({ label: 'Weekly opus', source: 'calibrated from 14 readings' }),
      marked.t,
    ).windows;
    assert.equal(named?.label, 'Weekly opus');
    assert.equal(named.source, '‹calibrated from 14 readings›');
  });

  it('is the same in English, but that sources are told in words for people', () => {
    const source = (name: string) => translatedGauge(gauge({ source: name }), english.t).windows[0]?.source;
    assert.deepEqual(translatedGauge(gauge({ source: 'X' }), english.t), gauge({ source: 'X' }));
    assert.equal(source(limitRowSource), 'told when a request was refused');
    assert.equal(source('rate limits in the transcript'), 'Codex’s transcript');
  });

  it('says everything in it', () => {
    const all = gauge({ source: 'X', atLeast: true, errorPercent: 3, capturedAt: now - 600_000 });
    const texts = [
      gaugeText(all, 'left', marked),
      gaugeText({ ...all, windows: [] }, 'used', marked),
      ...windowText(all.windows[0] ?? window, now, { language: marked })
        .split(', ')
        .filter((part) => part !== 'X' && !part.startsWith('±')),
      ...gaugeTooltip({
        gauge: { ...all, progress: { doneBytes: 1, totalBytes: 2 } },
        day: { hours: [], from: now, todayTokens: 1200, todayUsd: null, atLeast: false },
        lastCheckpoint: null,
        unprotected: 'X',
        now,
        language: marked,
      }).lines.flatMap(({ label, text }) => [label, text]),
    ];
    for (const text of texts) assert.match(text, /^‹.*›$/);
  });

  it('writes numbers as people there do', () => {
    assert.equal(tokenText(18_250, marked), '18,2K');
    assert.match(spendText(18_250, 3.1, false, marked), /‹3,10\s\$ at API prices›$/);
  });
});
