import type { ReasonCode } from './decision.ts';
import { windowName } from './gaugeNames.ts';
import type { Language } from './language.ts';
import type { WindowNeed } from './windowNeed.ts';

/** A task of so many is one to be careful with. */
export const manyFiles = 8;

/** What the reasons of a decision are about. */
export interface ReasonSubject {
  /** the window that decided; null: none is known */
  readonly window: WindowNeed | null;
  readonly files: number;
}

/** A reason in one sentence, with its numbers. */
export function reasonText(code: ReasonCode, { window, files }: ReasonSubject, language: Language): string {
  const { t } = language;
  const points = (value: number): string => pointsText(value, language);
  const name = window === null ? '' : nameInSentence(window.window.label, language);
  const [likely, high] = [points(window?.need?.likely ?? 0), points(window?.need?.high ?? 0)];
  const [room, reserve] = [points(window?.room ?? 0), points(window?.reserve ?? 0)];
  // As the gauge beside it says it: rounded down (gaugeText.ts, `percentText`).
  const used = points(Math.floor(window?.used ?? 0));
  switch (code) {
    case 'no-limit-known':
      return t('No limit that counts for it is known, so only tokens can be told.');
    case 'need-unknown':
      return t('How much of the usage window a task takes is not known yet.');
    case 'small-task':
      return t('A small task of tests or docs.');
    case 'room-enough':
      return t('Up to {0} of the {1}; {2} are left above the reserve.', high, name, room);
    case 'high-exceeds-room':
      return t('It may take up to {0} of the {1}; {2} are left above the reserve.', high, name, room);
    case 'likely-exceeds-room':
      return t('It likely takes {0} of the {1}; {2} are left above the reserve.', likely, name, room);
    case 'reserve-reached':
      return t('The reserve of {0} of the {1} is reached: {2} are used.', reserve, name, used);
    case 'many-files':
      return files >= manyFiles ? t('It is about {0} files.', files) : t('It is about the whole code base.');
    case 'production-on-red':
      return t('It is a fix on a tree whose last verify failed.');
    case 'end-of-window':
      return t('The {0} is near its end and {1} are used.', name, used);
    case 'complex':
      return t('It is a complex feature.');
  }
}

/** "5-hour window", "weekly window", "Codex: Weekly window"; other languages write nouns as they do. */
function nameInSentence(label: string, { t }: Language): string {
  const name = windowName(label, t);
  return name === label ? label.replace(/^(?:Weekly|Session|Daily)\b/, (word) => word.toLowerCase()) : name;
}

function pointsText(value: number, { locale }: Language): string {
  const shown = value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  const written = (number: number): string => number.toLocaleString(locale, { useGrouping: false });
  return `${shown === 0 && value > 0 ? `< ${written(0.1)}` : written(shown)} %`;
}
