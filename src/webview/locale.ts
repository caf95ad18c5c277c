import { createNumberWords } from './numberWords.ts';
import { strings } from './strings.ts';
import { createTimeWords } from './timeWords.ts';

/**
 * The editor's display language, which the host writes into <html lang>, in the user's own regional form where the system tells
 * one ("en" alone means American clocks). A tag that Intl refuses must not cost the whole panel.
 */
function documentLocale(): string | undefined {
  const { lang } = document.documentElement;
  try {
    const regional = navigator.languages.find((tag) => tag.startsWith(`${lang}-`));
    return Intl.DateTimeFormat.supportedLocalesOf(regional ?? lang)[0];
  } catch {
    return undefined;
  }
}

const locale = documentLocale();
export const time = createTimeWords(locale, strings);
export const number = createNumberWords(locale);
