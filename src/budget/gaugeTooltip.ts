import { agentName } from '../protocol/agentName.ts';
import type { DayUse } from '../protocol/dayUse.ts';
import type { GaugeState, WindowState } from '../protocol/gauge.ts';
import { newTokens } from '../protocol/usage.ts';
import { ageText, progressText, tokenText, windowText, type GaugeLine } from './gaugeText.ts';
import { english, type Language } from './language.ts';

const cells = 20;

/**
 * A window as a bar in text: what is used, what is free, and, behind the line, the reserve. `█████████░░░░░░░│▒▒▒▒`. Where the reserve is
 * being used up, the line stands in the filled part.
 */
export function barText({ usedPercent, reservePercent }: Pick<WindowState, 'usedPercent' | 'reservePercent'>): string {
  const cellOf = (percent: number): number => Math.round((Math.min(Math.max(percent, 0), 100) / 100) * cells);
  // Something used is seen, and something left too.
  const used = Math.min(usedPercent >= 100 ? cells : cells - 1, Math.max(usedPercent > 0 ? 1 : 0, cellOf(usedPercent)));
  const reserve = cellOf(100 - reservePercent);
  const bar = Array.from({ length: cells }, (_, cell) => (cell < used ? '█' : cell < reserve ? '░' : '▒'));
  return [...bar.slice(0, reserve), '│', ...bar.slice(reserve)].join('');
}

export interface TooltipWindow {
  readonly label: string;
  readonly bar: string;
  readonly text: string;
}

/** What the status bar's hover says, as data: the windows of each agent, then lines with a name and a sentence. */
export interface GaugeTooltip {
  readonly groups: readonly { readonly title: string; readonly windows: readonly TooltipWindow[] }[];
  readonly lines: readonly GaugeLine[];
}

export interface TooltipInput {
  readonly gauge: GaugeState;
  readonly day: DayUse | undefined;
  /** the newest checkpoint of these folders; null: there is none */
  readonly lastCheckpoint: { readonly at: number; readonly what: string } | null;
  /** why states cannot be saved; undefined: they can */
  readonly unprotected: string | undefined;
  readonly now: number;
  readonly timeZone?: string;
  readonly language?: Language;
}

export function gaugeTooltip(input: TooltipInput): GaugeTooltip {
  const { gauge, day, lastCheckpoint, unprotected, now, timeZone, language = english } = input;
  const { t } = language;
  const agents = [...new Set(gauge.windows.map(({ agent }) => agent))];
  const groups = agents.map((agent) => ({
    title: agent === 'all' ? t('All agents') : agentName(agent),
    windows: gauge.windows
      .filter((window) => window.agent === agent)
      .map((window) => ({
        label: withoutOwner(window, agent),
        bar: barText(window),
        text: windowText(window, now, { timeZone, language }),
      })),
  }));
  const lines: GaugeLine[] = [];
  if (unprotected !== undefined)
    lines.push({ label: t('Not protected'), text: t('the newest state could not be saved: {0}', unprotected) });
  if (gauge.progress !== null)
    lines.push({ label: t('Reading transcripts'), text: progressText(gauge.progress, language) });
  if (gauge.level === 'unknown')
    lines.push({ label: t('Limits'), text: t('not known yet: no limit was reported and no budget is set') });
  lines.push({ label: t('This session'), text: sessionText(gauge, now, language) });
  if (day !== undefined)
    lines.push({ label: t('Today'), text: spendText(day.todayTokens, day.todayUsd, day.atLeast, language) });
  lines.push({
    label: t('Last checkpoint'),
    text:
      lastCheckpoint === null ? t('none yet') : `${ageText(now - lastCheckpoint.at, language)}, ${lastCheckpoint.what}`,
  });
  return { groups, lines };
}

/** The agent's name stands above; the account's, in brackets behind it, stays. */
function withoutOwner({ label }: WindowState, agent: string): string {
  const name = agentName(agent);
  return label.startsWith(name) ? label.slice(name.length).replace(/^:?\s*/, '') : label;
}

function sessionText({ session }: GaugeState, now: number, language: Language): string {
  const { t } = language;
  if (session === null) return t('none in this workspace in the last 24 hours');
  const { tokens, costUsd, model, lastAt } = session;
  const parts = [
    spendText(newTokens(tokens), costUsd, false, language),
    t('{0} read from the cache', tokenText(tokens.cacheRead, language)),
  ];
  if (model !== null) parts.push(model);
  return [...parts, ageText(now - lastAt, language)].join(', ');
}

/** `18.2K new tokens, $3.10`; what has no known price costs nobody knows what. */
export function spendText(tokens: number, usd: number | null, atLeast: boolean, language: Language = english): string {
  const { t, locale } = language;
  const text = t('{0} new tokens', tokenText(tokens, language));
  if (usd === null) return text;
  const money = usd.toLocaleString(locale, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    useGrouping: false,
  });
  return `${text}, ${atLeast ? t('at least {0} at API prices', money) : t('{0} at API prices', money)}`;
}
