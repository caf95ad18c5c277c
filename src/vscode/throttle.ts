/** Does something soon after it was asked for, but at most once in so long; what is asked for meanwhile is done as one. */
export class Throttle {
  readonly #intervalMs: number;
  readonly #work: () => void;
  #lastAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, work: () => void) {
    this.#intervalMs = intervalMs;
    this.#work = work;
  }

  ask(): void {
    if (this.#timer) return;
    // Not by the machine's clock: one that is set back by an hour would hold everything up for an hour.
    const wait = Math.max(0, this.#lastAt + this.#intervalMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastAt = performance.now();
      this.#work();
    }, wait);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
