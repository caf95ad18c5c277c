import assert from 'node:assert/strict';
import { wordsForAgent, wordsForUser, wordsOfRefusal, type LandingWordsInput } from '../../../src/landing/words.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const input: LandingWordsInput = {
  agent: 'claude',
  level: 'advise',
  windows: [
    {
      account: 'a',
      window: 'five_hour',
      label: '5-hour window',
      isVendors: true,
      used: 0.8299,
      resetsAt: now + 85 * 60_000,
      isReckoned: true,
      drift: null,
      next: 0,
      reserve: 0.2,
    },
    {
      account: 'a',
      window: 'seven_day',
      label: 'Weekly window',
      isVendors: true,
      used: 0.81,
      resetsAt: now + 50 * 3_600_000,
      isReckoned: false,
      drift: null,
      next: 0,
      reserve: 0.2,
    },
  ],
  isSubagent: false,
  isTurnEnd: false,
  verifyCommand: 'npm test',
  handOver: '.soft-landing/HANDOVER.md',
  now,
  timeZone: 'UTC',
};

describe('words to the agent', () => {
  it('say who speaks, the numbers, the resets, and what to do, in few words', () => {
    const text = wordsForAgent(input);
    assert.equal(
      text,
      [
        'Soft Landing (a tool of the user that watches usage limits; this is not the user speaking): ' +
          '5-hour window at about 82 %, resets 13:25 (in 1 h 25 min); Weekly window at 81 %, resets Sun 29 Nov, 14:00 (in 2 d). ' +
          'Reserve for finishing: 20 %. When a limit is reached, requests are refused at once, wherever the work is.',
        'Land now:',
        '1. Finish the edit that is under way. No new files, no subagents, no further parts of the task.',
        '2. Run `npm test`. Fix what is red, or revert it.',
        '3. Write what is done, what is open and how to go on to .soft-landing/HANDOVER.md.',
        '4. Stop, and tell the user how far you got.',
      ].join('\n'),
    );
    assert.ok(text.length < 1000);
  });

  it('are stronger at half of the reserve', () => {
    const text = wordsForAgent({ ...input, level: 'escalate' });
    assert.match(text, /More than half of the reserve is used\./);
    assert.match(text, /Stop now/);
  });

  it('ask a subagent for no hand-over, and a task that begins here not to end', () => {
    const subagent = wordsForAgent({ ...input, isSubagent: true });
    assert.match(subagent, /Report to your caller/);
    assert.doesNotMatch(subagent, /HANDOVER/);
    assert.doesNotMatch(wordsForAgent({ ...input, level: 'begun' }), /Land now|Stop now/);
  });

  it('do without a verify command, and say when it is the end of a turn', () => {
    assert.match(wordsForAgent({ ...input, verifyCommand: null }), /Run the project's tests, if there are any\./);
    assert.match(wordsForAgent({ ...input, isTurnEnd: true }), /Before you end this turn:/);
  });

  it('never claim more than is known: not 100 % before it is', () => {
    const [five] = input.windows;
    assert.ok(five);
    assert.match(wordsForUser({ ...input, windows: [{ ...five, used: 0.999, resetsAt: null }] }), /at about 99 %\. /);
  });

  it('of a refusal name what stays allowed', () => {
    assert.match(wordsOfRefusal(input), /^Refused by Soft Landing.*stay allowed/);
  });

  it('to the person are one line', () => {
    assert.match(wordsForUser(input), /^Soft Landing: 5-hour window at about 82 %.*Claude Code was told to land\.$/);
    assert.match(
      wordsForUser({ ...input, isSubagent: true, level: 'escalate' }),
      /A subagent of Claude Code was told to stop\.$/,
    );
  });
});
