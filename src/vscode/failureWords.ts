import type { Sentence, Told } from '../protocol/sentence.ts';
import { editorLanguage } from './language.ts';

/** What a failure says, in the editor's language; what git or the disk have said as they said it. */
export function failureWords({ message, sentence }: Told): string {
  return sentence ? translated(sentence) : message;
}

function translated({ text, values }: Sentence): string {
  return editorLanguage.t(text, ...values.map((value) => (typeof value === 'object' ? translated(value) : value)));
}
