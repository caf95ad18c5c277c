import type { GaugeLevel, GaugeState, WindowState } from '../protocol/gauge.ts';

/**
 * The level of one window. The state's own level is that of the tightest window, which comes first; of the others only what
 * their numbers alone say is shown, because where "near" begins is decided by the budget, not by the panel.
 */
export function windowLevel(gauge: GaugeState, window: WindowState): GaugeLevel {
  if (window === gauge.windows[0] && gauge.level !== 'unknown') return gauge.level;
  // A full context is compacted, and the work goes on.
  if (window.usedPercent >= 100 && window.id !== 'context') return 'exhausted';
  return window.usedPercent >= 100 - window.reservePercent ? 'landing' : 'ok';
}
