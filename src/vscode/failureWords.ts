import type { Sentence, Wording } from '../protocol/sentence.ts';
import { editorLanguage } from './language.ts';

/** What a failure says, in the editor's language; what git or the disk have said as they said it. */
export function failureWords({ message, sentence }: Wording): string {
  return sentence ? sentenceWords(sentence) : message;
}

/** A sentence in the editor's language. */
export function sentenceWords({ text, values }: Sentence): string {
  return editorLanguage.t(text, ...values.map((value) => (typeof value === 'object' ? sentenceWords(value) : value)));
}
