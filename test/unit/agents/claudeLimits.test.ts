import assert from 'node:assert/strict';
import { parseLimitText } from '../../../src/agents/claude/limitText.ts';
import { parseStatusline } from '../../../src/agents/claude/statusline.ts';
import { parseStreamJsonLine } from '../../../src/agents/claude/streamJson.ts';
import { parseTranscriptLine } from '../../../src/agents/claude/transcriptLine.ts';

const at = Date.parse('2026-11-23T05:00:00Z');
// Written by Claude Code 2.1.330, without what does not concern the meter.
const session = {
  session_id: '4c707a99-0fdd-454f-866e-46a5ad09a411',
  model: { id: 'claude-sonnet-5-5', display_name: 'Sonnet 5.5' },
  cost: { total_cost_usd: 0.033268, total_duration_ms: 5343 },
  context_window: {
    total_input_tokens: 12_305,
    total_output_tokens: 70,
    context_window_size: 1_000_000,
    used_percentage: 1,
    remaining_percentage: 99,
  },
};
const subscriber = {
  ...session,
  rate_limits: {
    five_hour: { used_percentage: 97, resets_at: 1_795_418_261 },
    seven_day: { used_percentage: 17, resets_at: 1_795_811_061 },
  },
};
const rejected = {
  type: 'rate_limit_event',
  rate_limit_info: {
    status: 'rejected',
    resetsAt: 1_795_417_687,
    rateLimitType: 'five_hour',
    overageStatus: 'rejected',
    overageDisabledReason: 'org_level_disabled',
    isUsingOverage: false,
    unifiedWindows: {
      five_hour: { utilization: 1.01, resetsAt: 1_795_417_687, status: 'rejected' },
      seven_day: { utilization: 0.17, resetsAt: 1_795_810_487, status: 'allowed' },
    },
  },
};

describe('limit texts of Claude Code', () => {
  const reset = (text: string, when = at): string | null => {
    const limit = parseLimitText(text, when);
    return limit && `${limit.window} ${new Date(limit.resetsAt).toISOString().slice(0, 16)}`;
  };

  it('name the window and the next such time', () => {
    assert.equal(reset("You've hit your 5-hour limit · resets 7:05am (UTC)"), 'five_hour 2026-11-23T07:05');
    assert.equal(reset("You've hit your session limit · resets 10am (Europe/Berlin)"), 'five_hour 2026-11-23T09:00');
    assert.equal(reset("You've hit your weekly limit · resets Nov 25, 12:35pm (UTC)"), 'seven_day 2026-11-25T12:35');
    assert.equal(reset("You've hit your weekly limit · resets Nov 25, 9am (Asia/Tokyo)"), 'seven_day 2026-11-25T00:00');
    assert.equal(reset("You've hit your Opus limit ∙ resets Nov 24 at 3pm (UTC)"), 'seven_day_opus 2026-11-24T15:00');
    assert.equal(reset(`Claude AI usage limit reached|${at / 1000 + 3600}`), 'five_hour 2026-11-23T06:00');
  });

  it('reach over midnight and New Year', () => {
    const night = Date.parse('2026-12-31T23:30:00Z');
    assert.equal(reset("You've hit your 5-hour limit · resets 12:10am (UTC)", night), 'five_hour 2027-01-01T00:10');
    assert.equal(reset("You've hit your weekly limit · resets Jan 2, 8am (UTC)", night), 'seven_day 2027-01-02T08:00');
  });

  it('hold on days when the clock changes', () => {
    const spring = Date.parse('2026-03-29T00:30:00Z'); // 1:30 in Berlin, an hour of which is missing
    assert.equal(
      reset("You've hit your session limit · resets 4:20am (Europe/Berlin)", spring),
      'five_hour 2026-03-29T02:20',
    );
    const before = Date.parse('2026-03-28T23:30:00Z'); // 0:30 in Berlin, the change is near and not yet
    assert.equal(
      reset("You've hit your session limit · resets 1:50am (Europe/Berlin)", before),
      'five_hour 2026-03-29T00:50',
    );
    const autumn = Date.parse('2026-10-24T23:30:00Z'); // 1:30 in Berlin, with one hour twice
    assert.equal(
      reset("You've hit your session limit · resets 4:20am (Europe/Berlin)", autumn),
      'five_hour 2026-10-25T03:20',
    );
  });

  it('may tell the minute that is running', () => {
    const justBefore = Date.parse('2026-11-23T07:05:40Z');
    assert.equal(reset("You've hit your 5-hour limit · resets 7:05am (UTC)", justBefore), 'five_hour 2026-11-23T07:05');
  });

  it('are left alone when they are not understood whole', () => {
    for (const text of [
      "You've hit your 5-hour limit · resets 4:20am",
      "You've hit your 5-hour limit · resets 4:20am (Middle/Earth)",
      "You've hit your 5-hour limit · resets 25:20 (UTC)",
      "You've hit your 5-hour limit · resets 13pm (UTC)",
      "You've hit your monthly limit · resets 7:05am (UTC)",
      "You've hit your 5-hour limit",
      "You've hit your 5-hour limit · resets 4:20pm (UTC)", // eleven hours off: no such window
      'API Error: 529 Overloaded.',
      'Claude AI usage limit reached|17',
    ]) {
      assert.equal(parseLimitText(text, at), null, text);
    }
  });

  const row = (extra: object): string =>
    JSON.stringify({
      type: 'assistant',
      isApiErrorMessage: true,
      timestamp: '2026-11-23T05:00:00.000Z',
      message: {
        model: '<synthetic>',
        usage: { input_tokens: 0 },
        content: [{ type: 'text', text: "You've hit your 5-hour limit · resets 7:05am (UTC)" }],
      },
      ...extra,
    });
  const told = (line: string) => {
    const facts = parseTranscriptLine(line, 'p/s');
    assert.ok(facts !== 'bad');
    return facts.map((fact) =>
      fact.kind === 'reading' ? [fact.reading.window, fact.reading.used, fact.reading.resetsAt] : [],
    );
  };

  it('count where a row has no structured limit, and only there', () => {
    assert.deepEqual(told(row({})), [['five_hour', 1, Date.parse('2026-11-23T07:05:00Z')]]);
    const quotaLimits = { status: 'rejected', rateLimitType: 'seven_day', resetsAt: 1_795_810_487 };
    assert.deepEqual(told(row({ quotaLimits })), [['seven_day', 1, 1_795_810_487_000]]);
  });
});

describe('statusline input of Claude Code', () => {
  it('tells the windows, in percent, and the session', () => {
    const facts = parseStatusline(JSON.stringify(subscriber), at);
    assert.deepEqual(
      facts?.readings.map(({ window, used, resetsAt }) => [window, used, resetsAt]),
      [
        ['five_hour', 0.97, 1_795_418_261_000],
        ['seven_day', 0.17, 1_795_811_061_000],
      ],
    );
    assert.deepEqual(facts.session, {
      agent: 'claude',
      sessionId: '4c707a99-0fdd-454f-866e-46a5ad09a411',
      model: 'claude-sonnet-5-5',
      contextTokens: 12_375,
      contextLimit: 1_000_000,
      costUsd: 0.033268,
      capturedAt: at,
    });
  });

  it('tells no windows to users of an API key', () => {
    const facts = parseStatusline(JSON.stringify(session), at);
    assert.deepEqual(facts?.readings, []);
    assert.equal(facts.session?.costUsd, 0.033268);
  });

  it('has units by field: 1 is one percent; ISO resets are read; null is no window and costs no other', () => {
    const resets = '2026-11-23T07:00:00Z';
    const limits = {
      five_hour: { used_percentage: 1, resets_at: resets },
      seven_day: null,
      other: { used_percentage: 'x' },
    };
    const facts = parseStatusline(JSON.stringify({ rate_limits: limits }), at);
    assert.deepEqual(
      facts?.readings.map(({ window, used, resetsAt }) => [window, used, resetsAt]),
      [['five_hour', 0.01, Date.parse(resets)]],
    );
  });

  it('may be broken', () => {
    for (const text of ['', '{', '"text"', 'null', '7']) assert.equal(parseStatusline(text, at), null, text);
  });
});

describe('rate limit events of stream-json', () => {
  const told = (line: string) => {
    const facts = parseStreamJsonLine(line, at);
    assert.ok(facts !== 'bad');
    return facts.map((fact) =>
      fact.kind === 'reading' ? [fact.reading.window, fact.reading.used, fact.reading.resetsAt] : [],
    );
  };

  it('tell every window, as fractions', () => {
    assert.deepEqual(told(JSON.stringify(rejected)), [
      ['five_hour', 1.01, 1_795_417_687_000],
      ['seven_day', 0.17, 1_795_810_487_000],
    ]);
  });

  it('may tell one window only; a whole number 1 is all of it', () => {
    const event = (info: object) => JSON.stringify({ type: 'rate_limit_event', rate_limit_info: info });
    assert.deepEqual(told(event({ status: 'allowed', rateLimitType: 'five_hour', utilization: 1, resetsAt: 9 })), [
      ['five_hour', 1, 9000],
    ]);
    assert.deepEqual(told(event({ status: 'rejected', rateLimitType: 'seven_day' })), [['seven_day', 1, null]]);
    assert.deepEqual(told(event({ status: 'allowed', rateLimitType: 'five_hour' })), []);
  });

  it('are not confused with other lines', () => {
    assert.deepEqual(told('{"type":"result","subtype":"success"}'), []);
    assert.equal(parseStreamJsonLine('{"type":', at), 'bad');
  });
});
