import { textPieces } from './textPieces.ts';

/** Turns a text into tokens; only how many is asked for. */
export interface Encoder {
  encode(text: string): { readonly length: number };
}

export interface TokenCount {
  readonly tokens: number;
  /** not every character was looked at, or runs were cut */
  readonly isApproximate: boolean;
}

/** Of code and prose in the tokenizers of today, where nothing was counted yet. */
export const charactersPerToken = 3.6;
/** Longer texts are looked at in places, evenly spread. */
const countedWhole = 200_000;
const samples = 12;
const sampleLength = 12_000;

/**
 * Tokens of a text, in bounded time: above a size it is counted in samples, and at the deadline (`isLate`) the rest is reckoned by what was
 * counted so far.
 */
export function countTokens(text: string, encoder: Encoder, isLate: () => boolean): TokenCount {
  const parts = text.length <= countedWhole ? [text] : sampled(text);
  let [tokens, characters] = [0, 0];
  let isApproximate = parts.length > 1;
  for (const part of parts) {
    for (const piece of textPieces(part)) {
      if (isLate()) return { tokens: rest(text.length, tokens, characters), isApproximate: true };
      tokens += encoder.encode(piece.text).length;
      characters += piece.text.length;
      isApproximate ||= piece.isCut;
    }
  }
  return { tokens: rest(text.length, tokens, characters), isApproximate };
}

function rest(length: number, tokens: number, characters: number): number {
  if (characters === 0) return Math.ceil(length / charactersPerToken);
  return Math.round((tokens * length) / characters);
}

function sampled(text: string): readonly string[] {
  const step = (text.length - sampleLength) / (samples - 1);
  return Array.from({ length: samples }, (_, index) => {
    const from = Math.floor(index * step);
    return text.slice(from, from + sampleLength);
  });
}
