const quote = 0x22;
const backslash = 0x5c;
const [openBrace, closeBrace, openBracket, closeBracket, colon, comma] = [0x7b, 0x7d, 0x5b, 0x5d, 0x3a, 0x2c];
const [minus, dot, zero] = [0x2d, 0x2e, 0x30];
/** Deeper than anything that is written beside a message's content. */
const deepest = 12;
/** Every whole number of so many digits is one that a number holds. */
const mostDigits = 15;
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const trueLiteral = Buffer.from('true');
const simpleEscapes = Buffer.from('"\\/bfnrt');
const longestRepeated = 512;
/** Keys beyond so many of one object are not remembered. */
const mostKeys = 64;

/**
 * The keys of one kind of object that matter. Programs write objects of a kind in one order, so a key is compared first with the one that
 * was last seen in its place.
 */
export class ObjectKeys<Name extends string> {
  readonly #names: ReadonlySet<string>;
  /** with quotes and colon */
  readonly #seen: { readonly bytes: Buffer; readonly name: Name | 'other' }[] = [];

  constructor(names: readonly Name[]) {
    this.#names = new Set<string>(names);
  }

  /** The key that begins here, if it is the one that was last seen in this place. */
  guess(place: number): { readonly bytes: Buffer; readonly name: Name | 'other' } | undefined {
    return this.#seen[place];
  }

  learn(place: number, key: string): Name | 'other' {
    const name = this.#isName(key) ? key : 'other';
    if (place < mostKeys) this.#seen[place] = { bytes: Buffer.from(`"${key}":`), name };
    return name;
  }

  #isName(key: string): key is Name {
    return this.#names.has(key);
  }
}

/** A text that mostly is the same as the one before, which is told by comparing its bytes. */
export class LastText {
  readonly #bytes = Buffer.alloc(longestRepeated);
  #length = 0;
  text = '';

  /** The length, with quotes, of the text that begins here if it is the last one; else 0. */
  lengthAt(bytes: Buffer, at: number): number {
    const [known, length] = [this.#bytes, this.#length];
    for (let index = 0; index < length; index += 1) if (known[index] !== bytes[at + index]) return 0;
    return length;
  }

  /** From its first quote to just past its last one. */
  learn(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    this.#length = length > longestRepeated ? 0 : length;
    // A loop: these are few bytes, and a call costs more.
    for (let index = 0; index < this.#length; index += 1) this.#bytes[index] = bytes[from + index] ?? 0;
    const text = bytes.toString('utf8', from + 1, to - 1);
    this.text = text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text;
    return this.text;
  }
}

/**
 * Reads JSON in bytes, forward, as programs write it: without blanks. It makes no objects and no texts of what is not asked for, which is
 * most of what parsing costs. Whatever is not as plain as that is refused: then the text is to be parsed. It never takes what a parser
 * would not, and never takes it for anything else.
 */
export class PlainJson {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  begin(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  beginObject(): boolean {
    return this.#take(openBrace);
  }

  beginArray(): boolean {
    return this.#take(openBracket);
  }

  endArray(): boolean {
    return this.#take(closeBracket);
  }

  /** Reads the next key of an object with its colon (`place`: how many were before it), or the end of the object. */
  key<Name extends string>(keys: ObjectKeys<Name>, place: number): Name | 'other' | 'end' | 'refused' {
    if (this.#take(closeBrace)) return 'end';
    if (place > 0 && !this.#take(comma)) return 'refused';
    const guess = keys.guess(place);
    if (guess !== undefined && isAt(this.bytes, this.at, guess.bytes)) {
      this.at += guess.bytes.length;
      return guess.name;
    }
    const from = this.at + 1;
    const isPlain = this.#skipText(false);
    return isPlain && this.#take(colon) ? keys.learn(place, this.bytes.toString('utf8', from, this.at - 2)) : 'refused';
  }

  /** A text that is not empty; null if it is refused. */
  text(last: LastText): string | null {
    const { at } = this;
    const length = last.lengthAt(this.bytes, at);
    if (length > 0) {
      this.at += length;
      return last.text;
    }
    return this.#skipText(true) && this.at - at > 2 ? last.learn(this.bytes, at, this.at) : null;
  }

  /** A text of this length; where it begins, -1 if it is refused. */
  shortText(length: number): number {
    const from = this.at + 1;
    return this.#skipText(false) && this.at - 1 - from === length ? from : -1;
  }

  /** Reads a text; null if it is refused, else whether it is this one. */
  isText(wanted: Buffer): boolean | null {
    const from = this.at + 1;
    if (!this.#skipText(false)) return null;
    return this.at - 1 - from === wanted.length && isAt(this.bytes, from, wanted);
  }

  /** A whole number that is not negative; -1 for any other value. */
  wholeNumber(): number {
    const { bytes, at: start } = this;
    let at = start;
    let value = 0;
    for (let byte = bytes[at] ?? 0; isDigit(byte); byte = bytes[at] ?? 0) {
      value = value * 10 + byte - zero;
      at += 1;
    }
    const digits = at - start;
    if (digits === 0 || digits > mostDigits || (digits > 1 && bytes[start] === zero) || isNumberPart(bytes[at]))
      return -1;
    this.at = at;
    return value;
  }

  /** Passes over any value; null if it is refused, else whether it is `true`. */
  flag(): boolean | null {
    const isTrue = isAt(this.bytes, this.at, trueLiteral);
    return this.skip() ? isTrue : null;
  }

  /** Passes over any value. */
  skip(depth = 0): boolean {
    const byte = this.bytes[this.at];
    if (byte === quote) return this.#skipText(true);
    if (byte === openBrace) return depth < deepest && this.#skipObject(depth);
    if (byte === openBracket) return depth < deepest && this.#skipArray(depth);
    return this.#skipLiteral() || this.#skipNumber();
  }

  #skipText(mayEscape: boolean): boolean {
    const { bytes } = this;
    let at = this.at;
    if (bytes[at] !== quote) return false;
    for (;;) {
      at += 1;
      const byte = bytes[at] ?? 0;
      if (byte === quote) break;
      // Control characters are not allowed in a text, nor is its end missing.
      if (byte < 0x20) return false;
      if (byte !== backslash) continue;
      at += 1;
      // A code of four digits would have to be checked.
      if (!mayEscape || !simpleEscapes.includes(bytes[at] ?? 0)) return false;
    }
    this.at = at + 1;
    return true;
  }

  #skipObject(depth: number): boolean {
    this.at += 1;
    if (this.#take(closeBrace)) return true;
    for (;;) {
      if (!this.#skipText(true) || !this.#take(colon) || !this.skip(depth + 1)) return false;
      if (this.#take(closeBrace)) return true;
      if (!this.#take(comma)) return false;
    }
  }

  #skipArray(depth: number): boolean {
    this.at += 1;
    if (this.#take(closeBracket)) return true;
    for (;;) {
      if (!this.skip(depth + 1)) return false;
      if (this.#take(closeBracket)) return true;
      if (!this.#take(comma)) return false;
    }
  }

  #skipLiteral(): boolean {
    const word = literals.find((literal) => isAt(this.bytes, this.at, literal));
    this.at += word?.length ?? 0;
    return word !== undefined;
  }

  /** Numbers as programs write counts and costs: `-1`, `0.25`. */
  #skipNumber(): boolean {
    this.#take(minus);
    if (this.wholeNumber() >= 0) return true;
    const { bytes } = this;
    let at = this.at;
    const isDigitAt = (place: number): boolean => isDigit(bytes[place] ?? 0);
    if (!isDigitAt(at) || (bytes[at] === zero && isDigitAt(at + 1))) return false;
    while (isDigitAt(at)) at += 1;
    if (bytes[at] !== dot || !isDigitAt(at + 1)) return false;
    at += 1;
    while (isDigitAt(at)) at += 1;
    if (isNumberPart(bytes[at])) return false;
    this.at = at;
    return true;
  }

  #take(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }
}

export function isAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}

/** Would it make the digits before it another number? */
function isNumberPart(byte: number | undefined): boolean {
  return byte === dot || byte === 0x65 || byte === 0x45 || (byte !== undefined && isDigit(byte));
}
