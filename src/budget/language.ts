/** Says a text, which is one plain string, in a language; values go where it has `{0}`, `{1}`. The shape of the editor's `l10n.t`. */
export type Translate = (text: string, ...values: (string | number)[]) => string;

/** How people are told things: the words, and how days and numbers are written. */
export interface Language {
  readonly t: Translate;
  /** a language tag; undefined: the machine's own */
  readonly locale: string | undefined;
}

/** What everything is written in. The command line speaks nothing else. */
export const english: Language = {
  t: (text, ...values) => text.replace(/\{(\d)\}/g, (whole, at: string) => String(values[Number(at)] ?? whole)),
  locale: 'en-GB',
};
