import assert from 'node:assert/strict';
import { parseRateLimitEvents, RateLimitEvents } from '../../../src/agents/claude/rateLimitEvents.ts';
import { Chance } from '../../support/corpusTools.ts';

const at = Date.parse('2026-11-23T05:00:00Z');
const session = 'e3c1773c-179c-4c00-8363-a59f27f9ef88';

/** As Claude Code 2.1.330 prints it, without what does not concern the meter. */
const event = (fiveHour: number, changes: object = {}) =>
  `${JSON.stringify({
    type: 'rate_limit_event',
    rate_limit_info: {
      status: 'allowed_warning',
      resetsAt: 1_795_417_686,
      rateLimitType: 'five_hour',
      utilization: fiveHour,
      unifiedWindows: {
        five_hour: { utilization: fiveHour, resetsAt: 1_795_417_686, status: 'allowed' },
        seven_day: { utilization: 0.17, resetsAt: 1_795_810_486, status: 'allowed' },
      },
      ...changes,
    },
    session_id: session,
  })}\n`;
const spoken = (text: string) => `${JSON.stringify({ type: 'assistant', message: { content: [{ text }] } })}\n`;
const told = (events: RateLimitEvents) =>
  parseRateLimitEvents(events.kept('/account'))?.readings.map(({ window, used, capturedAt }) => [
    window,
    used,
    capturedAt - at,
  ]);

describe('what a run prints of its limits', () => {
  it('is the newest event of its session, wherever the output is torn', () => {
    const output = Buffer.from(`${spoken('Lesen …')}${event(0.42)}${spoken('"rate_limit_event"')}${event(0.57)}`);
    const chance = new Chance(7);
    for (let round = 0; round < 200; round += 1) {
      const events = new RateLimitEvents();
      let news = 0;
      for (let from = 0; from < output.length;) {
        const until = from + chance.between(1, 300);
        if (events.take(output.subarray(from, until), at + 5)) news += 1;
        from = until;
      }
      assert.ok(news === 1 || news === 2, String(news));
      assert.equal(events.session, session);
      assert.deepEqual(told(events), [
        ['five_hour', 0.57, 5],
        ['seven_day', 0.17, 5],
      ]);
    }
  });

  it('is kept window by window where an event tells of one alone', () => {
    const events = new RateLimitEvents();
    const one = (rateLimitType: string, utilization: number) =>
      Buffer.from(event(utilization, { rateLimitType, unifiedWindows: null }));
    assert.ok(events.take(one('five_hour', 0.4), at));
    assert.ok(events.take(one('seven_day', 0.1), at + 1));
    assert.ok(events.take(one('five_hour', 0.5), at + 2));
    assert.deepEqual(told(events), [
      ['seven_day', 0.1, 1],
      ['five_hour', 0.5, 2],
    ]);
    for (let index = 0; index < 1000; index += 1) events.take(one(`window_${index}`, 0.3), at);
    assert.equal(told(events)?.length, 8);
  });

  it('is nothing where there is none, and what is far too long is no event', () => {
    const events = new RateLimitEvents();
    const huge = event(0.42).replace('allowed_warning', 'x'.repeat(70_000));
    for (const text of [spoken('"type":"rate_limit_event"'), '{"rate_limit_event"\n', '\n\n', huge, '\0\xff\n'])
      assert.equal(events.take(Buffer.from(text), at), false, text.slice(0, 40));
    assert.equal(events.session, null);
    // The rest of a torn long line is not taken for a line of its own.
    events.take(Buffer.from('x'.repeat(100_000)), at);
    assert.equal(events.take(Buffer.from(event(0.1)), at), false);
    assert.equal(events.take(Buffer.from(event(0.2)), at), true);
  });

  it('is read back whole or not at all', () => {
    const events = new RateLimitEvents();
    events.take(Buffer.from(event(0.42)), at);
    const text = events.kept('/account');
    assert.equal(parseRateLimitEvents(text)?.account, '/account');
    for (let end = 0; end < text.length; end += 1) assert.equal(parseRateLimitEvents(text.slice(0, end)), null);
    assert.deepEqual(parseRateLimitEvents('{"account":null,"rate_limit_events":[{"at":1,"line":"{"}]}')?.readings, []);
  });
});
