/** Texts that repeat in many rows, each kept once and known by its number; 0 is none. */
export class Words {
  readonly #texts: (string | null)[] = [null];
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#texts.length;
  }

  numberOf(text: string | null): number {
    if (text === null) return 0;
    let known = this.#numbers.get(text);
    if (known === undefined) {
      known = this.#texts.push(text) - 1;
      this.#numbers.set(text, known);
    }
    return known;
  }

  text(number: number): string | null {
    return this.#texts[number] ?? null;
  }
}
