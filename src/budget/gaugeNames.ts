import type { GaugeState } from '../protocol/gauge.ts';
import type { Translate } from './language.ts';

/**
 * The gauge with its windows' names and sources in another language. Elsewhere they stay English: they are also handed to agents and to
 * the command line. Names of windows that only a vendor knows stay as they are.
 */
export function translatedGauge(gauge: GaugeState, t: Translate): GaugeState {
  return {
    ...gauge,
    windows: gauge.windows.map((window) => ({
      ...window,
      label: windowName(window.label, t),
      source: sourceName(window.source, t),
    })),
  };
}

/** One window's name in another language. Whose window it is may stand before it. */
export function windowName(label: string, t: Translate): string {
  const labels = namesOf(t);
  const name = Object.keys(labels).find((each) => label.endsWith(each));
  return name === undefined ? label : label.slice(0, -name.length) + (labels[name] ?? name);
}

/** The longest first, where one ends like another. */
function namesOf(t: Translate): Readonly<Record<string, string>> {
  return {
    '5-hour window': t('5-hour window'),
    'Weekly window': t('Weekly window'),
    'Context window': t('Context window'),
    'Session budget in USD': t('Session budget in USD'),
    'Daily budget in USD': t('Daily budget in USD'),
    '5-hour budget in USD': t('5-hour budget in USD'),
    'Weekly budget in USD': t('Weekly budget in USD'),
    'Session budget': t('Session budget'),
    'Daily budget': t('Daily budget'),
    '5-hour budget': t('5-hour budget'),
    'Weekly budget': t('Weekly budget'),
  };
}

/** Where a window's percent is from, in words for people; readings name it by what our readers call it. */
export function sourceName(source: string, t: Translate): string {
  const [, readings] = /^calibrated from (\d+) readings$/.exec(source) ?? [];
  if (readings !== undefined) return t('calibrated from {0} readings', readings);
  switch (source) {
    case 'statusline':
      return t('Claude Code’s statusline');
    case 'rate limit event':
      return t('printed by a run of Claude Code');
    case 'your budget':
      return t('your budget');
    case 'rate limits in the transcript':
      return t('Codex’s transcript');
    case 'limit row in the transcript':
      return t('told when a request was refused');
    case 'the newest prompt (compaction when full)':
      return t('the newest prompt (compaction when full)');
    default:
      return source;
  }
}
