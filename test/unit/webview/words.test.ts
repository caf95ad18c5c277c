import assert from 'node:assert/strict';
import { percentText } from '../../../src/budget/gaugeText.ts';
import { panelStrings } from '../../../src/protocol/panelStrings.ts';
import { newTokens as protocolNewTokens } from '../../../src/protocol/usage.ts';
import { createNumberWords } from '../../../src/webview/numberWords.ts';
import { createTimeWords, duration } from '../../../src/webview/timeWords.ts';
import { newTokens } from '../../../src/webview/tokens.ts';

const strings = panelStrings((text) => text);
const now = Date.parse('2026-03-12T14:10:00Z');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('time words', () => {
  const time = createTimeWords('en-GB', strings, 'UTC');

  it('says how long ago, and the date when that stops helping', () => {
    const ago = (age: number): string => time.relative(now - age, now);
    assert.equal(ago(-3 * minute), 'just now');
    assert.equal(ago(44_000), 'just now');
    assert.equal(ago(50_000), '1 min ago');
    assert.equal(ago(59 * minute), '59 min ago');
    assert.equal(ago(23 * hour), '23 h ago');
    assert.equal(ago(6 * day), '6 d ago');
    assert.equal(ago(12 * day), '28 Feb');
    assert.equal(ago(400 * day), '5 Feb 2025');
  });

  it('says a clock time with as much date as it needs', () => {
    assert.equal(time.clock(now + 134 * minute, now), '16:24');
    assert.match(time.clock(now + 4 * day, now), /^Mon,? 14:10$/);
    assert.match(time.clock(now + 20 * day, now), /^1 Apr,? (at )?14:10$/);
    assert.match(time.exact(now), /Thursday.*12 March 2026.*14:10:00/);
  });

  it('says a span in its two biggest units', () => {
    assert.equal(duration(20_000, strings), 'less than 1 min');
    assert.equal(duration(14 * minute, strings), '14 min');
    assert.equal(duration(134 * minute, strings), '2 h 14 min');
    assert.equal(duration(2 * hour, strings), '2 h');
    assert.equal(duration(3 * day + 23 * hour, strings), '3 d 23 h');
  });
});

describe('number words', () => {
  const number = createNumberWords('en-GB');

  it('rounds a percentage down, as the status bar does', () => {
    for (const percent of [0, 0.2, 61.6, 99.7, 100, 104.2])
      assert.equal(`${number.percent(percent)}%`, percentText(percent));
  });

  it('writes headlines whole and the rest short', () => {
    assert.equal(number.whole(178_572), '178,572');
    assert.match(number.short(148_999), /^148k$/i);
    assert.match(number.short(2_419_999), /^2\.41m$/i);
  });
});

describe('new tokens', () => {
  it('counts as the protocol does', () => {
    const tokens = { input: 1, output: 20, cacheWrite5m: 300, cacheWrite1h: 4000, cacheRead: 50_000 };
    assert.equal(newTokens(tokens), protocolNewTokens(tokens));
    assert.equal(newTokens(tokens), 4321);
  });
});
