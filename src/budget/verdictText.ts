import type { Verdict } from './decision.ts';
import type { Estimate } from './estimate/estimate.ts';
import { english, type Language } from './language.ts';
import { reasonText } from './reasonText.ts';

function decisionText(decision: Verdict['decision'], { t }: Language): string {
  switch (decision) {
    case 'proceed':
      return t('There is room for this task.');
    case 'tight':
      return t('This task may not fit.');
    case 'split':
      return t('This task likely does not fit: split it.');
    case 'unknown':
      return t('Whether this task fits is not known.');
  }
}

/** A decision in a few sentences, with its numbers. */
export function verdictText(verdict: Verdict, estimate: Estimate, now: number, language: Language = english): string {
  const { decision, reasons, tightest } = verdict;
  const { t } = language;
  const reset = tightest?.window.resetsAt ?? null;
  const resetWords =
    decision === 'proceed' || reset === null ? [] : [t('It resets in {0}.', duration(reset - now, language))];
  return [
    decisionText(decision, language),
    t('Likely {0}.', rangeText(estimate, language)),
    ...reasons.map(({ code, data }) =>
      reasonText(code, { window: tightest, files: Number(data['files'] ?? 0) }, language),
    ),
    ...resetWords,
    ...chunksText(verdict, language),
  ].join(' ');
}

function chunksText({ decision, chunks }: Verdict, language: Language): readonly string[] {
  const { t } = language;
  if (decision !== 'split' || chunks === null) return [];
  const { count, tokens } = chunks;
  if (tokens === null) return [t('Nothing above the reserve is left before the reset.')];
  return [t('About {0} chunks of {1} tokens would fit one by one.', count, tokenCount(tokens, language))];
}

export function rangeText({ tokens }: Estimate, language: Language = english): string {
  const { t } = language;
  const count = (end: keyof typeof tokens): string => tokenCount(tokens[end], language);
  return t('{0} tokens ({1} to {2})', count('likely'), count('low'), count('high'));
}

/** What the estimate rests on, for people. */
export function basisText({ comparableTasks, history, turns }: Estimate, { t }: Language = english): string {
  if (turns.length === 0) return t('rules of thumb; there is no history yet');
  if (comparableTasks === 0) return t('rules of thumb; no past task of yours is like it');
  const tasks =
    comparableTasks === 1 ? t('1 comparable task of yours') : t('{0} comparable tasks of yours', comparableTasks);
  if (history < 0.5) return t('rules of thumb, and {0}', tasks);
  return history < 0.85 ? t('{0}, and rules of thumb', tasks) : tasks;
}

/** "850", "45K", "1.2M": two digits, because an estimate has no more. */
export function tokenCount(tokens: number, { locale }: Language = english): string {
  const rounded = tokens <= 0 ? 0 : Number(tokens.toPrecision(2));
  const short = (value: number): string =>
    value.toLocaleString(locale, { maximumSignificantDigits: 2, useGrouping: false });
  if (rounded < 1000) return String(Math.round(rounded));
  return rounded < 1e6 ? `${short(rounded / 1000)}K` : `${short(rounded / 1e6)}M`;
}

function duration(ms: number, { t }: Language): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 90) return t('{0} min', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 48 ? t('{0} h', hours) : t('{0} days', Math.round(hours / 24));
}
