import type { LimitWindow } from '../../src/protocol/limits.ts';

/** A five-hour window; 100,000 new tokens fill it, cache reads count nothing. */
export function windowOf(more: Partial<LimitWindow> = {}): LimitWindow {
  const rate = 1e6 / 100_000;
  return {
    agent: 'claude',
    account: '/home/dev/.claude',
    window: 'five_hour',
    label: '5-hour window',
    session: null,
    used: 0.3,
    resetsAt: Date.parse('2026-11-20T14:00:00Z'),
    capturedAt: Date.parse('2026-11-20T11:00:00Z'),
    source: 'test',
    confidence: 'official',
    error: null,
    drift: { '': { input: rate, output: rate, cacheWrite5m: rate, cacheWrite1h: rate, cacheRead: 0 } },
    ...more,
  };
}
