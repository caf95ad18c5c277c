import type { TokenCounts } from '../protocol/usage.ts';

/** A sum of token counts, class by class, that makes no object for each summand. */
export class TokenSum {
  #input = 0;
  #output = 0;
  #cacheWrite5m = 0;
  #cacheWrite1h = 0;
  #cacheRead = 0;

  add(tokens: TokenCounts): void {
    this.#input += tokens.input;
    this.#output += tokens.output;
    this.#cacheWrite5m += tokens.cacheWrite5m;
    this.#cacheWrite1h += tokens.cacheWrite1h;
    this.#cacheRead += tokens.cacheRead;
  }

  tokens(): TokenCounts {
    return {
      input: this.#input,
      output: this.#output,
      cacheWrite5m: this.#cacheWrite5m,
      cacheWrite1h: this.#cacheWrite1h,
      cacheRead: this.#cacheRead,
    };
  }
}
