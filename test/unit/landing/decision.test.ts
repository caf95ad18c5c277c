import assert from 'node:assert/strict';
import { decideLanding, withTold, type DecisionInput } from '../../../src/landing/decision.ts';
import type { Told } from '../../../src/landing/landingState.ts';
import type { LandingWindow } from '../../../src/landing/windows.ts';

const now = Date.parse('2026-11-27T12:00:00Z');
const hour = 3_600_000;

function window(used: number, changes: Partial<LandingWindow> = {}): LandingWindow {
  return {
    account: '/home/.claude',
    window: 'five_hour',
    label: '5-hour window',
    isVendors: true,
    used,
    resetsAt: now + hour,
    isReckoned: false,
    drift: null,
    next: 0,
    reserve: 0.2,
    ...changes,
  };
}

const decide = (input: Partial<DecisionInput>) =>
  decideLanding({ windows: [], told: [], thread: null, isPrompt: false, now, ...input });

/** Decides again and again, as a session's hooks do, and gives what was said. */
function flight(steps: readonly Partial<DecisionInput>[]): readonly (string | null)[] {
  let told: readonly Told[] = [];
  return steps.map((step) => {
    const decision = decide({ ...step, told });
    if (decision !== null) told = withTold(told, decision.told, step.now ?? now);
    return decision?.level ?? null;
  });
}

describe('the decision to land', () => {
  it('is silent above the reserve, and where nothing is known', () => {
    assert.equal(decide({}), null);
    assert.equal(decide({ windows: [window(0.799)] }), null);
    assert.equal(decide({ windows: [window(0.8)] })?.level, 'advise');
    // 1 - 0.3 is not 0.7 to a computer.
    assert.equal(decide({ windows: [window(0.7, { reserve: 0.3 })] })?.level, 'advise');
  });

  it('is never made without a reserve', () => {
    assert.equal(decide({ windows: [window(1, { reserve: 0 })] }), null);
  });

  it('comes once at the reserve and once more, stronger, at half of it', () => {
    const used = [0.5, 0.81, 0.82, 0.89, 0.9, 0.95, 1];
    assert.deepEqual(flight(used.map((each) => ({ windows: [window(each)] }))), [
      null,
      'advise',
      null,
      null,
      'escalate',
      null,
      null,
    ]);
  });

  it('comes once, strongly, where the reserve was passed in one leap', () => {
    assert.deepEqual(flight([0.5, 0.96, 0.97].map((each) => ({ windows: [window(each)] }))), [null, 'escalate', null]);
  });

  it('comes one response early where that one would take more than half of the reserve along, and no earlier', () => {
    const large = (used: number) => window(used, { next: 0.13 });
    assert.deepEqual(flight([0.5, 0.76, 0.77, 0.89, 0.9].map((each) => ({ windows: [large(each)] }))), [
      null,
      null,
      'advise',
      null,
      'escalate',
    ]);
    // Half of the reserve is left whatever the next response does.
    assert.equal(decide({ windows: [window(0.79, { next: 0.09 })] }), null);
    assert.equal(decide({ windows: [window(0.5, { next: 0.9, reserve: 0 })] }), null);
  });

  it('holds each window against its own reserve', () => {
    const windows = [window(0.75), window(0.7, { window: 'seven_day', reserve: 0.3 })];
    assert.deepEqual(
      decide({ windows })?.windows.map((each) => each.window),
      ['seven_day'],
    );
  });

  it('is for each window, and then names all that are inside', () => {
    const week = window(0.85, { window: 'seven_day', resetsAt: now + 50 * hour });
    assert.deepEqual(flight([{ windows: [window(0.81)] }, { windows: [window(0.82), week] }]), ['advise', 'advise']);
    assert.deepEqual(
      decide({ windows: [window(0.82), week, window(0.1, { window: 'x' })] })?.windows.map((each) => each.window),
      ['seven_day', 'five_hour'],
    );
  });

  it('is armed again by a reset, and not by a reset told differently', () => {
    const later = now + 2 * hour;
    assert.deepEqual(
      flight([
        { windows: [window(0.81)] },
        { windows: [window(0.82, { resetsAt: now + hour + 59_000 })] },
        { windows: [window(0.81, { resetsAt: later + 5 * hour })], now: later },
      ]),
      ['advise', null, 'advise'],
    );
  });

  it('is told to each subagent in its own thread', () => {
    const windows = [window(0.85)];
    assert.deepEqual(flight([null, 'a', null, 'a', 'b'].map((thread) => ({ windows, thread }))), [
      'advise',
      'advise',
      null,
      null,
      'advise',
    ]);
  });

  it('does not ask a task that begins inside the reserve to end before it began', () => {
    assert.deepEqual(
      flight([{ windows: [window(0.82)], isPrompt: true }, { windows: [window(0.85)] }, { windows: [window(0.9)] }]),
      ['begun', null, 'escalate'],
    );
    assert.deepEqual(flight([{ windows: [window(0.95)], isPrompt: true }, { windows: [window(0.97)] }]), [
      'begun',
      null,
    ]);
  });

  it('keeps a budget without a reset told for good, and forgets windows that are over', () => {
    const budget = window(0.85, { window: 'tokensPerSession', resetsAt: null });
    const later = now + 300 * hour;
    assert.deepEqual(flight([{ windows: [budget] }, { windows: [budget], now: later }]), ['advise', null]);
    const old = decide({ windows: [window(0.9)] })?.told ?? [];
    assert.deepEqual(withTold(old, [], later), []);
  });
});
