import assert from 'node:assert/strict';
import { farSeconds } from '../../../src/landing/farTruce.ts';
import type { LandingWindow } from '../../../src/landing/windows.ts';

const window = (used: number, rate = 0, reserve = 0.2): LandingWindow => ({
  account: 'a',
  window: 'w',
  label: 'w',
  isVendors: true,
  used,
  resetsAt: null,
  isReckoned: false,
  next: 0,
  reserve,
  drift: { '': { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 } },
});

describe('how long no limit can be near', () => {
  it('is not at all near the reserve, and the longer the further off', () => {
    assert.equal(farSeconds([window(0.71)]), 0);
    assert.equal(farSeconds([window(0.9)]), 0);
    assert.equal(farSeconds([window(0.6)]), 40);
    assert.equal(farSeconds([window(0)]), 120);
  });
  it('is told by the tightest window', () => {
    assert.equal(farSeconds([window(0), window(0.75)]), 0);
  });
  it('is not at all for a budget that one response could use up', () => {
    // 100,000 tokens.
    assert.equal(farSeconds([window(0.05, 10)]), 0);
    assert.equal(farSeconds([window(0.05, 0.2)]), 120);
  });
  it('needs more room where it is not known how use moves the window', () => {
    assert.equal(farSeconds([{ ...window(0.6), drift: null }]), 0);
    assert.equal(farSeconds([{ ...window(0.2), drift: null }]), 120);
  });
  it('is short where nothing is known yet, and long where there is no reserve', () => {
    assert.equal(farSeconds([]), 20);
    assert.equal(farSeconds([window(0.99, 0, 0)]), 120);
  });
});
