/**
 * A hash of texts, 53 bits: what a number holds exactly (cyrb53). Two different ones among a million meet with a chance of one in twenty
 * thousand; ids need not be kept as text, and cannot be read back.
 */
export function hashOf(...texts: readonly string[]): number {
  const state = newState();
  for (const text of texts) {
    stir(state, text);
    end(state);
  }
  return mixed(state.a, state.b);
}

/** `hashOf` of texts that begin alike, which is hashed once: the paths of thousands of files in a few folders. */
export function hashesAfter(beginning: string): (rest: string) => number {
  const common = newState();
  stir(common, beginning);
  return (rest) => {
    const state = { a: common.a, b: common.b };
    stir(state, rest);
    end(state);
    return mixed(state.a, state.b);
  };
}

interface State {
  a: number;
  b: number;
}

function newState(): State {
  return { a: 0xdeadbeef, b: 0x41c6ce57 };
}

function stir(state: State, text: string): void {
  let { a, b } = state;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  state.a = a;
  state.b = b;
}

/** A border that no character is: ('ab', 'c') is not ('a', 'bc'). */
function end(state: State): void {
  state.a = Math.imul(state.a ^ 0x10000, 2654435761);
  state.b = Math.imul(state.b ^ 0x10000, 1597334677);
}

/** The same of bytes. */
export function hashOfBytes(bytes: Uint8Array): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  // An index: an iterator costs as much as the work, until it is optimized.
  let index = 0;
  while (index < bytes.length) {
    const byte = bytes[index] ?? 0;
    a = Math.imul(a ^ byte, 2654435761);
    b = Math.imul(b ^ byte, 1597334677);
    index += 1;
  }
  return mixed(a, b);
}

function mixed(left: number, right: number): number {
  let a = Math.imul(left ^ (left >>> 16), 2246822507);
  a ^= Math.imul(right ^ (right >>> 13), 3266489909);
  let b = Math.imul(right ^ (right >>> 16), 2246822507);
  b ^= Math.imul(a ^ (a >>> 13), 3266489909);
  // 0 stands for none.
  return 4294967296 * (2097151 & b) + (a >>> 0) || 1;
}

/** Two words that any change of a single word changes: each step can be undone for a known word, so no difference is ever lost. */
export function checksumOf(words: Uint32Array): readonly [number, number] {
  let a = 0x9e3779b9 ^ words.length;
  let b = 0x85ebca6b;
  // An index: millions of words, and an iterator costs as much as the work until it is optimized.
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? 0;
    index += 1;
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = (Math.imul(b, 0x01000193) + word) | 0;
    b ^= b >>> 13;
  }
  return [a >>> 0, b >>> 0];
}
