/** What a tokenizer takes in one go. */
const pieceLength = 4000;
/**
 * Tokenizers take quadratic time for what they see as one word (js-tiktoken: five seconds for 10,000 letters), so runs of one character or
 * of one kind are cut. Words that people write are shorter.
 */
const longestRun = 64;

export interface Piece {
  readonly text: string;
  /** a run was cut before its end: its tokens are counted as somewhat too many */
  readonly isCut: boolean;
}

/** A text in pieces that a tokenizer counts in linear time, cut at blanks and lines where there are some. */
export function* textPieces(text: string): Generator<Piece> {
  let start = 0;
  let runKind = -1;
  let runStart = 0;
  let lastBlank = -1;
  for (let index = 0; index < text.length; index += 1) {
    const kind = kindOf(text.charCodeAt(index));
    if (kind !== runKind) {
      [runKind, runStart] = [kind, index];
      if (kind === blank) lastBlank = index;
    } else if (index - runStart >= longestRun) {
      yield { text: text.slice(start, index), isCut: true };
      [start, runStart, lastBlank] = [index, index, -1];
    }
    if (index - start < pieceLength) continue;
    const end = lastBlank > start ? lastBlank : index;
    yield { text: text.slice(start, end), isCut: lastBlank <= start };
    [start, lastBlank] = [end, -1];
  }
  if (start < text.length) yield { text: text.slice(start), isCut: false };
}

const blank = 0;
const letter = 1;
const digit = 2;
const mark = 3;

function kindOf(code: number): number {
  if (code <= 0x20 || code === 0xa0) return blank;
  if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0xc0) return letter;
  return code >= 0x30 && code <= 0x39 ? digit : mark;
}
