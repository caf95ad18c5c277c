import type { GaugeState } from '../../../src/protocol/gauge.ts';
import { gauge, session, weekly, window } from './panelSnapshots.ts';

/* A gauge on each of its levels. */
export const none: GaugeState = { level: 'unknown', windows: [], session: null, progress: null };
export const tokensOnly: GaugeState = { level: 'unknown', windows: [], session, progress: null };
export const landing: GaugeState = {
  level: 'landing',
  windows: [window({ usedPercent: 86, headroomPercent: 0 }), weekly],
  session,
  progress: null,
};
export const exhausted: GaugeState = {
  level: 'exhausted',
  windows: [window({ usedPercent: 100, headroomPercent: 0, capturedAt: gauge.windows[0]?.capturedAt ?? 0 })],
  session,
  progress: null,
};
export const caution: GaugeState = {
  level: 'caution',
  windows: [window({ usedPercent: 76, headroomPercent: 4 })],
  session,
  progress: null,
};
