/** A sentence for people, with what it is about apart: so the editor can say it in the person's language. */
export interface Sentence {
  /** in English; values go where it has `{0}`, `{1}` */
  readonly text: string;
  readonly values: readonly SentenceValue[];
}

export type SentenceValue = string | number | Sentence;

/** How a failure is worded. */
export interface Wording {
  /** in English, as the command line and the log have it */
  readonly message: string;
  /** the same, to be translated; absent where somebody else's words (git's, the disk's) are passed on */
  readonly sentence?: Sentence;
}

/** One plain string, from which translations are made, and its values. */
export function phrase(text: string, ...values: readonly SentenceValue[]): Sentence {
  return { text, values };
}

/** The same as the wording of a failure. */
export function said(text: string, ...values: readonly SentenceValue[]): Required<Wording> {
  return worded({ text, values });
}

export function worded(sentence: Sentence): Required<Wording> {
  return { message: inEnglish(sentence), sentence };
}

/** As the command line says it. */
export function inEnglish({ text, values }: Sentence): string {
  return text.replace(/\{(\d)\}/g, (whole, at: string) => {
    const value = values[Number(at)];
    return typeof value === 'object' ? inEnglish(value) : String(value ?? whole);
  });
}
